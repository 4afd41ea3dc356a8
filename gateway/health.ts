/** Whether the gateway can serve: asked by load balancers, often and by several at once. */

import type { Clock } from './clock.ts';
import type { Store } from './store/store.ts';

/** Milliseconds for which an answer of the store stands. */
const FRESH = 1000;

/** The other processes, where several are one gateway: a balancer asks any of them, and means all. */
export interface Siblings {
  /** Why one of them cannot serve. */
  why(): string | undefined;
  /** Whether one of them was asked for readiness. */
  isWatched(): boolean;
  /** This process was asked. */
  watched(): void;
}

export interface ReadinessOptions {
  readonly store: Pick<Store, 'probe'>;
  readonly clock: Clock;
  readonly isDraining: () => boolean;
  readonly siblings?: Siblings | undefined;
}

export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #probe: () => Promise<string | undefined>;
  #isWatched = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#probe = createProbe(options.store, options.clock);
  }

  /** Whether somebody ever asked: a balancer that does will send nobody any more once it has heard the answer. */
  get isWatched(): boolean {
    return this.#isWatched || (this.#options.siblings?.isWatched() ?? false);
  }

  get isDraining(): boolean {
    return this.#options.isDraining();
  }

  /** Why no client should be sent here; undefined when all is well. */
  async ask(): Promise<string | undefined> {
    const { siblings } = this.#options;
    if (!this.#isWatched) siblings?.watched();
    this.#isWatched = true;
    if (this.isDraining) return 'the gateway is stopping';
    const why = siblings?.why() ?? (await this.#probe());
    // It may have begun while the store was asked.
    return this.isDraining ? 'the gateway is stopping' : why;
  }
}

/** Why the store's probe failed, undefined when it came back; shared by all who ask at the same time or within a second. */
function createProbe(store: Pick<Store, 'probe'>, clock: Clock): () => Promise<string | undefined> {
  let running: Promise<string | undefined> | undefined;
  let last: { readonly why: string | undefined; readonly at: number } | undefined;

  async function probe(): Promise<string | undefined> {
    const why = await store.probe().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    last = { why, at: clock.now() };
    running = undefined;
    return why;
  }

  return async () => {
    if (last && clock.now() - last.at < FRESH) return last.why;
    return (running ??= probe());
  };
}
