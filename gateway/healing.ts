/** After a failover: compares what users' copies say with those of others, and makes both whole. */

import type { Delivery } from './delivery.ts';
import type { Friendships } from './friendships.ts';
import type { Logger } from './log.ts';
import type { Mending } from './mending.ts';
import type { Conversation, Friendship, Progress, Store, UserKey } from './store/store.ts';

export interface HealingOptions {
  readonly store: Store;
  readonly mending: Mending;
  readonly friendships: Friendships;
  readonly delivery: Delivery;
  readonly logger: Logger;
}

/** Users that are compared at once. */
const CONCURRENCY = 8;

export class Healing {
  readonly #options: HealingOptions;
  /** Users to be compared, and those with whom it failed: these wait for the next heartbeat. */
  readonly #queue = new Set<UserKey>();
  readonly #failed = new Set<UserKey>();
  #failoverAt: number | undefined;
  #isWorking = false;

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
      for (const user of this.#options.delivery.listUsers()) this.#queue.add(user);
    }
    for (const user of this.#failed) this.#queue.add(user);
    this.#failed.clear();
    void this.#work();
    return isNew;
  }

  /** A login found that the user was not compared since the last failover. */
  compare(user: UserKey): void {
    this.#queue.add(user);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.#healQueue()));
    this.#isWorking = false;
    // Asked for while the last ones ended.
    if (this.#queue.size > 0) await this.#work();
  }

  async #healQueue(): Promise<void> {
    for (const user of this.#queue) {
      this.#queue.delete(user);
      await this.#heal(user);
    }
  }

  async #heal(user: UserKey): Promise<void> {
    try {
      const at = this.#failoverAt ?? 0;
      await this.#compare(user);
      await this.#options.store.markCompared(user, at);
    } catch (error) {
      this.#failed.add(user);
      this.#options.logger.warn({ err: error, user }, 'comparing logs failed; trying again');
    }
  }

  async #compare(user: UserKey): Promise<void> {
    const { store, mending } = this.#options;
    const own = await store.readPeers(user);
    if (own === undefined) return;
    for (const mine of own.conversations) {
      const peers = await store.readPeers(mine.other, user);
      const theirs = await mending.readConversation(mine.other, user);
      if (peers === undefined || theirs === undefined) continue;
      await this.#healDirection(
        { user, name: own.name, copy: mine },
        { user: mine.other, name: peers.name },
        theirs.in,
      );
      await this.#healDirection(
        { user: mine.other, name: peers.name, copy: theirs },
        { user, name: own.name },
        mine.in,
      );
    }
    for (const copy of own.friendships) await this.#healFriendship(user, own.name, copy);
  }

  /** The messages of a sender to a receiver, whose copy is there `there`. */
  async #healDirection(
    sender: { user: UserKey; name: string; copy: Conversation },
    receiver: { user: UserKey; name: string },
    there: Progress,
  ): Promise<void> {
    const { mending } = this.#options;
    const { out, unsettled } = sender.copy;
    const isOther = there.n === out.n && there.check !== '' && there.check !== out.check;
    if (there.n > out.n || isOther) await mending.giveBack(sender.user, receiver.name);
    // What is not settled is on its way, or carried on by others.
    const last = Math.min(out.n, unsettled - 1);
    if (there.n < last) await mending.passAgain(sender.user, sender.name, receiver.user, there.n + 1, last);
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
