/** Classic IMS: what the seed names and nothing else, and receipts from what the transport tells. */

import type { Dialect, DialectOptions } from './dialect.ts';
import { toClassicDocuments, toInvitations } from './entry-documents.ts';
import { Receipts } from './receipts.ts';
import type { Entry, OpenedSession, Place } from './store/store.ts';

export class Classic implements Dialect {
  readonly #options: DialectOptions;
  readonly #receipts: Receipts;
  /** The log's head when the session was opened: what came before is backlog. */
  #backlogEnd = Infinity;
  /** Writes of receipts, one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #confirmed: Place | undefined;

  constructor(options: DialectOptions) {
    this.#options = options;
    const { connection, owner, services } = options;
    const { clock, config, marks, logger } = services;
    const warn = (error: unknown): void => logger.warn({ err: error, user: owner.user }, 'writing a receipt failed');
    this.#receipts = new Receipts({
      connection,
      clock,
      confirmAfter: config.timing.confirm,
      // Tried once: what is not written is handed out again, which the seed allows.
      confirm: (upto) => {
        this.#confirmed = upto;
        this.#writing = this.#writing.then(() => marks.confirm(owner, upto).catch(warn));
      },
    });
  }

  get isConfirming(): boolean {
    return this.#receipts.isOpen;
  }

  begin({ head }: OpenedSession): void {
    this.#backlogEnd = head;
  }

  async greet({ friendships, hidden }: OpenedSession): Promise<void> {
    this.#options.send(toInvitations(friendships, this.#options.owner.spelling, hidden));
  }

  deliver(entries: readonly Entry[]): void {
    const documents = toClassicDocuments(entries, this.#options.owner.spelling, this.#backlogEnd);
    if (documents.length > 0) this.#options.send(documents, this.#receipts.sent(entries));
  }

  /** What was given comes again from the other side's copy where it has one; the feed knows it then. */
  tailLost(): void {}

  pushed(): void {}

  compare(): void {}

  async confirmAgain(): Promise<void> {
    const { owner, services } = this.#options;
    if (this.#confirmed !== undefined) await services.marks.confirm(owner, this.#confirmed);
  }

  received(): void {
    this.#receipts.received();
  }

  resumed(): void {
    this.#receipts.resumed();
  }

  ping(): void {
    this.#receipts.ping();
  }

  pong(): void {
    this.#receipts.pong();
  }

  stop(): void {}

  closed(isOrderly: boolean): Promise<void> {
    this.#receipts.closed(isOrderly);
    return this.#writing;
  }
}
