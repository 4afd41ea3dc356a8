/** A friendship's way: both lists are marked, the pair's record decides, both lists are told. */

import { randomUUID } from 'node:crypto';
import type { Authors } from './authors.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { Pace } from './pace.ts';
import type { Author, Friendship, FriendshipOperation, Store, UserKey } from './store/store.ts';

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

  constructor(store: Store, directory: Directory, authors: Authors, clock: Clock) {
    this.#store = store;
    this.#directory = directory;
    this.#authors = authors;
    this.#pace = new Pace(clock, BURST, EVERY);
  }

  /**
   * IMS FRIEND add, accept, deny, delete by the author, whose name as registered is `name`; true for result 1.
   * A rejection leaves both lists marked, and what was decided is told at the next login.
   * @throws SessionEnded when the author's session was ended; nothing was changed then.
   */
  async change(author: Author, name: string, type: FriendshipOperation['type'], other: UserKey): Promise<boolean> {
    if (other === author.user) return false;
    const otherName = await this.#directory.find(other);
    if (otherName === undefined || !this.#pace.take(author.user)) return false;
    const own = await this.#authors.change(author, () => this.#store.beginFriendship(author.user, otherName, author));
    if (own.outcome !== 'begun') return false;
    if ((await this.#store.beginFriendship(other, name)).outcome !== 'begun') {
      await this.#tell(author.user, otherName);
      return false;
    }
    const decision = await this.#store.decideFriendship({ op: randomUUID(), type, by: author.user, other });
    // The author's list last: as long as it is marked the author's next login tells both.
    await this.#store.tellFriendship(other, name, decision);
    await this.#store.tellFriendship(author.user, otherName, decision);
    return decision.isDone;
  }

  /** Tells what was decided but may not have been told, where an earlier gateway died half-way. */
  async heal(user: UserKey, name: string, friendships: readonly Friendship[]): Promise<void> {
    for (const { user: other, name: otherName, isOpen } of friendships) {
      if (!isOpen) continue;
      await this.#tell(other, name);
      await this.#tell(user, otherName);
    }
  }

  /** Ends all friendships and invitations of a user whose account is about to be removed. */
  async endAll(user: UserKey, name: string): Promise<void> {
    for (const { user: other, name: otherName, state } of await this.#store.listFriendships(user)) {
      const isInvited = state === 'invited';
      const decision = await this.#store.decideFriendship({
        op: randomUUID(),
        type: isInvited ? 'deny' : 'delete',
        by: user,
        other,
      });
      await this.#store.tellFriendship(other, name, decision);
      await this.#store.tellFriendship(user, otherName, decision);
    }
  }

  /** `other` is a name as registered. */
  async #tell(user: UserKey, other: string): Promise<void> {
    const record = await this.#store.readFriendship(user, other.toLowerCase());
    await this.#store.tellFriendship(user, other, record);
  }
}
