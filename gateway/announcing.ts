/** Tells a user's friends that there may be something new to see: they look themselves. */

import { friendsAmong } from './friend-list.ts';
import type { Logger } from './log.ts';
import type { Friendship, Store, UserKey } from './store/store.ts';

export class Announcing {
  readonly #store: Store;
  readonly #logger: Logger;
  /** Users whose friends are being told, and whether they are to be told once more: many changes are one hint. */
  readonly #running = new Map<UserKey, boolean>();

  constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** The user came or went. Never rejects: who is not told finds it with the next round. `friendships` where they are known. */
  async announce(user: UserKey, friendships?: readonly Friendship[]): Promise<void> {
    if (this.#running.has(user)) return void this.#running.set(user, true);
    this.#running.set(user, false);
    await this.#tell(user, friendships);
    const isWanted = this.#running.get(user);
    this.#running.delete(user);
    if (isWanted) await this.announce(user);
  }

  async #tell(user: UserKey, friendships?: readonly Friendship[]): Promise<void> {
    try {
      const friends = friendsAmong(friendships ?? (await this.#store.listFriendships(user)));
      const keys = friends.map((friend) => friend.user);
      await this.announceTo(keys, user);
    } catch (error) {
      this.#logger.warn({ err: error, user }, 'friends could not be told of a change');
    }
  }

  /** One of the user's sessions has set the status: the user's other sessions are told as friends are. Never rejects. */
  async announceStatus(user: UserKey, friendships?: readonly Friendship[]): Promise<void> {
    const own = this.announceTo([user], user).catch((error: unknown) => {
      this.#logger.warn({ err: error, user }, 'own devices could not be told of a status');
    });
    await Promise.all([own, this.announce(user, friendships)]);
  }

  /** Only these see something else. Rejects as the store does. */
  async announceTo(users: readonly UserKey[], about: UserKey): Promise<void> {
    if (users.length > 0) await this.#store.announce(users, about);
  }
}
