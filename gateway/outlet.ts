/** What goes to a client: in order, pushes never between an echo and its answer, and no faster than it reads. */

import type { Clock, Timer } from './clock.ts';
import type { Connection } from './transport/connection.ts';

/** Held pushes from which on new entries stay in the log. */
const MOST_HELD = 64;
/** Bytes beyond the limit from which on a client that does not read is cut off at once: more than the largest answers. */
const MOST_BEYOND = 2_097_152;

export interface OutletOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Bytes buffered from which on the client counts as behind. */
  readonly limit: number;
  /** Milliseconds after which a client that took nothing is given up. */
  readonly stall: number;
  readonly stalled: () => void;
}

export class Outlet {
  readonly #options: OutletOptions;
  /** Pushes that wait for the answer of the document in work. */
  #held: (() => void)[] = [];
  #isAnswering = false;
  #isOver = false;
  #waiters: (() => void)[] = [];
  #stallTimer: Timer | undefined;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#isOver || (!this.#isClogged && this.#held.length < MOST_HELD);
  }

  get #isClogged(): boolean {
    return this.#options.connection.buffered >= this.#options.limit;
  }

  /** Resolves once the client is no more behind, or the connection is over. */
  async whenReady(): Promise<void> {
    while (!this.isReady) {
      if (this.#isClogged) this.#watch();
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** From here until `answer`, pushes are held. */
  beginAnswer(): void {
    this.#isAnswering = true;
  }

  /** The document in work is not answered yet. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** The document in work is answered: what was held follows. */
  answer(documents: readonly string[]): void {
    if (documents.length > 0) this.#options.connection.send(documents);
    this.#isAnswering = false;
    const held = this.#held;
    this.#held = [];
    for (const push of held) push();
    this.drained();
  }

  /** Does this now, or right after the answer in work. Who does not read what is pushed is cut off as well. */
  push(send: () => void): void {
    if (this.#isAnswering) return void this.#held.push(send);
    send();
    if (this.#isOver || !this.#isClogged) return;
    if (this.#options.connection.buffered >= this.#options.limit + MOST_BEYOND) this.#options.stalled();
    else this.#watch();
  }

  /** The system took all that was buffered, or held pushes have gone. */
  drained(): void {
    this.#stallTimer?.cancel();
    this.#stallTimer = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Nothing more will be sent: who waits is let go. */
  close(): void {
    this.#isOver = true;
    this.#held = [];
    this.drained();
  }

  #watch(): void {
    const before = this.#options.connection.buffered;
    this.#stallTimer ??= this.#options.clock.after(this.#options.stall, () => {
      this.#stallTimer = undefined;
      if (this.#options.connection.buffered >= before) this.#options.stalled();
      else this.#watch();
    });
  }
}
