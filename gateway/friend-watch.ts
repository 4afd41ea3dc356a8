/** What one session has been shown of its user's friends, and what it is told when that changes. */

import { STATUS_UNKNOWN, toAsciiLower } from '../protocol/documents.ts';
import type { Clock, Timer } from './clock.ts';
import { friendsAmong, seeFriends, type SeenFriend } from './friend-list.ts';
import type { Logger } from './log.ts';
import type { Presence } from './presence.ts';
import type { FriendEntry, Friendship, Store, UserKey } from './store/store.ts';

export interface FriendWatchOptions {
  readonly store: Store;
  readonly presence: Presence;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly user: UserKey;
  /** Milliseconds for which nobody is told that a friend is away: most come back. */
  readonly absence: number;
  readonly tell: (friend: SeenFriend) => void;
}

interface Watched {
  readonly name: string;
  /** Undefined for a new friend whom nobody has looked at yet. */
  shown?: SeenFriend;
  /** Runs while a friend looks away and is not shown so. */
  timer?: Timer | undefined;
}

export class FriendWatch {
  readonly #options: FriendWatchOptions;
  readonly #friends = new Map<UserKey, Watched>();
  /** Friends that are to be looked at once those looked at now are. */
  readonly #wanted = new Set<UserKey>();
  /** Hints that came before the friends were shown. */
  readonly #early = new Set<UserKey>();
  #isStarted = false;
  #isLooking = false;
  #isStopped = false;

  constructor(options: FriendWatchOptions) {
    this.#options = options;
  }

  /** All friends, as they are shown first. */
  async start(friendships: readonly Friendship[]): Promise<readonly SeenFriend[]> {
    const friends = await seeFriends(this.#options.user, friendsAmong(friendships), this.#options);
    for (const friend of friends) this.#friends.set(friend.user, { name: friend.name, shown: friend });
    return friends;
  }

  /** The friends have been shown: changes may follow. */
  shown(): void {
    this.#isStarted = true;
    for (const user of this.#early) this.hint(user);
    this.#early.clear();
  }

  stop(): void {
    this.#isStopped = true;
    for (const { timer } of this.#friends.values()) timer?.cancel();
    this.#friends.clear();
  }

  /**
   * A friendship changed: who is a new friend is shown, who is none any more is not watched. What changed before the friends
   * were shown is in what is shown.
   */
  follow({ name, change }: FriendEntry): void {
    if (!this.#isStarted) return;
    const user = toAsciiLower(name);
    if (change === 'accept' && !this.#friends.has(user)) this.#friends.set(user, { name });
    if (change === 'accept') this.#look(user);
    // Who is invited is none, though a failover may have lost that somebody said so.
    if (change === 'accept') return;
    this.#friends.get(user)?.timer?.cancel();
    this.#friends.delete(user);
  }

  /** Something of this user may be different. */
  hint(user: UserKey): void {
    if (!this.#isStarted) this.#early.add(user);
    if (this.#friends.has(user)) this.#look(user);
  }

  /** Hints may have been lost. */
  checkAll(): void {
    for (const user of this.#friends.keys()) this.#look(user);
  }

  #look(user: UserKey): void {
    this.#wanted.add(user);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#wanted.size > 0 && !this.#isStopped) {
      const friends = [...this.#wanted].flatMap((user) => {
        const watched = this.#friends.get(user);
        return watched === undefined ? [] : [{ user, name: watched.name }];
      });
      this.#wanted.clear();
      try {
        for (const seen of await seeFriends(this.#options.user, friends, this.#options)) this.#take(seen);
      } catch (error) {
        // The next round looks again.
        this.#options.logger.warn({ err: error, user: this.#options.user }, 'looking at friends failed');
      }
    }
    this.#isLooking = false;
  }

  #take(seen: SeenFriend): void {
    if (this.#isStopped) return;
    const watched = this.#friends.get(seen.user);
    // The friendship ended while somebody looked.
    if (watched === undefined) return;
    const { shown } = watched;
    if (shown === undefined) return this.#show(watched, seen);
    if (seen.status === shown.status && seen.since === shown.since) return this.#keep(watched);
    if (seen.status === STATUS_UNKNOWN && shown.status !== STATUS_UNKNOWN) return this.#doubt(watched, seen.user);
    this.#show(watched, seen);
  }

  /** Away: shown only where it is still so after a while. */
  #doubt(watched: Watched, user: UserKey): void {
    watched.timer ??= this.#options.clock.after(this.#options.absence, () => void this.#judge(watched, user));
  }

  async #judge(watched: Watched, user: UserKey): Promise<void> {
    const { name, shown } = watched;
    watched.timer = undefined;
    const [seen] = await seeFriends(this.#options.user, [{ user, name }], this.#options).catch(() => []);
    if (this.#isStopped || this.#friends.get(user) !== watched) return;
    if (seen === undefined) this.#doubt(watched, user);
    else if (seen.status !== shown?.status || seen.since !== shown.since) this.#show(watched, seen);
  }

  #show(watched: Watched, seen: SeenFriend): void {
    this.#keep(watched);
    watched.shown = seen;
    this.#options.tell(seen);
  }

  #keep(watched: Watched): void {
    watched.timer?.cancel();
    watched.timer = undefined;
  }
}
