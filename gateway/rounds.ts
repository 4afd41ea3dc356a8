/** Slow rounds: what the store has of the users here is compared with what this gateway has of them. */

import type { Clock, Timer } from './clock.ts';
import type { Delivery, LocalSession, Seat } from './delivery.ts';
import type { Logger } from './log.ts';
import { incarnationOf } from './store/presence.ts';
import type { Author, Incarnation, Look, Store, UserKey } from './store/store.ts';

export interface RoundOptions {
  readonly store: Store;
  readonly delivery: Delivery;
  readonly incarnation: Incarnation;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds in which each user is looked at once. */
  readonly every: number;
}

/** How often a part of the users is looked at, in ms. */
const STEP = 1_000;
/** Milliseconds after which a gateway that came back looks again. */
const BACK_AGAIN = 5_000;
/** Users that are looked at at once. */
const CONCURRENCY = 64;
/** Of so many rounds one takes it that hints were lost: what friends see costs a look at each friend. */
const HINTS_LOST_EVERY = 5;

export class Rounds {
  readonly #options: RoundOptions;
  #timer: Timer | undefined;
  /** Users that this round has still to look at. */
  #left: UserKey[] = [];
  #share = 0;
  #beginAt = 0;
  #isStepping = false;
  #isChecking = false;
  #isWanted = false;
  #rounds = 0;

  constructor(options: RoundOptions) {
    this.#options = options;
    // Pushes may have been lost: of entries, and of ends.
    options.store.onPushGap(() => {
      const { delivery } = options;
      for (const user of delivery.listUsers()) for (const { feed } of delivery.listSeats(user)) feed.doubt();
      void this.checkAll();
    });
  }

  start(): void {
    this.#timer = this.#options.clock.every(STEP, () => void this.#step());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Looks at all users here, at once; once more where it is asked for meanwhile. */
  async checkAll(): Promise<void> {
    this.#isWanted = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#check(this.#options.delivery.listUsers(), true);
    }
    this.#isChecking = false;
  }

  /** This gateway was taken for dead: its sessions were closed, and somebody may still be at it. */
  async comeBack(): Promise<void> {
    await this.checkAll();
    this.#options.clock.after(BACK_AGAIN, () => void this.checkAll());
  }

  async #step(): Promise<void> {
    if (this.#isStepping) return;
    this.#isStepping = true;
    if (this.#options.clock.now() >= this.#beginAt) await this.#begin();
    await this.#check(this.#left.splice(0, this.#share), this.#rounds % HINTS_LOST_EVERY === 0);
    this.#isStepping = false;
  }

  /** Also users without a session here that are listed: one that came back late, from a command sent twice. */
  async #begin(): Promise<void> {
    const { store, delivery, incarnation, every, clock } = this.#options;
    this.#beginAt = clock.now() + every;
    this.#rounds += 1;
    const listed = await store.listUsers(incarnation).catch(() => []);
    const here = delivery.listUsers();
    // Who is not in the index would be missed by whoever cleans up after this gateway.
    const known = new Set(listed);
    if (listed.length > 0) for (const user of here) if (!known.has(user)) await this.#reopen(user);
    this.#left = [...new Set([...here, ...listed])];
    this.#share = Math.max(1, Math.ceil((this.#left.length * STEP) / every));
  }

  async #reopen(user: UserKey): Promise<void> {
    for (const { session } of this.#options.delivery.listSeats(user)) {
      if (!session.isOpened) continue;
      await this.#options.delivery.reopen(authorOf(user, session)).catch(() => undefined);
    }
  }

  /** `areHintsLost`: pushes that nothing in the store tells of. */
  async #check(users: readonly UserKey[], areHintsLost: boolean): Promise<void> {
    const left = [...users];
    const next = async (): Promise<void> => {
      for (let user = left.pop(); user !== undefined; user = left.pop()) await this.#checkUser(user, areHintsLost);
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, left.length) }, next));
  }

  async #checkUser(user: UserKey, areHintsLost: boolean): Promise<void> {
    const { store, delivery, logger } = this.#options;
    // Those that are opened while the store is asked would not be in its answer.
    const seats = delivery.listSeats(user);
    try {
      const look = await store.look(user);
      for (const seat of seats) if (seat.session.isOpened) await this.#compare(user, seat, look, areHintsLost);
      await this.#closeGhosts(user, look);
    } catch (error) {
      logger.warn({ err: error, user }, 'comparing sessions failed; the next round does it');
    }
  }

  async #compare(user: UserKey, { session, feed }: Seat, look: Look | undefined, areHintsLost: boolean): Promise<void> {
    const { id, generation } = session;
    const isHeld = look !== undefined && !look.banned && look.generation === generation && !look.ended.includes(id);
    if (!isHeld) return session.endedElsewhere();
    if (!look.open.includes(id)) {
      // One that its device has replaced may still receive.
      const { outcome } = await this.#options.delivery.reopen(authorOf(user, session));
      if (outcome === 'fenced') return session.endedElsewhere();
    }
    feed.compare(look.head);
    session.compare(look, areHintsLost);
  }

  /** Sessions of this gateway that it does not have: their user would never seem to be away. */
  async #closeGhosts(user: UserKey, look: Look | undefined): Promise<void> {
    const { store, delivery, incarnation } = this.#options;
    const known = new Set(delivery.listSeats(user).map(({ session }) => session.id));
    const own = [...(look?.open ?? []), ...(look?.ended ?? [])].filter((id) => incarnationOf(id) === incarnation);
    const ghosts = own.filter((id) => !known.has(id));
    if (ghosts.length > 0) await store.closeSessions(user, ghosts);
  }
}

function authorOf(user: UserKey, { id, generation, info: { device } }: LocalSession): Author {
  return { user, session: id, generation, ...(device !== undefined && { device }) };
}
