/** Finishes what earlier sessions and gateways left half-way: messages between two logs, friendships, senders not told. */

import pLimit from 'p-limit';
import type { Clock } from './clock.ts';
import type { Friendships } from './friendships.ts';
import type { Logger } from './log.ts';
import type { Marks } from './marks.ts';
import type { Messaging } from './messaging.ts';
import type { Presence } from './presence.ts';
import type { SessionId, Store, Unfinished, UserKey } from './store/store.ts';

export interface FinishingOptions {
  readonly store: Store;
  readonly presence: Presence;
  readonly messaging: Messaging;
  readonly friendships: Friendships;
  readonly marks: Marks;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long to wait before what failed is tried again, in ms: what the store took late is done by then. */
const AGAIN = 5_000;
/** Users whose work is tried again at once. */
const CONCURRENCY = 8;

export class Finishing {
  readonly #options: FinishingOptions;
  readonly #limit = pLimit(CONCURRENCY);
  readonly #waiting = new Set<UserKey>();

  constructor(options: FinishingOptions) {
    this.#options = options;
  }

  /** What a login found of its user's work, and of its sessions. The client need not wait for it. */
  begin(user: UserKey, unfinished: Unfinished, sessions: readonly SessionId[]): void {
    const work = Promise.all([this.#carryOn(user, unfinished), this.#closeDead(user, sessions)]);
    work.catch((error: unknown) => this.#failed(user, error));
  }

  /** Rejects where something of it could not be done. Each step can be repeated. */
  async finish(user: UserKey): Promise<void> {
    const unfinished = await this.#options.store.readUnfinished(user);
    if (unfinished !== undefined) await this.#carryOn(user, unfinished);
  }

  /** In a while, and again until it is done: the user may not come back for long, and others wait for what was sent. */
  later(user: UserKey): void {
    if (this.#waiting.has(user)) return;
    this.#waiting.add(user);
    this.#options.clock.after(AGAIN, () => void this.#limit(() => this.#tryAgain(user)));
  }

  async #tryAgain(user: UserKey): Promise<void> {
    this.#waiting.delete(user);
    const look = this.#options.store.look(user).then((found) => this.#closeDead(user, found?.open ?? []));
    await Promise.all([this.finish(user), look]).catch((error: unknown) => this.#failed(user, error));
  }

  #failed(user: UserKey, error: unknown): void {
    this.#options.logger.warn({ err: error, user }, 'finishing earlier work failed; trying again');
    this.later(user);
  }

  async #carryOn(user: UserKey, { name, pending, friendships: open, untold }: Unfinished): Promise<void> {
    const { messaging, friendships, marks } = this.#options;
    marks.tell({ user, name }, untold);
    await Promise.all([messaging.carryOn(user, name, pending), friendships.heal(user, name, open)]);
  }

  async #closeDead(user: UserKey, sessions: readonly SessionId[]): Promise<void> {
    const dead = await this.#options.presence.findDead(sessions);
    if (dead.length > 0) await this.#options.store.closeSessions(user, dead);
  }
}
