/** A key-value engine in memory that can lose the end of what it had: as a replica does that takes over. */

import type { Engine, KeyValue, Reader } from '../../gateway/store/local-keys.ts';

interface Step {
  readonly time: number;
  readonly key: string;
  readonly before: string | undefined;
}

export class LossyEngine implements Engine {
  readonly reader: Reader;
  readonly #memory = new OrderedMap();
  readonly #now: () => number;
  readonly #changed: (keys: readonly string[]) => void;
  /** What was changed, oldest first. */
  #journal: Step[] = [];

  /** @param changed told of each transaction, with the keys that it wrote. */
  constructor(now: () => number, changed: (keys: readonly string[]) => void) {
    this.#now = now;
    this.#changed = changed;
    this.reader = this.#memory;
  }

  async transact<T>(change: (keyValue: KeyValue) => T): Promise<T> {
    const steps: Step[] = [];
    const time = this.#now();
    const write = (key: string, value: string | undefined): void => {
      steps.push({ time, key, before: this.#memory.get(key) });
      this.#memory.set(key, value);
    };
    let answer: T;
    try {
      answer = change({
        get: (key) => this.#memory.get(key),
        range: (start, end, limit) => this.#memory.range(start, end, limit),
        put: (key, value) => write(key, value),
        remove: (key) => write(key, undefined),
      });
    } catch (error) {
      for (const { key, before } of steps.reverse()) this.#memory.set(key, before);
      throw error;
    }
    for (const step of steps) this.#journal.push(step);
    if (steps.length > 0) this.#changed(steps.map(({ key }) => key));
    return answer;
  }

  /** What is there now can not be lost. */
  secure(): void {
    this.#journal = [];
  }

  /** The keys that are chosen are as they were then. */
  loseSince(time: number, isLost: (key: string) => boolean): void {
    for (const step of [...this.#journal].reverse()) {
      if (step.time >= time && isLost(step.key)) this.#memory.set(step.key, step.before);
    }
    this.#journal = this.#journal.filter((step) => step.time < time || !isLost(step.key));
  }

  async close(): Promise<void> {}
}

class OrderedMap implements Reader {
  readonly #values = new Map<string, string>();
  readonly #keys: string[] = [];

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  range(start: string, end: string, limit: number): readonly (readonly [string, string])[] {
    const from = this.#indexOf(start);
    const to = Math.min(this.#indexOf(end), from + limit);
    return this.#keys.slice(from, to).map((key) => [key, this.#values.get(key)!]);
  }

  /** Removes the key where `value` is undefined. */
  set(key: string, value: string | undefined): void {
    const isThere = this.#values.has(key);
    if (value === undefined) {
      if (isThere) this.#keys.splice(this.#indexOf(key), 1);
      this.#values.delete(key);
      return;
    }
    if (!isThere) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#values.set(key, value);
  }

  #indexOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
