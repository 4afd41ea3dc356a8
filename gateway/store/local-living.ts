/** Which gateway processes live, as far as one process can know: those that beat at its own store. */

import type { Clock } from '../clock.ts';
import type { Incarnation } from './store.ts';

const DEAD_AFTER = 12_000;

export class LocalLiving {
  readonly #clock: Clock;
  readonly #beats = new Map<Incarnation, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  beat(incarnation: Incarnation): ReadonlySet<Incarnation> {
    const now = this.#clock.now();
    this.#beats.set(incarnation, now);
    for (const [other, at] of this.#beats) if (now - at >= DEAD_AFTER) this.#beats.delete(other);
    return new Set(this.#beats.keys());
  }

  leave(incarnation: Incarnation): void {
    this.#beats.delete(incarnation);
  }
}
