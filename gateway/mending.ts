/** Makes copies of messages whole after a failover that lost the end of one side's log: the other side has them still. */

import { toAsciiLower } from '../protocol/documents.ts';
import type { Logger } from './log.ts';
import type { Conversation, MessageCopy, Peers, PendingMessage, Progress, Store, UserKey } from './store/store.ts';

/** What was brought back since the start; what two gateways found at the same time counts at both. */
export interface Mended {
  /** Messages that a sender's log had lost. */
  sent: number;
  /** Messages that a receiver's log had lost. */
  received: number;
  /** Friendships of which one of the copies, or the record, was behind. */
  friendships: number;
}

/** The sums over several processes. */
export function addMended(all: readonly Mended[]): Mended {
  const sum = (name: keyof Mended): number => all.reduce((total, mended) => total + mended[name], 0);
  return { sent: sum('sent'), received: sum('received'), friendships: sum('friendships') };
}

const NOTHING: Progress = { n: 0, check: '' };

export class Mending {
  readonly mended: Mended = { sent: 0, received: 0, friendships: 0 };
  readonly #store: Store;
  readonly #logger: Logger;

  constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** What `user`'s copy says of the messages with `other`; undefined for no such account. */
  async readConversation(user: UserKey, other: UserKey): Promise<Conversation | undefined> {
    const peers = await this.#store.readPeers(user, other);
    return peers && this.conversationOf(peers, other);
  }

  /** The conversation with `other` among those of a user; an empty one where they never talked. */
  conversationOf({ conversations }: Peers, other: UserKey): Conversation {
    const known = conversations.find((conversation) => conversation.other === other);
    return known ?? { other, out: NOTHING, unsettled: 1, in: NOTHING, delivered: 0 };
  }

  /**
   * Gives a sender what the receiver, `to` as registered, has of the sender's messages. What was pending under numbers
   * that are taken gets others. Answers with all that is pending for the receiver now.
   */
  async giveBack(sender: UserKey, to: string): Promise<readonly PendingMessage[]> {
    const receiver = toAsciiLower(to);
    const own = await this.readConversation(sender, receiver);
    const other = await this.readConversation(receiver, sender);
    if (own === undefined || other === undefined) return [];
    const first = Math.min(own.unsettled, own.out.n + 1);
    // With the one before, which tells numbers that were passed over from those that the receiver has no more.
    const found = await this.#store.findReceived(receiver, sender, Math.max(1, first - 1));
    const copies = found.filter(({ n }) => n <= other.in.n);
    const pending = await this.#store.mend(sender, { to, last: other.in, first, copies });
    const isOwn = (copy: MessageCopy): boolean => pending.some(({ check }) => check === copy.check);
    const missing = copies.filter((copy) => copy.n >= first && !isOwn(copy)).length;
    this.mended.sent += missing;
    this.#logger.warn({ user: sender, with: receiver, messages: missing }, "a sender's log had lost its tail");
    return pending;
  }

  /** Counts those among messages missing at a receiver that had arrived there: they are settled. */
  async countLost(sender: UserKey, receiver: UserKey, missing: readonly PendingMessage[]): Promise<void> {
    const own = missing.length === 0 ? undefined : await this.readConversation(sender, receiver);
    const lost = missing.filter(({ n }) => own !== undefined && n < own.unsettled).length;
    if (lost > 0) this.#noteReceived(sender, receiver, lost);
  }

  /** Passes messages on again that a receiver's log has lost: those of the sender with numbers from `first` to `last`. */
  async passAgain(sender: UserKey, senderName: string, receiver: UserKey, first: number, last: number): Promise<void> {
    const lost = await this.#store.findSent(sender, receiver, first, last);
    let [after, count] = [first - 1, 0];
    for (const { to: _, ...message } of lost) {
      const { outcome } = await this.#store.receive(receiver, { ...message, from: senderName, after });
      // The receiver's log moved meanwhile: somebody else is at work on it.
      if (outcome === 'ahead' || outcome === 'diverged') break;
      [after, count] = [message.n, count + 1];
    }
    if (count > 0) this.#noteReceived(sender, receiver, count);
  }

  #noteReceived(sender: UserKey, receiver: UserKey, messages: number): void {
    this.mended.received += messages;
    this.#logger.warn({ user: receiver, with: sender, messages }, "a receiver's log had lost its tail");
  }
}
