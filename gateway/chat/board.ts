/** Brings the messages that a client holds to a screen: each once, and what becomes of the own ones. */

import type { ChatClient } from './chat-client.ts';
import type { Screen } from './screen.ts';
import { makeLine } from './text.ts';
import { describeItem, markOf, sayReason, type Item } from './words.ts';
import type { Conversation } from '../../protocol/client.ts';
import { toAsciiLower } from '../../protocol/documents.ts';

type MessageItem = Extract<Item, { kind: 'message' }>;

export interface BoardParts {
  readonly client: ChatClient;
  readonly screen: Screen;
  /** Whether the conversation with this user is the one of now. */
  isCurrent(name: string): boolean;
  /** Something did not reach its receiver. */
  fail(text: string): void;
}

/** How many items begin a conversation on the screen, and how many `/history` adds. */
const FIRST_ITEMS = 6;
const MORE_ITEMS = 20;
/** The most unread messages of one user that are shown at first. */
const FIRST_UNREAD = 30;
/** The most pages that one `/history` asks for: the log is that of all conversations. */
const MOST_PAGES = 10;
/** Characters of a message that are repeated where it failed. */
const LONGEST_QUOTE = 30;

export class Board {
  readonly #parts: BoardParts;
  /** Items that are no news, and those that the screen has. */
  readonly #known = new Set<string>();
  readonly #shown = new Set<string>();
  /** Of own messages, as it was shown last. */
  readonly #states = new Map<string, string>();

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** The first picture: what is unread, and how the conversation of now stands. */
  introduce(): void {
    const { conversations } = this.#parts.client;
    for (const { items, name } of conversations) {
      for (const item of items) {
        // Written before the client had caught up.
        if (this.#known.has(item.key)) this.#check(item, name);
        else this.#note(item);
      }
    }
    for (const conversation of [...conversations].reverse()) this.#showFirst(conversation);
  }

  /** The end of a conversation of which nothing was shown. */
  open(name: string): void {
    const { items } = this.#parts.client.conversation(name);
    if (!items.some(({ key }) => this.#shown.has(key))) this.#showItems(items.slice(-FIRST_ITEMS), name);
  }

  /** What is new in a conversation, and what became of its own messages. */
  refresh(name: string): void {
    for (const item of this.#parts.client.conversation(name).items) {
      if (this.#known.has(item.key)) this.#check(item, name);
      else this.#showNews(item, name);
    }
  }

  /** The same before the first picture: only what is written now. */
  refreshQueued(name: string): void {
    for (const item of this.#parts.client.conversation(name).items) {
      if (this.#known.has(item.key)) this.#check(item, name);
      else if (item.kind === 'message' && item.state === 'queued') this.#showNews(item, name);
    }
  }

  /** The items before those that the screen has; older ones are asked for. */
  history(name: string, pages = MOST_PAGES): void {
    const { client, screen } = this.#parts;
    const { items } = client.conversation(name);
    const first = items.findIndex(({ key }) => this.#shown.has(key));
    const older = items.slice(0, first < 0 ? items.length : first);
    const isOnline = client.connection.state === 'online';
    if (older.length < MORE_ITEMS && client.hasOlder && isOnline && pages > 0) {
      client.loadOlder((outcome) => this.history(name, outcome === 'done' ? pages - 1 : 0));
      return;
    }
    if (older.length === 0) {
      const where = isOnline ? '' : ' on this machine, and there is no connection';
      screen.note(`There is nothing earlier with ${makeLine(name)}${where}.`);
      return;
    }
    screen.head(`earlier with ${makeLine(name)}`);
    this.#showItems(older.slice(-MORE_ITEMS), name);
    screen.head('now');
  }

  #showFirst({ name, items, unread }: Conversation): void {
    const { screen, isCurrent } = this.#parts;
    const count = Math.min(unread, FIRST_UNREAD);
    const incoming = items.filter((item) => item.kind === 'message' && !item.isOwn);
    const firstUnread = count > 0 ? items.indexOf(incoming.at(-count)!) : items.length;
    const least = screen.isTerminal && isCurrent(name) ? items.length - FIRST_ITEMS : items.length;
    if (unread > count) {
      screen.note(`${unread - count} more unread messages of ${makeLine(name)}: /history ${makeLine(name)}`);
    }
    const first = items.slice(Math.max(0, Math.min(firstUnread, least)));
    this.#showItems(
      first.filter(({ key }) => !this.#shown.has(key)),
      name,
    );
  }

  #showItems(items: readonly Item[], name: string): void {
    for (const item of items) this.#showItem(item, name);
  }

  #showItem(item: Item, name: string): void {
    this.#note(item);
    this.#shown.add(item.key);
    this.#parts.screen.show(describeItem(item, name));
  }

  #note(item: Item): void {
    this.#known.add(item.key);
    if (item.kind === 'message' && item.state !== undefined) this.#states.set(item.key, stateOf(item));
  }

  #showNews(item: Item, name: string): void {
    const isInvitation = item.kind === 'friend' && item.change === 'invite' && !item.isOwn;
    // Told with the list of invitations.
    if (isInvitation) this.#note(item);
    else this.#showItem(item, name);
    if (item.kind === 'message') this.#tellFailure(item, name);
  }

  #check(item: Item, name: string): void {
    if (item.kind !== 'message' || item.state === undefined) return;
    const state = stateOf(item);
    if (this.#states.get(item.key) === state) return;
    this.#states.set(item.key, state);
    this.#parts.screen.mark(item.key, markOf(item));
    this.#tellFailure(item, name);
  }

  #tellFailure(item: MessageItem, name: string): void {
    if (item.state !== 'refused' && item.state !== 'failed') return;
    const characters = [...makeLine(item.text)];
    const isLong = characters.length > LONGEST_QUOTE;
    const quote = isLong ? `${characters.slice(0, LONGEST_QUOTE - 1).join('')}…` : characters.join('');
    this.#parts.fail(`“${quote}” did not reach ${makeLine(name)}: ${sayReason(item)}.`);
  }
}

export function isSameUser(one: string | undefined, other: string): boolean {
  return one !== undefined && toAsciiLower(one) === toAsciiLower(other);
}

function stateOf(item: MessageItem): string {
  return `${item.state} ${item.reason ?? ''}`;
}
