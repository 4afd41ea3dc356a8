/** Collects what is different within one step, and tells the host each thing once. */

import { describeConversation, describeEntry, findName } from './conversations.ts';
import type { HeldEntry } from './entry.ts';
import type { Holdings } from './holdings.ts';
import type { Conversation, Update } from './view.ts';
import { toAsciiLower } from '../documents.ts';

export class Notices {
  readonly #holdings: () => Holdings;
  readonly #update: (update: Update) => void;
  readonly #kinds = new Set<'connection' | 'friends' | 'invitations'>();
  readonly #conversations = new Set<string>();
  #status: number | undefined;
  #messages: { entry: HeldEntry; isOld: boolean }[] = [];
  #isTelling = false;
  /** As they were described last, until they are different. */
  readonly #described = new Map<string, Conversation>();

  constructor(holdings: () => Holdings, update: (update: Update) => void) {
    this.#holdings = holdings;
    this.#update = update;
  }

  add(kind: 'connection' | 'friends' | 'invitations'): void {
    this.#kinds.add(kind);
  }

  addConversation(name: string): void {
    const key = toAsciiLower(name);
    this.#described.delete(key);
    this.#conversations.add(key);
  }

  /** Less of these is in memory; nobody needs to be told. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#described.delete(key);
  }

  /** Another device has set the own status. */
  addStatus(status: number): void {
    this.#status = status;
  }

  addMessage(entry: HeldEntry, isOld: boolean): void {
    this.#messages.push({ entry, isOld });
  }

  /** All is different: another user. */
  reset(): void {
    this.#described.clear();
    this.#conversations.clear();
    this.#messages = [];
    this.#status = undefined;
    for (const kind of ['connection', 'friends', 'invitations'] as const) this.add(kind);
  }

  /** The conversation as it is now; the same object as long as it is the same. */
  describe(name: string): Conversation {
    const key = toAsciiLower(name);
    const known = this.#described.get(key);
    if (known) return known;
    const conversation = describeConversation(this.#holdings(), name);
    if (conversation.items.length > 0) this.#described.set(key, conversation);
    return conversation;
  }

  /** Tells the host; what it does then may add more, which is told too. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#tellOne());
    } finally {
      this.#isTelling = false;
    }
  }

  #tellOne(): boolean {
    const [kind] = this.#kinds;
    if (kind !== undefined) {
      this.#kinds.delete(kind);
      this.#update({ kind });
      return true;
    }
    if (this.#status !== undefined) {
      const status = this.#status;
      this.#status = undefined;
      this.#update({ kind: 'status', status });
      return true;
    }
    const [key] = this.#conversations;
    if (key !== undefined) {
      this.#conversations.delete(key);
      this.#update({ kind: 'conversation', with: findName(this.#holdings(), key) });
      return true;
    }
    return this.#tellMessage();
  }

  #tellMessage(): boolean {
    const next = this.#messages.shift();
    if (next === undefined) return false;
    const message = describeEntry(this.#holdings(), next.entry);
    if (message.kind === 'message') this.#update({ kind: 'message', message, isOld: next.isOld });
    return true;
  }
}
