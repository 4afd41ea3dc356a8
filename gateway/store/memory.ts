/** A store in memory, for tests and simulations. */

import type { KeyValue } from './local-keys.ts';
import { createLocalStore, type LocalSettings } from './local.ts';
import type { Store } from './store.ts';

/** An empty store; what it holds is gone with it. */
export function createMemoryStore(settings: LocalSettings): Store {
  const memory = new MemoryKeyValue();
  const engine = {
    reader: memory,
    transact: async <T>(change: (keyValue: KeyValue) => T) => memory.transact(change),
    close: async () => {},
  };
  return createLocalStore(engine, 'memory', settings);
}

class MemoryKeyValue implements KeyValue {
  readonly #values = new Map<string, string>();
  /** The keys in order. */
  readonly #keys: string[] = [];
  /** What a transaction that fails has to put back, last first. */
  #undo: (() => void)[] = [];

  transact<T>(change: (keyValue: KeyValue) => T): T {
    this.#undo = [];
    try {
      return change(this);
    } catch (error) {
      for (const step of [...this.#undo].reverse()) step();
      throw error;
    }
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  range(start: string, end: string, limit: number): readonly (readonly [string, string])[] {
    const from = this.#indexOf(start);
    const to = Math.min(this.#indexOf(end), from + limit);
    return this.#keys.slice(from, to).map((key) => [key, this.#values.get(key)!]);
  }

  put(key: string, value: string): void {
    const before = this.#values.get(key);
    this.#undo.push(() => (before === undefined ? this.remove(key) : this.#values.set(key, before)));
    if (before === undefined) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#values.set(key, value);
  }

  remove(key: string): void {
    const before = this.#values.get(key);
    if (before === undefined) return;
    this.#undo.push(() => this.put(key, before));
    this.#keys.splice(this.#indexOf(key), 1);
    this.#values.delete(key);
  }

  /** The index of the first key that is not before `key`. */
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
