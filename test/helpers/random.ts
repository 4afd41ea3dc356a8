/** A small seeded random source, so that a test that failed can be run again as it was. */

export interface Random {
  /** A whole number from 0 to `n` - 1. */
  int(n: number): number;
  /** True with the given probability, one in two unless told. */
  chance(probability?: number): boolean;
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** `length` characters, each picked from `alphabet` (by code point). */
  text(length: number, alphabet: string): string;
  /** The same items in a random order; the list given stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
}

/** A random source: the same seed gives the same sequence (Mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (n: number): number => Math.floor(next() * n);
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[int(items.length)] as T;
  };
  return {
    int,
    pick,
    chance: (probability = 0.5) => next() < probability,
    text: (length, alphabet) => {
      const characters = Array.from(alphabet);
      return Array.from({ length }, () => pick(characters)).join('');
    },
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = int(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other] as never, shuffled[last] as never];
      }
      return shuffled;
    },
  };
}
