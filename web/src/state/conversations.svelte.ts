/** All conversations of the user, and the own messages that are still to be sent. */

import { SvelteMap } from 'svelte/reactivity';
import { writeDocument } from '../../../protocol/browser.ts';
import { MAX_DOCUMENT_BYTES, MESSAGE_RESULT, toAsciiLower } from '../../../protocol/documents.ts';
import type { ClientDocumentOf, ServerDocument } from '../../../protocol/documents.ts';
import { cleanText } from '../../../protocol/markup.ts';
import { Conversation } from './conversation.svelte.ts';
import type { Delivery, Message } from './conversation.svelte.ts';
import { takeConversations, saveConversations } from './storage.ts';

/** The way to the gateway. */
export interface Post {
  /** Whether what is sent now is handed to a connection. */
  readonly isConnected: boolean;
  /** Rejects when the connection ends before the answer. */
  ask(document: ClientDocumentOf<'MESSAGE'>): Promise<ServerDocument>;
}

const DELIVERIES: Readonly<Record<string, Delivery>> = {
  [MESSAGE_RESULT.sent]: 'sent',
  [MESSAGE_RESULT.waiting]: 'waiting',
  [MESSAGE_RESULT.refused]: 'refused',
};

export class Conversations {
  readonly #user: string;
  readonly #post: Post;
  readonly #byKey = new SvelteMap<string, Conversation>();
  /** Opened, and without a message so far. */
  readonly #empty = new Map<string, Conversation>();
  readonly #outbox: { conversation: Conversation; message: Message }[] = [];
  /** Texts sent to oneself that have not come back. */
  readonly #toSelf: string[] = [];
  #lastId = 0;
  #isSending = false;
  readonly unread = $derived(this.all.reduce((sum, { unread }) => sum + unread, 0));

  /** Takes up what a reload of this tab left. */
  constructor(user: string, post: Post) {
    this.#user = user;
    this.#post = post;
    for (const conversation of takeConversations(user)) this.#restore(conversation);
    this.#outbox.sort((a, b) => a.message.id - b.message.id);
  }

  get all(): Conversation[] {
    return [...this.#byKey.values()];
  }

  /** How many own messages no connection has taken yet. */
  get queued(): number {
    return this.#outbox.length;
  }

  /** The conversation with a user; it is listed from its first message on. */
  with(name: string): Conversation {
    const key = toAsciiLower(name);
    const conversation = this.#byKey.get(key) ?? this.#empty.get(key) ?? new Conversation(name);
    this.#empty.set(key, conversation);
    return conversation;
  }

  /** How many bytes a message is over what one document may have; 0 or less when it fits. */
  excess(to: string, text: string): number {
    return new TextEncoder().encode(writeDocument(this.#document(to, cleanText(text)))).length - MAX_DOCUMENT_BYTES;
  }

  /** A message that came. True when it is news: not the copy of one written to oneself. */
  receive(from: string, text: string): boolean {
    if (this.#isOwn(from) && this.#toSelf.includes(text)) {
      this.#toSelf.splice(this.#toSelf.indexOf(text), 1);
      return false;
    }
    const conversation = this.#keep(this.with(from));
    conversation.name = from;
    conversation.messages.push(this.#message(text));
    conversation.unread += 1;
    return true;
  }

  /** An own message; it goes out as soon as those before it were answered. */
  write(conversation: Conversation, text: string): void {
    const { messages } = this.#keep(conversation);
    const length = messages.push({ ...this.#message(cleanText(text)), delivery: 'queued' });
    this.#outbox.push({ conversation, message: messages[length - 1]! });
    void this.flush();
  }

  /** Sends a message whose fate is bad or unknown once more, as the newest one. */
  resend(conversation: Conversation, message: Message): void {
    conversation.messages = conversation.messages.filter(({ id }) => id !== message.id);
    this.write(conversation, message.text);
  }

  /**
   * Sends what is queued, in the order it was written. One at a time: when a connection breaks, the fate of no
   * more than one message is unknown.
   */
  async flush(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#post.isConnected) {
      const next = this.#outbox.shift();
      if (next === undefined) break;
      await this.#send(next.conversation.name, next.message);
    }
    this.#isSending = false;
  }

  /** Keeps what a reload of this tab would lose. */
  save(): void {
    saveConversations(this.#user, this.all);
  }

  async #send(to: string, message: Message): Promise<void> {
    message.delivery = 'sending';
    if (this.#isOwn(to)) this.#toSelf.push(message.text);
    const answer = await this.#post.ask(this.#document(to, message.text)).catch(() => undefined);
    const result = answer?.name === 'MESSAGE' && 'result' in answer ? answer.result : '';
    message.delivery = DELIVERIES[result] ?? 'unconfirmed';
  }

  #document(to: string, text: string): ClientDocumentOf<'MESSAGE'> {
    return { name: 'MESSAGE', from: this.#user, to, text };
  }

  #message(text: string): Message {
    return { id: ++this.#lastId, text, time: Date.now() };
  }

  #keep(conversation: Conversation): Conversation {
    this.#byKey.set(toAsciiLower(conversation.name), conversation);
    return conversation;
  }

  #restore(conversation: Conversation): void {
    this.#keep(conversation);
    for (const message of conversation.messages) {
      this.#lastId = Math.max(this.#lastId, message.id);
      if (message.delivery === 'queued') this.#outbox.push({ conversation, message });
    }
  }

  #isOwn(name: string): boolean {
    return toAsciiLower(name) === toAsciiLower(this.#user);
  }
}
