/**
 * When a classic client has a message. It never says so; the transport tells (IMS 2, "What is promised"):
 * a WebSocket that answered a ping sent after it, or its closing handshake; a TCP client that sent something
 * some seconds after it was flushed, or ended in order after it.
 */

import type { Clock, Timer } from './clock.ts';
import type { Entry, Place } from './store/store.ts';
import type { Connection } from './transport/connection.ts';

/** A ping follows messages on a WebSocket this soon, in ms: one for all that came meanwhile. */
const PING_AFTER = 500;

interface Batch {
  readonly upto: Place;
  /** When the system took it; undefined before. */
  flushedAt?: number;
  /** The pings sent when it was; a WebSocket's. */
  ping?: number;
}

export interface ReceiptsOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Milliseconds after which something sent by a TCP client proves that it has what was flushed before. */
  readonly confirmAfter: number;
  /** Entries up to this place are there. */
  readonly confirm: (upto: Place) => void;
}

export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #batches: Batch[] = [];
  #pings = 0;
  #pongs = 0;
  #pingTimer: Timer | undefined;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Something may still be confirmed. */
  get isOpen(): boolean {
    return this.#batches.length > 0;
  }

  /** Entries are about to be sent; to be called once the system took them. */
  sent(entries: readonly Entry[]): () => void {
    // Up to the last message to the user: an own one behind it may get another place (see Store.mend).
    const upto = entries.filter(({ kind }) => kind === 'in' || kind === 'self').at(-1)?.place;
    if (upto === undefined) return () => {};
    const batch: Batch = { upto };
    this.#batches.push(batch);
    return () => {
      batch.flushedAt = this.#options.clock.now();
      if (this.#options.connection.transport === 'websocket') this.#pingSoon();
    };
  }

  /** The client sent something. */
  received(): void {
    if (this.#options.connection.transport !== 'tcp') return;
    const before = this.#options.clock.now() - this.#options.confirmAfter;
    this.#confirm((batch) => batch.flushedAt !== undefined && batch.flushedAt <= before);
  }

  /** The gateway reads again: what comes now may have been sent before the last entries were. */
  resumed(): void {
    const now = this.#options.clock.now();
    for (const batch of this.#batches) if (batch.flushedAt !== undefined) batch.flushedAt = now;
  }

  ping(): void {
    this.#pingTimer?.cancel();
    this.#pingTimer = undefined;
    this.#pings += 1;
    // What is not flushed may be behind the ping: the flush brings one of its own.
    for (const batch of this.#batches) if (batch.flushedAt !== undefined) batch.ping ??= this.#pings;
    this.#options.connection.ping();
  }

  pong(): void {
    this.#pongs += 1;
    this.#confirm((batch) => batch.ping !== undefined && batch.ping <= this.#pongs);
  }

  /** The connection is over; in order: all that was flushed has been read. */
  closed(isOrderly: boolean): void {
    this.#pingTimer?.cancel();
    if (isOrderly) this.#confirm((batch) => batch.flushedAt !== undefined);
    this.#batches.length = 0;
  }

  #pingSoon(): void {
    this.#pingTimer ??= this.#options.clock.after(PING_AFTER, () => this.ping());
  }

  /** Confirms the oldest batches of which this is true. */
  #confirm(isThere: (batch: Batch) => boolean): void {
    let upto: Place | undefined;
    while (this.#batches.length > 0 && isThere(this.#batches[0]!)) upto = this.#batches.shift()!.upto;
    if (upto !== undefined) this.#options.confirm(upto);
  }
}
