/** The store as one gateway has it: slow, with answers that are lost, and a push connection that breaks. */

import type { Push, Store, UserKey } from '../../gateway/store/store.ts';
import type { Random } from '../helpers/random.ts';
import { between } from './chance.ts';
import type { MortalClock, SimulatedClock } from './clock.ts';
import type { Weather } from './weather.ts';

/**
 * A listener would take the place of a newer one. What a record said once, told again much later, closes what another
 * operation has begun meanwhile: together with a lost answer of that one nobody tells it any more. A session that is opened
 * again after it was closed takes its device from the one that has it.
 */
const NOT_REPEATED = new Set(['subscribe', 'tellFriendship', 'openSession']);

/** Milliseconds after which a receipt may come too late for the next login of a classic client, which waits for it a while. */
const LATE = 400;

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** All gateways' push connections to the one store. */
export class Hub {
  readonly #listeners = new Map<UserKey, Set<(push: Push) => void>>();

  async connect(store: Store, users: readonly UserKey[]): Promise<void> {
    for (const user of users) await store.subscribe(user, (push) => this.#tell(user, push));
  }

  #tell(user: UserKey, push: Push): void {
    for (const listener of [...(this.#listeners.get(user) ?? [])]) listener(push);
  }

  add(user: UserKey, listener: (push: Push) => void): () => void {
    const all = this.#listeners.get(user) ?? new Set();
    this.#listeners.set(user, all.add(listener));
    return () => void all.delete(listener);
  }
}

export interface StoreLinkParts {
  readonly name: string;
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: SimulatedClock;
  /** The gateway's own. */
  readonly life: MortalClock;
  readonly random: Random;
  readonly weather: Weather;
  /** Told of what was done, in the order it was done. */
  readonly done: (method: string, args: readonly unknown[], answer: unknown) => void;
  /** Told of a call of which the gateway heard nothing, dead by then or not, and of a receipt that is late. */
  readonly lost: (method: string, args: readonly unknown[], isDead: boolean) => void;
  readonly note: (text: string) => void;
}

export class StoreLink {
  readonly store: Store;
  readonly #parts: StoreLinkParts;
  readonly #subscriptions = new Map<UserKey, () => void>();
  readonly #gapListeners: (() => void)[] = [];
  /** Calls that wait for their answer, and how to break them. */
  readonly #open = new Set<() => void>();
  #awayUntil = 0;
  #isDeaf = false;
  /** A push comes after all before it. */
  #lastPushAt = 0;

  constructor(parts: StoreLinkParts) {
    this.#parts = parts;
    const own: Partial<Store> = {
      subscribe: async (user, listener) => {
        await this.#call('subscribe', async () => this.#subscribe(user, listener));
      },
      unsubscribe: async (user) => this.#unsubscribe(user),
      onPushGap: (listener) => void this.#gapListeners.push(listener),
      close: async () => undefined,
    };
    this.store = new Proxy(parts.store, {
      get: (target, name: string) => {
        if (name in own) return own[name as keyof Store];
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as Method;
        return (...args: readonly unknown[]) => this.#call(name, () => this.#do(name, method, args), args);
      },
    });
  }

  /** For so long nothing is answered. */
  goAway(ms: number): void {
    this.#awayUntil = this.#parts.clock.now() + ms;
  }

  /** The connections break: what waits for an answer does not get one. */
  breakCalls(): void {
    for (const fail of [...this.#open]) fail();
  }

  /** Pushes are lost for so long; then that is told. */
  goDeaf(ms: number): void {
    if (this.#isDeaf) return;
    this.#isDeaf = true;
    this.#parts.life.after(ms, () => {
      this.#isDeaf = false;
      this.#parts.note(`${this.#parts.name} hears pushes again`);
      for (const listener of this.#gapListeners) listener();
    });
  }

  /** The gateway is gone. */
  cut(): void {
    for (const remove of this.#subscriptions.values()) remove();
    this.#subscriptions.clear();
    this.breakCalls();
  }

  #subscribe(user: UserKey, listener: (push: Push) => void): void {
    this.#unsubscribe(user);
    this.#subscriptions.set(
      user,
      this.#parts.hub.add(user, (push) => this.#carry(user, listener, push)),
    );
  }

  #unsubscribe(user: UserKey): void {
    this.#subscriptions.get(user)?.();
    this.#subscriptions.delete(user);
  }

  #carry(user: UserKey, listener: (push: Push) => void, push: Push): void {
    if (this.#isDeaf) return;
    const { clock, life, random, weather } = this.#parts;
    this.#lastPushAt = Math.max(this.#lastPushAt, clock.now() + between(random, weather.pushDelay));
    life.after(this.#lastPushAt - clock.now(), () => {
      if (this.#subscriptions.has(user)) listener(push);
    });
  }

  async #do(name: string, method: Method, args: readonly unknown[]): Promise<unknown> {
    const answer = await method(...args);
    this.#parts.done(name, args, answer);
    return answer;
  }

  #call<T>(name: string, work: () => Promise<T>, args: readonly unknown[] = []): Promise<T> {
    const { clock, random, weather, life } = this.#parts;
    const isAway = clock.now() < this.#awayUntil;
    const dice = random.int(1_000);
    if (!isAway && dice >= weather.badCalls) return work();
    const delay = (isAway ? this.#awayUntil - clock.now() : 0) + between(random, weather.callDelay);
    if (name === 'confirm' && delay > LATE) this.#parts.lost(name, args, life.isDead);
    const fate = random.int(10);
    const isAsked = fate < 8;
    const isTold = fate < 5 || (isAsked && weather.lostAnswers === 0);
    const isRepeated = isTold && !NOT_REPEATED.has(name) && random.int(100) < weather.repeatedCalls;
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => {
        if (!this.#open.delete(fail)) return;
        this.#parts.lost(name, args, life.isDead);
        if (!life.isDead) reject(new Error(`the store did not answer ${name}`));
      };
      const succeed = (value: T): void => {
        if (this.#open.delete(fail) && !life.isDead) resolve(value);
      };
      this.#open.add(fail);
      const back = between(random, weather.callDelay);
      clock.after(delay, () => {
        // A gateway that died meanwhile may have sent it before.
        if (!isAsked) return void clock.after(back, fail);
        if (isRepeated) clock.after(back * 3, () => void work().catch(() => undefined));
        void work().then(
          (value) => clock.after(back, () => (isTold ? succeed(value) : fail())),
          () => clock.after(back, fail),
        );
      });
    });
  }
}
