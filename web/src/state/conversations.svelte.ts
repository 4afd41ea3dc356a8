/** All conversations of the user: as the client has them, with what was sent here a moment ago. */

import type { Conversation, Message, Outcome } from '../../../protocol/client.ts';
import { measureMessage } from '../../../protocol/client/size.ts';
import { MAX_DOCUMENT_BYTES, toAsciiLower } from '../../../protocol/documents.ts';
import type { Desk } from '../desk/desk.ts';
import type { Note } from '../host/notes.ts';
import type { Scene } from '../host/scene.ts';
import { Drafts } from './drafts.svelte.ts';

/** A conversation in a list. */
export interface Summary {
  /** The other user's. */
  readonly key: string;
  readonly name: string;
  /** The newest message. */
  readonly last?: Message | undefined;
  readonly unread: number;
  readonly isBlocked: boolean;
  readonly isTyping: boolean;
  /** The other one has written, and the user has neither answered nor read it, on any device; nor was there a friendship. */
  readonly isOneSided: boolean;
}

const NO_SCENE: Pick<Scene, 'user' | 'conversations' | 'hasOlder' | 'completeFrom'> = {
  user: '',
  conversations: new Map(),
  hasOlder: false,
  completeFrom: 0,
};

export class Conversations {
  /** Those with anything in them, the one with the newest item first. */
  readonly list: readonly Summary[] = $derived.by(() => this.#summarize());
  readonly unread = $derived(this.list.reduce((sum, { unread }) => sum + unread, 0));
  /** Who is blocked: their keys and names. */
  readonly blocked: readonly Pick<Summary, 'key' | 'name'>[] = $derived.by(() => this.#listBlocked());
  /** How many own messages have no answer yet. */
  readonly queued = $derived(this.#countQueued());
  readonly drafts: Drafts;
  readonly #desk: Desk | undefined;
  #scene = $state.raw(NO_SCENE);
  #notes = $state.raw<readonly Note[]>([]);
  readonly #looked = new Set<string>();
  /** As they were summarized last, by conversation. */
  readonly #summaries = new WeakMap<Conversation, Summary>();

  constructor(desk: Desk | undefined) {
    this.#desk = desk;
    this.drafts = new Drafts(desk?.user ?? '', desk?.isLasting ?? false);
    this.take();
  }

  /** The gateway has more than this browser. */
  get hasOlder(): boolean {
    return this.#scene.hasOlder;
  }

  /** The number of a place from which on this browser misses nothing of the log; 0 where it has nothing. */
  get completeFrom(): number {
    return this.#scene.completeFrom;
  }

  /** As the desk has them now. */
  take(): void {
    this.#scene = this.#desk?.scene ?? NO_SCENE;
    this.#notes = this.#desk?.notes ?? [];
  }

  /** They are not shown any more. */
  stop(): void {
    this.drafts.stop();
  }

  /** The conversation with a user; an empty one where nothing was said. The same object as long as it is the same. */
  with(name: string): Conversation {
    const key = toAsciiLower(name);
    const held = this.#scene.conversations.get(key);
    if (held === undefined) this.#look(key);
    const notes = this.#notes.filter(({ to }) => toAsciiLower(to) === key);
    const conversation = held ?? makeEmpty(name);
    if (notes.length === 0) return conversation;
    return { ...conversation, items: [...conversation.items, ...notes.map((note) => this.#describe(note))] };
  }

  /** How many bytes a message is over what one document may have; 0 or less when it fits. */
  excess(to: string, text: string): number {
    return measureMessage(this.#scene.user, { to, text }) - MAX_DOCUMENT_BYTES;
  }

  /** What was typed is kept when this returns, whatever becomes of the tab. */
  send(to: string, text: string): void {
    this.#desk?.send(to, text);
  }

  /** Sends a message that did not get there once more, as the newest one. */
  resend(to: string, { id, state, text }: Message): void {
    // One that failed goes and comes anew, in one step; one that was refused has its place in the log.
    if (state === 'failed' && id !== undefined) void this.#desk?.ask('resend', id);
    else this.send(to, text);
  }

  /** Takes a message that did not get there away; only one that no log has. */
  discard(message: Message): void {
    if (message.id !== undefined) void this.#desk?.ask('discard', message.id);
  }

  /** Someone has looked at the conversation: up to the message with this `n`, or at all that is here now, and nothing that comes later. */
  read(name: string, upto = newestOf(this.with(name))): void {
    void this.#desk?.ask('read', name, upto);
  }

  typing(name: string): void {
    void this.#desk?.ask('typing', name);
  }

  /** Brings a page of the log that is older than what this browser has, of all conversations together; it is in the archive then. */
  async loadOlder(): Promise<Outcome> {
    return (await this.#desk?.ask('loadOlder')) ?? 'unknown';
  }

  /** One that nobody wrote in may be blocked all the same, or someone is typing there. */
  #look(key: string): void {
    if (this.#looked.has(key)) return;
    this.#looked.add(key);
    void this.#desk?.ask('look', key);
  }

  #summarize(): readonly Summary[] {
    const keys = new Set([...this.#scene.conversations.keys(), ...this.#notes.map(({ to }) => toAsciiLower(to))]);
    const conversations = [...keys].map((key) => ({ key, conversation: this.with(key) }));
    return conversations
      .filter(({ conversation }) => conversation.items.length > 0)
      .sort((a, b) => newest(b.conversation) - newest(a.conversation))
      .map(({ key, conversation }) => this.#summaryOf(key, conversation));
  }

  #summaryOf(key: string, conversation: Conversation): Summary {
    const known = this.#summaries.get(conversation);
    if (known) return known;
    const { name, items, unread, isBlocked, isTyping } = conversation;
    const last = items.findLast((item) => item.kind === 'message');
    const isOneSided = isOneSidedOf(conversation);
    const summary: Summary = { key, name, last, unread, isBlocked, isTyping, isOneSided };
    this.#summaries.set(conversation, summary);
    return summary;
  }

  #listBlocked(): Pick<Summary, 'key' | 'name'>[] {
    const blocked = [...this.#scene.conversations].filter(([, { isBlocked }]) => isBlocked);
    return blocked.map(([key, { name }]) => ({ key, name })).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #countQueued(): number {
    // What is not in the log comes after all that is.
    const count = ({ items }: Conversation): number => {
      const last = items.findLastIndex((item) => !isWaiting(item));
      return items.slice(last + 1).filter(isQueued).length;
    };
    const conversations = [...this.#scene.conversations.values()];
    return conversations.reduce((sum, conversation) => sum + count(conversation), this.#notes.length);
  }

  #describe({ id, text, time }: Note): Message {
    return { kind: 'message', key: `note/${id}`, text, time, isOwn: true, from: this.#scene.user, state: 'queued' };
  }
}

type Item = Conversation['items'][number];

function isQueued(item: Item): boolean {
  return item.kind === 'message' && item.state === 'queued';
}

/** Not in the log. */
function isWaiting(item: Item): boolean {
  return item.kind === 'message' && (item.state === 'queued' || item.state === 'failed');
}

function isOneSidedOf({ items, mark }: Conversation): boolean {
  // Beyond what is in memory the marks tell of what the user wrote.
  const isSilent = mark.seen === 0 && mark.delivered === 0 && mark.refused === '';
  return isSilent && items.some(({ kind }) => kind === 'message') && items.every((item) => isOneSidedItem(item));
}

/** A message of the other one, or an offer from there that came to nothing. */
function isOneSidedItem(item: Item): boolean {
  if (item.kind === 'message') return !item.isOwn;
  return item.change !== 'accept' && !(item.change === 'invite' && item.isOwn);
}

function newest({ items }: Conversation): number {
  return items.at(-1)?.time ?? 0;
}

/** The newest message of the other one, by its `n`; 0 for none. */
function newestOf({ items }: Conversation): number {
  const last = items.findLast((item): item is Message => item.kind === 'message' && !item.isOwn);
  return last?.n ?? 0;
}

function makeEmpty(name: string): Conversation {
  const mark = { delivered: 0, read: 0, seen: 0, refused: '' };
  return { name, items: [], mark, unread: 0, isBlocked: false, isTyping: false };
}
