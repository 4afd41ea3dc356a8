/** IMS ALIVE: a connection from which nothing was received for the allotted time is closed. */

import type { Clock, Timer } from './clock.ts';

/** A timer that comes so many ms too late shows that the process stood still; it looks again after as many. */
const LATE = 500;
const AFTER_LATE = 1_000;

export class IdleTimer {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #expired: () => void;
  #last: number;
  /** Time in which the gateway itself does not read does not run. */
  #holds = 0;
  #timer: Timer;
  #dueAt: number;

  /** @param limit milliseconds without anything received after which `expired` is called, once. */
  constructor(clock: Clock, limit: number, expired: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#expired = expired;
    this.#last = clock.now();
    this.#dueAt = this.#last + limit;
    this.#timer = clock.after(limit, () => this.#check());
  }

  received(): void {
    this.#last = this.#clock.now();
  }

  /** Until as many releases. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    this.#last = this.#clock.now();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const now = this.#clock.now();
    // This process stood still: what was received meanwhile waits in the sockets, and is read after the timers.
    if (now - this.#dueAt > LATE) return this.#plan(AFTER_LATE);
    const left = this.#holds > 0 ? this.#limit : this.#last + this.#limit - now;
    if (left <= 0) this.#expired();
    else this.#plan(left);
  }

  #plan(ms: number): void {
    this.#dueAt = this.#clock.now() + ms;
    this.#timer = this.#clock.after(ms, () => this.#check());
  }
}
