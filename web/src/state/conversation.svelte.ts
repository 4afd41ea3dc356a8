/** The messages with one other user, as far as this page saw them. */

/**
 * What became of an own message. `queued`: not handed to a connection yet; `sending`: no answer yet;
 * `waiting`: the receiver is away and gets it later; `unconfirmed`: the connection broke before the answer.
 */
export type Delivery = 'queued' | 'sending' | 'sent' | 'waiting' | 'refused' | 'unconfirmed';

export interface Message {
  /** Ascending within the page. */
  readonly id: number;
  readonly text: string;
  /** When it was written or came here, in milliseconds since the epoch: classic IMS carries no time. */
  readonly time: number;
  /** Absent in messages of the other user. */
  delivery?: Delivery;
}

export class Conversation {
  /** The other user's name, as it was seen or typed last. */
  name = $state('');
  messages = $state<Message[]>([]);
  unread = $state(0);
  /** What was typed and not sent. */
  draft = $state('');
  readonly last = $derived(this.messages.at(-1));

  constructor(name: string) {
    this.name = name;
  }

  /** Whether the other user ever wrote: then there is such a user. */
  get isKnown(): boolean {
    return this.messages.some(({ delivery }) => delivery === undefined);
  }
}
