/** Slows down who asks for too much: so many at once, then one in a while. */

import type { Clock } from './clock.ts';

/** Keys that are remembered before those are forgotten that have waited long enough. */
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

  /** Resolves when it is this one's turn. */
  async turn(key: string): Promise<void> {
    const now = this.#clock.now();
    if (this.#restedAt.size >= MOST_KEYS) this.#forget(now);
    const restedAt = Math.max(now, this.#restedAt.get(key) ?? now) + this.#every;
    this.#restedAt.set(key, restedAt);
    const wait = restedAt - now - this.#burst * this.#every;
    if (wait > 0) await new Promise<void>((resolve) => this.#clock.after(wait, resolve));
  }

  #forget(now: number): void {
    for (const [key, at] of this.#restedAt) if (at <= now) this.#restedAt.delete(key);
  }
}
