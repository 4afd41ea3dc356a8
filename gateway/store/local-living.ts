/** Which gateway processes live, as far as one process can know: those that beat at its own store. */

import type { Clock } from '../clock.ts';
import { keys, prefixEnd, removePrefix, type KeyValue, type Reader } from './local-keys.ts';
import { listUsers } from './local-sessions.ts';
import type { Incarnation, Pulse } from './store.ts';

const DEAD_AFTER = 12_000;

export class LocalLiving {
  readonly #clock: Clock;
  /** The last beats: of those that live, and of the dead that were not buried. */
  readonly #beats = new Map<Incarnation, number>();
  readonly #claims = new Map<Incarnation, Incarnation>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  beat(reader: Reader, incarnation: Incarnation): Omit<Pulse, 'failoverAt'> {
    const isBack = !this.#isLiving(incarnation);
    this.#beats.set(incarnation, this.#clock.now());
    const known = [...new Set([...this.#beats.keys(), ...listIncarnations(reader)])];
    return {
      living: new Set(known.filter((each) => this.#isLiving(each))),
      dead: known.filter((each) => !this.#isLiving(each)),
      isBack,
    };
  }

  leave(reader: Reader, incarnation: Incarnation): void {
    if (listUsers(reader, incarnation).length > 0) this.#beats.set(incarnation, -Infinity);
    else this.#forget(incarnation);
  }

  claim(reader: Reader, dead: Incarnation, by: Incarnation): boolean {
    const isKnown = this.#beats.has(dead) || listUsers(reader, dead).length > 0;
    if (!isKnown || this.#isLiving(dead)) return false;
    const holder = this.#claims.get(dead) ?? by;
    if (holder !== by && this.#isLiving(holder)) return false;
    this.#claims.set(dead, by);
    return true;
  }

  bury(keyValue: KeyValue, dead: Incarnation): void {
    if (this.#isLiving(dead)) return;
    this.#forget(dead);
    removePrefix(keyValue, keys.incarnation(dead));
  }

  #forget(incarnation: Incarnation): void {
    this.#beats.delete(incarnation);
    this.#claims.delete(incarnation);
  }

  #isLiving(incarnation: Incarnation): boolean {
    return this.#clock.now() - (this.#beats.get(incarnation) ?? -Infinity) < DEAD_AFTER;
  }
}

/** Those at which users are listed: one look for each, however many users there are. */
function* listIncarnations(reader: Reader): Generator<Incarnation> {
  for (let from: string = keys.incarnations; ;) {
    const [first] = reader.range(from, prefixEnd(keys.incarnations), 1);
    if (!first) return;
    const incarnation = first[0].split('/')[1]!;
    yield incarnation;
    from = prefixEnd(keys.incarnation(incarnation));
  }
}
