/** Brings one session the marks of its user: those it has not, by their version, which leaps only after a failover. */

import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Mark, MarkPage, OpenedDevice, Store, UserKey } from './store/store.ts';

/** How long to wait before marks that could not be read are read again, in ms. */
const RETRY_AFTER = 1_000;

export interface MarkFeedOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly user: UserKey;
  /** Takes marks by their versions; `from`: {@link MarkPage.from}. */
  readonly give: (marks: readonly Mark[], from?: number) => void;
}

export class MarkFeed {
  readonly #options: MarkFeedOptions;
  /** The version of the last mark given. */
  #version = 0;
  #isReading = true;
  #isBehind = false;
  #isStopped = false;

  constructor(options: MarkFeedOptions) {
    this.#options = options;
  }

  /**
   * Gives what the device lacks, and all where its log is another one than it knows: a failover may have lost marks, and
   * their versions stand for others now. What is pushed meanwhile comes after.
   */
  async start({ marks, changed, marksFrom, isResumed }: OpenedDevice): Promise<void> {
    this.#version = isResumed ? marks : 0;
    this.#isBehind ||= this.#version !== marks;
    if (isResumed) this.#give(changed, marksFrom);
    await this.#read();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** A push: given at once where it is the next, else a hint to read. */
  push(mark: Mark): void {
    if (this.#isReading || mark.v > this.#version + 1) return this.#pull();
    if (mark.v <= this.#version) return;
    this.#version = mark.v;
    this.#options.give([mark]);
  }

  /** The version as somebody saw it. A lower one: a failover lost marks, which the client has still. */
  compare(version: number): void {
    if (version !== this.#version) this.#pull();
  }

  #give(marks: readonly Mark[], from: number | undefined): void {
    if (!this.#isStopped && (marks.length > 0 || from !== undefined)) this.#options.give(marks, from);
  }

  #pull(): void {
    this.#isBehind = true;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    const { store, clock, logger, user } = this.#options;
    this.#isReading = true;
    while (this.#isBehind && !this.#isStopped) {
      this.#isBehind = false;
      try {
        const { v, marks, from } = await store.readMarks(user, this.#version);
        this.#version = v;
        this.#give(marks, from);
      } catch (error) {
        this.#isBehind = true;
        logger.warn({ err: error, user }, 'reading marks failed; trying again');
        await new Promise<void>((resolve) => clock.after(RETRY_AFTER, resolve));
      }
    }
    this.#isReading = false;
  }
}
