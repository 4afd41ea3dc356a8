/** Descriptions that stay the same object as long as they are the same, so that a host sees at once what is different. */

import { describeHeld, outgoingKey, stateOf } from './describe.ts';
import type { Viewpoint } from './describe.ts';
import type { HeldEntry } from './entry.ts';
import type { Outgoing } from './outbox.ts';
import type { ConversationMark, FriendNote, Message } from './view.ts';

export class Described {
  // Entries and outgoing messages never change: what changes is another object.
  readonly #items = new WeakMap<object, Message | FriendNote>();
  readonly #marks = new Map<string, ConversationMark>();

  entry(entry: HeldEntry, of: Viewpoint): Message | FriendNote {
    const known = this.#items.get(entry);
    if (known && (known.kind === 'friend' || known.state === stateOf(entry, of))) return known;
    const item = describeHeld(entry, of);
    this.#items.set(entry, item);
    return item;
  }

  outgoing(item: Outgoing, user: string): Message | FriendNote {
    const known = this.#items.get(item);
    if (known) return known;
    const { id, text, time, failed } = item;
    const state = failed === undefined ? 'queued' : 'failed';
    const own = { isOwn: true, from: user, id, state, reason: failed } as const;
    const message: Message = { kind: 'message', key: outgoingKey(id), text, time, ...own };
    this.#items.set(item, message);
    return message;
  }

  /** `key`: of the other user. */
  mark(key: string, mark: ConversationMark): ConversationMark {
    const known = this.#marks.get(key);
    if (known && isSame(known, mark)) return known;
    this.#marks.set(key, mark);
    return mark;
  }
}

function isSame(a: ConversationMark, b: ConversationMark): boolean {
  return a.delivered === b.delivered && a.read === b.read && a.seen === b.seen && a.refused === b.refused;
}
