/** What survivors do when a gateway dies: one of them carries on what it left half-way, and closes its sessions. */

import type { Friendships } from './friendships.ts';
import type { Logger } from './log.ts';
import type { Messaging } from './messaging.ts';
import type { Incarnation, Store, UserKey } from './store/store.ts';

export interface SurvivorOptions {
  readonly store: Store;
  readonly incarnation: Incarnation;
  readonly messaging: Messaging;
  readonly friendships: Friendships;
  readonly logger: Logger;
}

/** Users that are tidied up after at once. */
const CONCURRENCY = 8;

export class Survivors {
  readonly #options: SurvivorOptions;
  #isWorking = false;

  constructor(options: SurvivorOptions) {
    this.#options = options;
  }

  /** Cleans up after those that nobody else does. What fails is tried again with the next call. */
  async cleanUp(dead: readonly Incarnation[]): Promise<void> {
    if (this.#isWorking || dead.length === 0) return;
    this.#isWorking = true;
    const { store, incarnation, logger } = this.#options;
    try {
      for (const gone of dead) {
        if (!(await store.claim(gone, incarnation))) continue;
        const users = await store.listUsers(gone);
        logger.warn({ gateway: gone, users: users.length }, 'a gateway died: cleaning up after it');
        await this.#cleanUpAfter(gone, [...users]);
        await store.bury(gone);
      }
    } catch (error) {
      logger.warn({ err: error }, 'cleaning up after a gateway failed; trying again');
    } finally {
      this.#isWorking = false;
    }
  }

  async #cleanUpAfter(gone: Incarnation, users: UserKey[]): Promise<void> {
    const next = async (): Promise<void> => {
      for (let user = users.pop(); user !== undefined; user = users.pop()) await this.#finish(user, gone);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, next));
  }

  /** Sessions last: who cleans up after this gateway, should it die now, begins with the users that are left. */
  async #finish(user: UserKey, gone: Incarnation): Promise<void> {
    const { store, messaging, friendships } = this.#options;
    const unfinished = await store.readUnfinished(user);
    if (unfinished !== undefined) {
      const { name, pending, friendships: open } = unfinished;
      await messaging.carryOn(user, name, pending);
      await friendships.heal(user, name, open);
    }
    await store.closeIncarnation(user, gone);
  }
}
