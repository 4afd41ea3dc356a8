/** What one tab shows, look by look: judged like the screen of any other device. */

import type { Conversation, Message, MessageState } from '../../protocol/client.ts';
import { Screen } from '../faults/screen.ts';
import type { Observation, ShownRow } from './history-lens.ts';
import { isTaken } from './history-ticks.ts';

type Look = Extract<Observation, { kind: 'look' }>;

export class TabScreen {
  readonly #name: string;
  /** Judges looks at the whole conversation. */
  readonly #whole: Screen;
  /** Judges what is drawn while rows find their places: each such look by itself. */
  readonly #glances: Screen;
  readonly #last = new Map<string, Look>();

  /** `name`: whose screen it is, for people. */
  constructor(name: string) {
    this.#name = name;
    this.#whole = new Screen(name);
    this.#glances = new Screen(name);
  }

  /** A new document: what was shown before may take its time to come back. */
  turnOff(): void {
    this.#whole.turnOff();
    this.#last.clear();
  }

  /** Answers with what stands there for the first time, from top to bottom. */
  look(look: Look): readonly ShownRow[] {
    const known = new Set(this.rows(look.peer).map(({ text }) => text));
    const conversation = toConversation(look);
    if (look.isWhole) this.#whole.look(conversation);
    else {
      this.#glances.turnOff();
      this.#glances.look(conversation, true);
    }
    this.#last.set(look.peer, look);
    return look.rows.filter(({ text }) => !known.has(text));
  }

  /** The conversation as it stood there last. */
  rows(peer: string): readonly ShownRow[] {
    return this.#last.get(peer)?.rows ?? [];
  }

  isWhole(peer: string): boolean {
    return this.#last.get(peer)?.isWhole === true;
  }

  get faults(): readonly string[] {
    const faults = [...this.#whole.faults, ...this.#glances.faults].map(({ kind, what }) => `${kind}: ${what}`);
    return [...new Set(faults)];
  }

  describe(): string {
    return this.#name;
  }
}

function toConversation({ peer, rows }: Look): Conversation {
  const mark = { delivered: 0, read: 0, seen: 0, refused: '' };
  return { name: peer, items: rows.map(toMessage), mark, unread: 0, isBlocked: false, isTyping: false };
}

function toMessage({ key, text, isOwn, state }: ShownRow): Message {
  const own = {
    isOwn,
    state: state.toLowerCase() as MessageState,
    n: isTaken(state) ? numberOf(key, 'own/') : undefined,
  };
  const other = { isOwn, n: numberOf(key, '#') };
  return { kind: 'message', key, text, time: 0, from: '', ...(isOwn ? own : other) };
}

/**
 * The number in the key of a message: of an own one its place among those of this device; one that another device sent has
 * none.
 */
function numberOf(key: string, before: string): number | undefined {
  const at = key.lastIndexOf(before);
  return at === -1 ? undefined : Number(key.slice(at + before.length));
}
