/** Names as registered, by key: what an account is called never changes, so it is asked for once. */

import type { Store, UserKey } from './store/store.ts';

const MOST_NAMES = 50_000;

export class Directory {
  readonly #store: Store;
  readonly #names = new Map<UserKey, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The user's name as registered; undefined when there is no such account. */
  async find(user: UserKey): Promise<string | undefined> {
    const known = this.#names.get(user);
    if (known !== undefined) return known;
    const [presence] = await this.#store.readPresence([user]);
    if (presence === undefined) return undefined;
    this.#remember(user, presence.name);
    return presence.name;
  }

  /** To be called when an account turns out to be removed. */
  forget(user: UserKey): void {
    this.#names.delete(user);
  }

  #remember(user: UserKey, name: string): void {
    if (this.#names.size >= MOST_NAMES) this.#names.delete(this.#names.keys().next().value!);
    this.#names.set(user, name);
  }
}
