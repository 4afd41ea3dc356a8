/** A push connection that has gone deaf looks like a quiet one: a document of our own must come back over it. */

import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import type { Store } from './store/store.ts';

const EVERY = 5_000;

/** Knows whether the store answers, and says so once when it goes away and once when it is back. */
export class PushWatch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: Timer | undefined;
  #probing: Promise<void> | undefined;
  #awaySince: number | undefined;

  constructor(store: Store, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Whether the last probe came back. */
  get isAnswering(): boolean {
    return this.#awaySince === undefined;
  }

  /** When the first probe was sent that did not come back, while none has since: milliseconds since the epoch. */
  get awaySince(): number | undefined {
    return this.#awaySince;
  }

  /** From now on every 5 s. The store mends a connection on which a probe did not come back. */
  start(): void {
    this.#timer = this.#clock.every(EVERY, () => void this.check());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Probes, one at a time; while stopped it stays with what was known. Never rejects. */
  async check(): Promise<void> {
    if (this.#timer === undefined) return;
    this.#probing ??= this.#probe().finally(() => (this.#probing = undefined));
    await this.#probing;
  }

  async #probe(): Promise<void> {
    const begun = this.#clock.now();
    try {
      await this.#store.probe();
    } catch (error) {
      return this.#away(begun, error);
    }
    if (this.#awaySince === undefined) return;
    const seconds = Math.round((this.#clock.now() - this.#awaySince) / 1000);
    this.#awaySince = undefined;
    this.#logger.warn({ store: this.#store.description, seconds }, 'the store answers again');
  }

  #away(since: number, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const isNews = this.#awaySince === undefined;
    this.#awaySince ??= since;
    if (isNews) this.#logger.error({ store: this.#store.description, why }, 'the store does not answer');
    else this.#logger.debug({ why }, 'the store still does not answer');
  }
}
