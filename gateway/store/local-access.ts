/** How the local stores read and change what an engine holds, and tell it to listeners. */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Change } from './local-change.ts';
import type { Engine, KeyValue, Reader } from './local-keys.ts';
import { LocalPushes } from './local-pushes.ts';
import type { Push, StoreLimits, UserKey } from './store.ts';

export interface LocalSettings {
  readonly clock: Clock;
  readonly limits: StoreLimits;
  /** Random bytes, for the checks of places; the system's unless a simulation gives its own. */
  readonly random?: (size: number) => Buffer;
  /** When the engine last lost the end of what it had; never, unless a simulation makes it. */
  readonly failoverAt?: () => number;
}

/** A local store keeps what it has answered. */
const NEVER = 0;

export class LocalAccess {
  readonly clock: Clock;
  readonly pushes = new LocalPushes();
  readonly failoverAt: () => number;
  readonly #engine: Engine;
  readonly #limits: StoreLimits;
  readonly #random: (size: number) => Buffer;
  #closing: Promise<void> | undefined;

  constructor(engine: Engine, { clock, limits, random = randomBytes, failoverAt = () => NEVER }: LocalSettings) {
    this.clock = clock;
    this.#engine = engine;
    this.#limits = limits;
    this.#random = random;
    this.failoverAt = failoverAt;
  }

  /** What was committed is read. */
  readonly read = async <T>(take: (reader: Reader, now: number) => T): Promise<T> => {
    this.#assertOpen();
    return take(this.#engine.reader, this.clock.now());
  };

  /** A change that is whole or not there; its pushes follow it. */
  readonly write = async <T>(decide: (change: Change) => T): Promise<T> => {
    this.#assertOpen();
    const caused: [UserKey, Push][] = [];
    const answer = await this.#engine.transact((keyValue) => decide(this.#createChange(keyValue, caused)));
    for (const [user, push] of caused) this.pushes.deliver(user, push);
    return answer;
  };

  readonly close = (): Promise<void> => (this.#closing ??= this.#engine.close());

  #createChange(keyValue: KeyValue, caused: [UserKey, Push][]): Change {
    return {
      get: (key) => keyValue.get(key),
      range: (start, end, limit) => keyValue.range(start, end, limit),
      put: (key, value) => keyValue.put(key, value),
      remove: (key) => keyValue.remove(key),
      now: this.clock.now(),
      limits: this.#limits,
      failoverAt: this.failoverAt(),
      newCheck: () => this.#random(3).toString('hex'),
      push: (user, push) => void caused.push([user, push]),
    };
  }

  #assertOpen(): void {
    if (this.#closing) throw new Error('the store is closed');
  }
}
