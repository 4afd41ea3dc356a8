/** Simulated time: a heap of timers that one loop runs, and clocks that stop with whom they belong to. */

import type { Clock, Timer } from '../../gateway/clock.ts';

interface Planned {
  at: number;
  /** Timers of the same time run in the order they were set. */
  order: number;
  readonly action: () => void;
  readonly interval?: number;
  isCancelled: boolean;
}

export class SimulatedClock implements Clock {
  #now = Date.UTC(2030, 0, 1);
  #count = 0;
  readonly #heap: Planned[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): Timer {
    return this.#plan({ at: this.#now + Math.max(0, Math.ceil(ms)), order: 0, action, isCancelled: false });
  }

  every(ms: number, action: () => void): Timer {
    const interval = Math.max(1, Math.ceil(ms));
    return this.#plan({ at: this.#now + interval, order: 0, action, interval, isCancelled: false });
  }

  /** Runs the next timer that is due until then, which moves time on; false where there is none: it is then. */
  runNext(until: number): boolean {
    for (let [next] = this.#heap; next !== undefined && next.at <= until; [next] = this.#heap) {
      this.#pop();
      if (next.isCancelled) continue;
      this.#now = next.at;
      if (next.interval !== undefined) this.#push(next, next.at + next.interval);
      next.action();
      return true;
    }
    this.#now = until;
    return false;
  }

  #plan(entry: Planned): Timer {
    this.#push(entry, entry.at);
    return { cancel: () => void (entry.isCancelled = true) };
  }

  #push(entry: Planned, at: number): void {
    entry.at = at;
    entry.order = this.#count += 1;
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** The clock of a process: when that dies no timer of it runs any more. */
export class MortalClock implements Clock {
  isDead = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, action: () => void): Timer {
    return this.#clock.after(ms, () => this.isDead || action());
  }

  every(ms: number, action: () => void): Timer {
    const timer = this.#clock.every(ms, () => (this.isDead ? timer.cancel() : action()));
    return timer;
  }
}
