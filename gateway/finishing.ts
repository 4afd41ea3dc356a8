/** Finishes what earlier sessions and gateways left half-way: messages between two logs, friendships, senders not told. */

import pLimit from 'p-limit';
import type { Clock, Timer } from './clock.ts';
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

/** How long to wait before what failed is tried again, in ms: what the store took late is done by then. Then twice as long. */
const AGAIN = 5_000;
const LONGEST = 5 * 60_000;
/** Users whose work is tried again at once. */
const CONCURRENCY = 8;

export class Finishing {
  readonly #options: FinishingOptions;
  readonly #limit = pLimit(CONCURRENCY);
  readonly #waiting = new Map<UserKey, Timer>();
  #isStopped = false;

  constructor(options: FinishingOptions) {
    this.#options = options;
  }

  /** What a login found of its user's work, and of its sessions. The client need not wait for it; what fails is tried again. */
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
  later(user: UserKey, pause = AGAIN): void {
    if (this.#isStopped || this.#waiting.has(user)) return;
    const timer = this.#options.clock.after(pause, () => void this.#limit(() => this.#tryAgain(user, pause)));
    this.#waiting.set(user, timer);
  }

  /** Tries once more what waits; nothing is tried after that: the next login does it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const waiting = [...this.#waiting];
    for (const [, timer] of waiting) timer.cancel();
    await Promise.all(waiting.map(([user]) => this.#limit(() => this.#tryAgain(user))));
  }

  async #tryAgain(user: UserKey, pause = AGAIN): Promise<void> {
    this.#waiting.delete(user);
    const look = this.#options.store.look(user).then((found) => this.#closeDead(user, found?.open ?? []));
    const work = Promise.all([this.finish(user), look]);
    await work.catch((error: unknown) => this.#failed(user, error, Math.min(LONGEST, 2 * pause)));
  }

  #failed(user: UserKey, error: unknown, pause?: number): void {
    this.#options.logger.warn({ err: error, user }, 'finishing earlier work failed; trying again');
    this.later(user, pause);
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
