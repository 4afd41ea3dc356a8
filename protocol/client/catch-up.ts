/** How far a connection is with the log: what it asked for, what is compared, and what may be acknowledged on it. */

import type { HeldEntry } from './entry.ts';

export class CatchUp {
  /** What LOGIN said that is held. */
  epoch: string | undefined;
  after: string | undefined;
  /** The version of the marks that LOGIN named; an older connection may have brought higher ones since. */
  marks = 0;
  /** The gateway did not have that place: entries gather here until all have come. */
  page: HeldEntry[] | undefined;
  /** Places of answers beyond `after` that are held: all of them come, or were lost. */
  readonly ahead = new Set<string>();
  /** What was stored last of what came here; undefined when it is acknowledged. */
  #due: string | undefined;

  /** What is held may still turn out to be lost. */
  get isComparing(): boolean {
    return this.page !== undefined || this.ahead.size > 0;
  }

  /** Everything up to there is kept. A place may come again: the gateway counts it only after it sent it here. */
  store(at: string | undefined): void {
    this.#due = at;
  }

  /** The place that is to be acknowledged now. */
  takeAcknowledgement(): string | undefined {
    const due = this.#due;
    this.#due = undefined;
    return due;
  }
}
