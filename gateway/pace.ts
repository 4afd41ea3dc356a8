/** Bounds how often somebody does something: so many times at once, then once in a while. */

import type { Clock } from './clock.ts';

/** Keys that are remembered before those are forgotten that have rested long enough. */
const MOST_KEYS = 10_000;

export class Pace {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #every: number;
  /** When each has all its turns again (the generic cell rate algorithm). */
  readonly #restedAt = new Map<string, number>();

  /** `burst` turns at once, then one every so many milliseconds. */
  constructor(clock: Clock, burst: number, every: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#every = every;
  }

  /** Takes a turn; false where there is none yet. */
  take(key: string): boolean {
    const now = this.#clock.now();
    if (this.#restedAt.size >= MOST_KEYS) this.#forget(now);
    const restedAt = Math.max(now, this.#restedAt.get(key) ?? now) + this.#every;
    if (restedAt - now > this.#burst * this.#every) return false;
    this.#restedAt.set(key, restedAt);
    return true;
  }

  #forget(now: number): void {
    for (const [key, at] of this.#restedAt) if (at <= now) this.#restedAt.delete(key);
  }
}
