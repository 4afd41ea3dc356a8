/** After a failover: compares what users' copies say with those of others, and makes both whole. */

import pLimit from 'p-limit';
import { toAsciiLower } from '../protocol/documents.ts';
import type { Delivery } from './delivery.ts';
import type { Finishing } from './finishing.ts';
import type { Friendships } from './friendships.ts';
import type { Logger } from './log.ts';
import type { Mending } from './mending.ts';
import { placeNumber } from './store/entry.ts';
import type { Conversation, Friendship, Mark, Progress, Store, UserKey } from './store/store.ts';

export interface HealingOptions {
  readonly store: Store;
  readonly mending: Mending;
  readonly finishing: Finishing;
  readonly friendships: Friendships;
  readonly delivery: Delivery;
  readonly logger: Logger;
}

/** Users that are compared at once. */
const CONCURRENCY = 8;

export class Healing {
  readonly #options: HealingOptions;
  readonly #limit = pLimit(CONCURRENCY);
  /** Users whose turn has not come yet. */
  readonly #queue = new Map<UserKey, Promise<void>>();
  /** Those with whom it failed or was not certain: they wait for the next heartbeat. */
  readonly #waiting = new Set<UserKey>();
  #failoverAt: number | undefined;

  constructor(options: HealingOptions) {
    this.#options = options;
  }

  /**
   * Told with each heartbeat when the store last failed over: after a new one all users here are compared. Whether it
   * is a new one.
   */
  noteFailover(at: number): boolean {
    const isNew = this.#failoverAt !== undefined && at > this.#failoverAt;
    this.#failoverAt = at;
    if (isNew) {
      this.#options.logger.warn({ failoverAt: at }, 'the store failed over or was restarted: comparing logs');
      for (const user of this.#options.delivery.listUsers()) void this.compare(user);
    }
    for (const user of this.#waiting) void this.compare(user);
    this.#waiting.clear();
    return isNew;
  }

  /** Compares a user with all others; resolves when that was tried, whatever came of it. */
  compare(user: UserKey): Promise<void> {
    const queued = this.#queue.get(user);
    if (queued !== undefined) return queued;
    const work = this.#limit(() => {
      // What goes wrong from here on asks for a turn of its own.
      this.#queue.delete(user);
      return this.#heal(user);
    });
    this.#queue.set(user, work);
    return work;
  }

  async #heal(user: UserKey): Promise<void> {
    try {
      const at = this.#failoverAt ?? 0;
      const { delivery } = this.#options;
      await Promise.all(delivery.listSeats(user).map(({ session }) => session.confirmAgain()));
      if (await this.#compare(user)) await this.#options.store.markCompared(user, at);
      else await this.#finish(user);
    } catch (error) {
      this.#waiting.add(user);
      this.#options.logger.warn({ err: error, user }, 'comparing logs failed; trying again');
    }
  }

  /** The failover may have taken what became of own messages: they are pending again, and nobody is at work on them. */
  async #finish(user: UserKey): Promise<void> {
    this.#waiting.add(user);
    await this.#options.finishing.finish(user);
  }

  /** False where something is on its way still, of which nobody knows yet whether it was lost. */
  async #compare(user: UserKey): Promise<boolean> {
    const { store } = this.#options;
    const own = await store.readPeers(user);
    if (own === undefined) return true;
    // All of them, and they only rise: once for all conversations.
    const { marks } = await store.readMarks(user, 0);
    let isCertain = true;
    for (const mine of own.conversations) {
      isCertain = (await this.#compareConversation(user, own.name, mine)) && isCertain;
      await this.#healMarks(user, mine.other, (await store.readMarks(mine.other, 0)).marks);
      await this.#healMarks(mine.other, user, marks);
    }
    for (const copy of own.friendships) await this.#healFriendship(user, own.name, copy);
    return isCertain;
  }

  /**
   * People go on talking meanwhile. So what one copy must have is judged by what the other one had before, and the own copy
   * is read before and after the other one's.
   */
  async #compareConversation(user: UserKey, name: string, before: Conversation): Promise<boolean> {
    const { store, mending } = this.#options;
    const { other } = before;
    const peers = await store.readPeers(other, user);
    if (peers === undefined) return true;
    const theirs = mending.conversationOf(peers, user);
    if (isSame(before.out, theirs.in) && isSame(before.in, theirs.out)) return true;
    const after = (await mending.readConversation(user, other)) ?? before;
    if (isBehind(after.out, theirs.in)) await mending.giveBack(user, peers.name);
    if (isBehind(theirs.out, before.in)) await mending.giveBack(other, name);
    const [sent, received] = [lastSettled(before), lastSettled(theirs)];
    if (theirs.in.n < sent) await mending.passAgain(user, name, other, theirs.in.n + 1, sent);
    if (after.in.n < received) await mending.passAgain(other, peers.name, user, after.in.n + 1, received);
    return Math.max(theirs.in.n, sent) >= before.out.n && Math.max(after.in.n, received) >= theirs.out.n;
  }

  /** What a sender's copy lost of how far the receiver is: the receiver's log and `marks` say it still. */
  async #healMarks(sender: UserKey, receiver: UserKey, marks: readonly Mark[]): Promise<void> {
    const { store } = this.#options;
    const [peers, look] = await Promise.all([store.readPeers(receiver, sender), store.look(receiver)]);
    const [theirs] = peers?.conversations ?? [];
    if (peers === undefined || theirs === undefined || theirs.in.n === 0) return;
    const head = look?.head === undefined ? 0 : placeNumber(look.head);
    const { delivered } = await store.readLog(receiver, head);
    const { isBlocked = false, seen: read = 0 } = marks.find(({ name }) => toAsciiLower(name) === sender) ?? {};
    // One who is blocked sees somebody who is away; and numbers that were dropped then are not on any device.
    if (isBlocked) return;
    // What waits there an acknowledgement tells, which follows.
    await store.mark(sender, peers.name, { delivered: delivered >= head ? theirs.in.n : theirs.delivered, read });
  }

  /** The pair's record is the truth, but for what a failover lost of it: then the copies have it still. */
  async #healFriendship(user: UserKey, name: string, copy: Friendship): Promise<void> {
    const { store, friendships, mending } = this.#options;
    const record = await store.readFriendship(user, copy.user);
    const other = (await store.readPeers(copy.user, user))?.friendships[0]?.version ?? 0;
    if (record.version === copy.version && other === copy.version) return;
    if (record.version < copy.version) await store.restoreFriendship(user, copy);
    await friendships.heal(user, name, [{ ...copy, isOpen: true }]);
    mending.mended.friendships += 1;
  }
}

/** The last own message of which it is written that it arrived, or was refused. */
function lastSettled({ out, unsettled }: Conversation): number {
  return Math.min(out.n, unsettled - 1);
}

function isSame(out: Progress, there: Progress): boolean {
  return out.n === there.n && (there.check === '' || there.check === out.check);
}

/** A sender's log lacks what the receiver has. */
function isBehind(out: Progress, there: Progress): boolean {
  return there.n > out.n || (there.n === out.n && !isSame(out, there));
}
