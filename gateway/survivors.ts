/** What survivors do when a gateway dies: one of them carries on what it left half-way, and closes its sessions. */

import type { Announcing } from './announcing.ts';
import type { Finishing } from './finishing.ts';
import type { Logger } from './log.ts';
import type { Incarnation, Store, UserKey } from './store/store.ts';

export interface SurvivorOptions {
  readonly store: Store;
  readonly incarnation: Incarnation;
  readonly finishing: Finishing;
  readonly announcing: Announcing;
  readonly logger: Logger;
}

/** Users that are tidied up after at once. */
const AT_ONCE = 16;

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
    for (const gone of dead) {
      await this.#cleanUpAfter(gone).catch((error: unknown) => {
        this.#options.logger.warn({ err: error, gateway: gone }, 'cleaning up after a gateway failed; trying again');
      });
    }
    this.#isWorking = false;
  }

  async #cleanUpAfter(gone: Incarnation): Promise<void> {
    const { store, incarnation, logger } = this.#options;
    if (!(await store.claim(gone, incarnation))) return;
    const users = [...(await store.listUsers(gone))];
    logger.warn({ gateway: gone, users: users.length }, 'a gateway died: cleaning up after it');
    let failed = 0;
    while (users.length > 0) {
      const outcomes = await Promise.allSettled(users.splice(0, AT_ONCE).map((user) => this.#finish(user, gone)));
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      if (reasons.length > 0)
        logger.warn({ err: reasons[0], users: reasons.length }, 'users could not be tidied up after');
      failed += reasons.length;
      // It may have been frozen only, and be back.
      if (!(await store.claim(gone, incarnation))) return;
    }
    // With users left it stays dead, and the next heartbeat tries again.
    if (failed > 0) return;
    await store.bury(gone);
    logger.info({ gateway: gone }, 'cleaned up after a gateway');
  }

  /** Sessions last: who cleans up after this gateway, should it die now, begins with the users that are left. */
  async #finish(user: UserKey, gone: Incarnation): Promise<void> {
    const { store, finishing, announcing } = this.#options;
    await finishing.finish(user);
    await store.closeIncarnation(user, gone);
    await announcing.announce(user);
  }
}
