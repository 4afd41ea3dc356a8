/** IMS ALIVE: a connection from which nothing was received for the allotted time is closed. */

import type { Clock, Timer } from './clock.ts';

export class IdleTimer {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #expired: () => void;
  #last: number;
  /** Time in which the gateway itself does not read does not run. */
  #isHeld = false;
  #timer: Timer;

  /** @param limit milliseconds without anything received after which `expired` is called, once. */
  constructor(clock: Clock, limit: number, expired: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#expired = expired;
    this.#last = clock.now();
    this.#timer = clock.after(limit, () => this.#check());
  }

  received(): void {
    this.#last = this.#clock.now();
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#last = this.#clock.now();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const left = this.#isHeld ? this.#limit : this.#last + this.#limit - this.#clock.now();
    if (left <= 0) this.#expired();
    else this.#timer = this.#clock.after(left, () => this.#check());
  }
}
