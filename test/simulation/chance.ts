/** Everything that is random or takes a turn of the real event loop is made to follow the seed. */

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { setImmediate as realTurn } from 'node:timers';
import timers from 'node:timers/promises';
import { createRandom, type Random } from '../helpers/random.ts';

/** A process has one source of random bytes: that of the run under way. */
let source = createRandom(0);
let isReplaced = false;

/** Ids, tokens and checks of this process follow the seed from now on. */
export function seedProcess(seed: number): void {
  source = createRandom(seed);
  if (isReplaced) return;
  isReplaced = true;
  Object.assign(crypto, { randomBytes, randomUUID });
  // A session lets others have their turn: microtasks are turns enough.
  Object.assign(timers, { setImmediate: async () => undefined });
  syncBuiltinESMExports();
}

export function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => source.int(256)));
}

function randomUUID(): string {
  return randomBytes(16).toString('hex');
}

/** Resolves when nothing is left to do at this moment of simulated time. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => void realTurn(resolve));
}

/** A whole number within both ends. */
export function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + random.int(high - low + 1);
}
