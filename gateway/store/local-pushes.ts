/** The push channel inside one process: a listener for each user. */

import type { Push, UserKey } from './store.ts';

export class LocalPushes {
  readonly #listeners = new Map<string, (push: Push) => void>();

  listen(user: UserKey, listener: (push: Push) => void): void {
    this.#listeners.set(user, listener);
  }

  forget(user: UserKey): void {
    this.#listeners.delete(user);
  }

  /** A listener that throws loses that push alone: what was changed stays changed. */
  deliver(user: UserKey, push: Push): void {
    try {
      this.#listeners.get(user)?.(push);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
