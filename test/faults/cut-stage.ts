/** What the plays of the cut test work with: stores behind cutting proxies, one that is not, and what went wrong. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Entry, Store, StoreLimits } from '../../gateway/store/store.ts';
import { numberOf, WIDE_LIMITS } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import { createRandom } from '../helpers/random.ts';
import { CutCount } from './cut-proxy.ts';
import type { CutPlan } from './cut-proxy.ts';

/** Undelivered messages of one sender that fit where the receiver is away. */
export const WAITING = 12;
const LIMITS: StoreLimits = { ...WIDE_LIMITS, waiting: WAITING };
/** Milliseconds. */
const COMMAND_TIMEOUT = 1_000;
/** Milliseconds in which what was lost on the way must be found again. */
const PATIENCE = 20_000;

/** So many cuts must have been made, and so many changes of each of these kinds been left without an answer. */
export interface Aim {
  readonly cuts: number;
  readonly each: number;
  readonly kinds: readonly string[];
  /** Stores that are opened, each as a gateway's. */
  readonly stores: number;
  readonly seed: number;
  /** Milliseconds in which all this must be reached. */
  readonly within: number;
}

/** A short story of users of its own, which ends with a look at what was kept of it. */
export type Play = (stage: CutStage, random: Random) => Promise<void>;

export class CutStage {
  readonly count = new CutCount();
  /** What must not be: by the place in the play, how often and the first one. */
  readonly #violations = new Map<string, { times: number; first: string }>();
  readonly #aim: Aim;
  readonly #gapListeners = new Map<Store, Set<() => void>>();
  #stores: readonly Store[] = [];
  #direct: Store | undefined;
  #names = 0;
  #isCutting = false;

  constructor(aim: Aim) {
    this.#aim = aim;
  }

  /** What the proxies follow. */
  get plan(): CutPlan {
    const random = createRandom(this.#aim.seed);
    return { random, likelihood: (kind) => this.#likelihoodOf(kind), answerTimeout: COMMAND_TIMEOUT };
  }

  #likelihoodOf(kind: string): number {
    if (!this.#isCutting) return 0;
    if (this.count.get(kind) < this.#aim.each) return 0.4;
    // What each new connection begins with must get through.
    return kind === 'SSUBSCRIBE' || kind === 'note-server' ? 0.01 : 0.15;
  }

  /** @param direct the server's own address, and `cut` that of the proxies before it. */
  async open(direct: string, cut: string): Promise<void> {
    // With other limits its scripts have other digests: the proxies learn each from who gives it to Redis first.
    this.#direct = await openRedisStore({ url: direct, limits: { ...LIMITS, logEntries: 9_999 } });
    const urls = Array.from({ length: this.#aim.stores }, () => cut);
    this.#stores = await Promise.all(
      urls.map((url) => openRedisStore({ url, limits: LIMITS, answerTimeout: COMMAND_TIMEOUT })),
    );
    for (const store of this.#stores) {
      const listeners = new Set<() => void>();
      store.onPushGap(() => listeners.forEach((listener) => listener()));
      this.#gapListeners.set(store, listeners);
    }
  }

  /** Of a store that nothing is cut of. */
  get direct(): Store {
    return this.#direct!;
  }

  /** Different stores, each as of another gateway. */
  pickStores(random: Random, count: number): Store[] {
    return random.shuffle(this.#stores).slice(0, count);
  }

  onPushGap(store: Store, listener: () => void): () => void {
    const listeners = this.#gapListeners.get(store)!;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** A name that nobody has, with letters of both cases. */
  newName(): string {
    return `User-${(this.#names += 1)}`;
  }

  /** Makes an account, and gives its name. */
  async addUser(store: Store): Promise<string> {
    const name = this.newName();
    const account = { name, pass: 'p', op: `op of ${name}` };
    assert.equal(await store.addAccount(account), 'added', `the first account of ${name}`);
    return name;
  }

  /** Performs plays side by side, each again and again, until the aim is reached. */
  async perform(plays: Readonly<Record<string, Play>>, times: number): Promise<void> {
    const end = Date.now() + this.#aim.within;
    this.#isCutting = true;
    const performers = Object.entries(plays).flatMap(([title, play], index) =>
      Array.from({ length: times }, async (_, time) => {
        const random = createRandom(this.#aim.seed + 100 * index + time);
        while (!this.#isReached() && Date.now() < end) await this.#performOnce(title, () => play(this, random));
      }),
    );
    await Promise.all(performers);
    this.#isCutting = false;
    for (const store of this.#stores) await this.#performOnce('probe, all cuts over', () => waitForProbe(store));
  }

  async #performOnce(title: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { message, stack = '' } = error as Error;
      const place = /\((?:file:\/\/)?[^)]*\/(test\/faults\/cut-[^)]*)\)/.exec(stack)?.[1] ?? '';
      const first = message.replace(/\s+/g, ' ').slice(0, 400);
      const violation = this.#violations.get(`${title} ${place}`) ?? { times: 0, first };
      this.#violations.set(`${title} ${place}`, { ...violation, times: violation.times + 1 });
    }
  }

  #isReached(): boolean {
    return this.count.cuts >= this.#aim.cuts && this.#lacking().length === 0;
  }

  #lacking(): readonly string[] {
    return this.#aim.kinds.filter((kind) => this.count.get(kind) < this.#aim.each);
  }

  /** That enough was cut, and that nothing came of it. */
  verify(): void {
    const violations = [...this.#violations].map(([place, { times, first }]) => `${times}× ${place}: ${first}`);
    assert.deepEqual(violations, [], `seed ${this.#aim.seed}`);
    assert.deepEqual(this.#lacking(), [], `cut less than ${this.#aim.each} times: ${this.count.describe()}`);
    assert.ok(this.count.cuts >= this.#aim.cuts, this.count.describe());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stores, this.#direct].map((store) => store?.close()));
  }
}

/** The push connection may still be on its way back. */
async function waitForProbe(store: Store): Promise<void> {
  let why = '';
  const ask = (): Promise<boolean> =>
    store.probe().then(
      () => true,
      (error: Error) => ((why = error.message), false),
    );
  await waitUntil('a probe to come back', ask).catch((error: Error) => {
    throw new Error(`${error.message}: ${why}`);
  });
}

export async function waitUntil(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await isSo()); await sleep(5)) {
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
  }
}

/** All entries that the log has; fails on a hole, and on a head that is another than the last entry's. */
export async function readWholeLog(store: Store, user: string): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (;;) {
    const { entries, head } = await store.readLog(user, all.length);
    all.push(...entries);
    if (entries.length > 0) continue;
    assert.deepEqual(
      all.map(numberOf),
      Array.from({ length: head }, (_, index) => index + 1),
      `numbers of ${user}`,
    );
    const times = all.map(({ time }) => time);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
      `times of ${user}`,
    );
    return all;
  }
}
