/** A friendship's way: both lists are marked, the pair's record decides, both lists are told. */

import { randomUUID } from 'node:crypto';
import { toAsciiLower } from '../protocol/documents.ts';
import type { Authors } from './authors.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { Pace } from './pace.ts';
import type { Author, Friendship, FriendshipOperation, FriendshipRecord, Store, UserKey } from './store/store.ts';

/**
 * Changes that one user can make at once, and milliseconds until another one: each is an entry in the other one's log, from
 * which it would push out what was said.
 */
const BURST = 60;
const EVERY = 1_000;

export class Friendships {
  readonly #store: Store;
  readonly #directory: Directory;
  readonly #authors: Authors;
  readonly #pace: Pace;
  /** Changes that failed half-way here: of each author the other users' names. */
  readonly #failed = new Map<UserKey, Set<string>>();

  constructor(store: Store, directory: Directory, authors: Authors, clock: Clock) {
    this.#store = store;
    this.#directory = directory;
    this.#authors = authors;
    this.#pace = new Pace(clock, BURST, EVERY);
  }

  /**
   * IMS FRIEND add, accept, deny, delete by the author, whose name as registered is `name`; true for result 1.
   * A rejection leaves what was decided to {@link heal}.
   * @throws SessionEnded when the author's session was ended; nothing was changed then.
   */
  async change(author: Author, name: string, type: FriendshipOperation['type'], other: UserKey): Promise<boolean> {
    if (other === author.user) return false;
    const otherName = await this.#directory.find(other);
    if (otherName === undefined || !this.#pace.take(author.user)) return false;
    const own = await this.#authors.change(author, () => this.#store.beginFriendship(author.user, otherName, author));
    if (own.outcome !== 'begun') return false;
    if ((await this.#store.beginFriendship(other, name)).outcome !== 'begun') {
      await this.#store.tellFriendship(author.user, otherName, await this.#store.readFriendship(author.user, other));
      return false;
    }
    try {
      await this.#bringUp(author.user, other);
      const decision = await this.#store.decideFriendship({ op: randomUUID(), type, by: author.user, other });
      await this.#tellBoth(author.user, name, otherName, decision);
      return decision.isDone;
    } catch (error) {
      this.#noteFailed(author.user, [otherName]);
      throw error;
    }
  }

  /** A failover may have lost what was decided last, which a copy has: decided from less, it would have the same version. */
  async #bringUp(a: UserKey, b: UserKey): Promise<void> {
    for (const [user, other] of [[a, b] as const, [b, a] as const]) {
      const [copy] = (await this.#store.readPeers(user, other))?.friendships ?? [];
      if (copy !== undefined) await this.#store.restoreFriendship(user, copy);
    }
  }

  /**
   * Tells what was decided but may not have been told: where a list is marked, and what failed here. Somebody who told what
   * was there before may have taken that one's mark.
   */
  async heal(user: UserKey, name: string, friendships: readonly Friendship[]): Promise<void> {
    const marked = friendships.flatMap((friendship) => (friendship.isOpen ? [friendship.name] : []));
    const others = new Set([...marked, ...(this.#failed.get(user) ?? [])]);
    this.#failed.delete(user);
    try {
      for (const other of others) {
        await this.#tellBoth(user, name, other, await this.#store.readFriendship(user, toAsciiLower(other)));
      }
    } catch (error) {
      this.#noteFailed(user, others);
      throw error;
    }
  }

  #noteFailed(user: UserKey, others: Iterable<string>): void {
    this.#failed.set(user, new Set([...(this.#failed.get(user) ?? []), ...others]));
  }

  /** Ends all friendships and invitations of a user whose account is about to be removed. */
  async endAll(user: UserKey, name: string): Promise<void> {
    for (const { user: other, name: otherName } of await this.#store.listFriendships(user)) {
      await this.#bringUp(user, other);
      const { invitedBy } = await this.#store.readFriendship(user, other);
      const type = invitedBy === other ? 'deny' : 'delete';
      const decision = await this.#store.decideFriendship({ op: randomUUID(), type, by: user, other });
      await this.#tellBoth(user, name, otherName, decision);
    }
  }

  /** The author's list last: as long as it is marked the author's next login tells both. */
  async #tellBoth(author: UserKey, name: string, otherName: string, record: FriendshipRecord): Promise<void> {
    await this.#store.tellFriendship(toAsciiLower(otherName), name, record);
    await this.#store.tellFriendship(author, otherName, record);
  }
}
