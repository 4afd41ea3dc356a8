/** Stands where sessions will: takes each connection of a listener and writes down what it reports. */

import { EventEmitter, once } from 'node:events';
import type { Connection, ConnectionListener } from '../../gateway/transport/connection.ts';

export class Recorder implements ConnectionListener {
  readonly connection: Connection;
  /** All that was reported, in order; what was received joined while nothing came in between. */
  readonly reports: string[] = [];
  /** All that was received, joined. */
  text = '';
  readonly #changes = new EventEmitter();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #isReceiving = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Waits until a report makes this true. */
  async until(isSo: (recorder: this) => boolean): Promise<void> {
    while (!isSo(this)) await once(this.#changes, 'report');
  }

  /** Waits for `closed`, and says whether it was orderly. */
  async closing(): Promise<boolean> {
    await this.until(({ reports }) => /^closed/.test(reports.at(-1) ?? ''));
    return this.reports.at(-1) === 'closed in order';
  }

  received(data: Uint8Array | string): void {
    const text = typeof data === 'string' ? data : this.#decoder.decode(data, { stream: true });
    this.text += text;
    if (this.#isReceiving) this.reports[this.reports.length - 1] += text;
    else this.reports.push(text);
    this.#isReceiving = true;
    this.#changes.emit('report');
  }

  receivedBinary = (): void => this.#report('binary');
  pong = (): void => this.#report('pong');
  drained = (): void => this.#report('drained');
  finished = (): void => this.#report('finished');
  closed = (isOrderly: boolean): void => this.#report(isOrderly ? 'closed in order' : 'closed');

  #report(report: string): void {
    this.#isReceiving = false;
    this.reports.push(report);
    this.#changes.emit('report');
  }
}

/** A place where recorders wait for a test to ask for them, in the order of their connections. */
export class Reception {
  readonly #arrived: Recorder[] = [];
  readonly #arrivals = new EventEmitter();

  /** Done to the next connection before its listener is there. */
  greet: ((connection: Connection) => void) | undefined;

  readonly accept = (connection: Connection): Recorder => {
    this.greet?.(connection);
    this.greet = undefined;
    const recorder = new Recorder(connection);
    this.#arrived.push(recorder);
    this.#arrivals.emit('arrival');
    return recorder;
  };

  async next(): Promise<Recorder> {
    for (;;) {
      const recorder = this.#arrived.shift();
      if (recorder) return recorder;
      await once(this.#arrivals, 'arrival');
    }
  }
}
