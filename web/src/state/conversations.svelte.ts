/** All conversations of the user, as the client has them. */

import type { Client, Conversation, Message } from '../../../protocol/client.ts';
import { Drafts } from './drafts.svelte.ts';

/** Pages of the log that one look further up may ask for, and how many messages are enough. */
const MOST_PAGES = 10;
const ENOUGH = 25;

export class Conversations {
  /** The one with the newest message first. */
  all = $state.raw<readonly Conversation[]>([]);
  /** The gateway has more than is held here. */
  hasOlder = $state(false);
  readonly drafts: Drafts;
  readonly unread = $derived(this.all.reduce((sum, { unread }) => sum + unread, 0));
  /** How many own messages have no answer yet. */
  readonly queued = $derived(this.all.reduce((sum, { items }) => sum + items.filter(isQueued).length, 0));
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.drafts = new Drafts(client.user);
    this.take();
  }

  /** As the client has them now. */
  take(): void {
    this.all = this.#client.conversations;
    this.hasOlder = this.#client.hasOlder;
  }

  /** The conversation with a user; an empty one where nothing was said. */
  with(name: string): Conversation {
    // What the client answers changes when these do.
    void this.all;
    return this.#client.conversation(name);
  }

  /** How many bytes a message is over what one document may have; 0 or less when it fits. */
  excess(to: string, text: string): number {
    return this.#client.excess(to, text);
  }

  send(to: string, text: string): void {
    this.#client.send(to, text);
  }

  /** Sends a message that did not get there once more, as the newest one. */
  resend(to: string, message: Message): void {
    if (message.id === undefined || this.#client.resend(message.id) === undefined) this.send(to, message.text);
  }

  /** Takes a message that did not get there away; only one that no log has. */
  discard(message: Message): void {
    if (message.id !== undefined) this.#client.discard(message.id);
  }

  /** Someone has looked at the conversation. */
  read(name: string): void {
    this.#client.read(name);
  }

  typing(name: string): void {
    this.#client.typing(name);
  }

  /** Brings older messages of this conversation; the log's pages are of all conversations together. */
  async loadOlder(name: string): Promise<void> {
    const count = (): number => this.#client.conversation(name).items.length;
    const before = count();
    for (let pages = 0; pages < MOST_PAGES && this.#client.hasOlder && count() < before + ENOUGH; pages += 1) {
      const outcome = await new Promise((done) => this.#client.loadOlder(done));
      if (outcome !== 'done') break;
    }
  }
}

function isQueued(item: Conversation['items'][number]): boolean {
  return item.kind === 'message' && item.state === 'queued';
}
