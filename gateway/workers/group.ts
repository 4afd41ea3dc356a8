/** All workers of a gateway: whether they can serve together, what they say of themselves, how they stop. */

import cluster from 'node:cluster';
import type { WorkersState } from '../admin/listener.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { MetricsReport } from '../metrics/reports.ts';
import type { ClientPorts } from '../server.ts';
import type { Incarnation } from '../store/store.ts';
import type { GroupState } from './messages.ts';
import { Slot } from './slot.ts';

/** How often each worker is asked how it is, in ms. */
const ASKED_EVERY = 2_000;
/** A worker that has said nothing for this long cannot serve, in ms. */
const SILENT = 10_000;
/** When the drain is over, workers have so long to say so before they are told, in ms. */
const DRAINED_WITHIN = 500;
/** How long workers may take to close before they are killed, in ms: longer than it takes them. */
const CLOSE_WITHIN = 7_000;

export interface GroupOptions {
  readonly count: number;
  /** Milliseconds. */
  readonly drainTime: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class WorkerGroup {
  readonly #options: GroupOptions;
  readonly #slots: readonly Slot[];
  /** What the next worker gets besides the environment. */
  #settings: NodeJS.ProcessEnv = {};
  #ports: ClientPorts | undefined;
  #state: GroupState = { isWatched: false };
  #asking: Timer | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
    const { clock, logger } = options;
    const slot = { clock, logger, settings: () => this.#settings };
    const watched = (): void => this.#tell({ ...this.#state, isWatched: true });
    this.#slots = Array.from(
      { length: options.count },
      () => new Slot({ ...slot, watched, changed: () => this.#changed() }),
    );
  }

  /** Starts all. Rejects when one cannot start, with a ConfigError where a setting is why; the caller closes then. */
  async start(): Promise<ClientPorts> {
    // The primary takes each connection and hands it to the next: the system would wake some workers more than others.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    const ports = await Promise.all(this.#slots.map((slot) => slot.start()));
    this.#ports = ports[0]!;
    this.#asking = this.#options.clock.every(ASKED_EVERY, () => {
      for (const slot of this.#slots) slot.tell({ type: 'ask' });
      this.#changed();
    });
    return this.#ports;
  }

  /** Of the workers that serve. */
  incarnations(): readonly Incarnation[] {
    return this.#slots.flatMap(({ state }) => (state ? [state.incarnation] : []));
  }

  /** Why not all can serve. */
  whyNot(): string | undefined {
    const serving = this.#slots.filter(({ state }) => state !== undefined);
    if (serving.length < this.#slots.length) return `${serving.length} of ${this.#slots.length} workers serve`;
    const since = this.#options.clock.now() - SILENT;
    return serving.some(({ heardAt }) => heardAt < since) ? 'a worker does not answer' : undefined;
  }

  async readWorkers(): Promise<WorkersState> {
    const states = await Promise.all(this.#slots.map((slot) => slot.ask()));
    return { configured: this.#slots.length, running: states.filter((state) => state !== undefined) };
  }

  /** Of those that serve, and what those counted that died. */
  async readMetrics(): Promise<readonly MetricsReport[]> {
    return (await Promise.all(this.#slots.map((slot) => slot.readMetrics()))).flat();
  }

  /** Resolves when all have drained and ended, and at the latest when `close` is due. */
  async drain(): Promise<void> {
    const ended = this.#end();
    for (const slot of this.#slots) slot.tell({ type: 'drain' });
    await Promise.race([ended, this.#wait(this.#options.drainTime + DRAINED_WITHIN)]);
  }

  /** Ends all, without waiting for a drain. Rejects, when all are gone, if one had to be killed. */
  async close(): Promise<void> {
    const ended = this.#end();
    for (const slot of this.#slots) slot.tell({ type: 'close' });
    await Promise.race([ended, this.#wait(CLOSE_WITHIN)]);
    const left = this.#slots.filter(({ isAlive }) => isAlive);
    for (const slot of left) slot.kill();
    await ended;
    if (left.length > 0) throw new Error(`${left.length} workers did not end and were killed`);
  }

  async #end(): Promise<void> {
    this.#asking?.cancel();
    await Promise.all(this.#slots.map((slot) => slot.ended()));
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }

  #changed(): void {
    this.#keepPorts();
    const why = this.whyNot();
    this.#tell({ isWatched: this.#state.isWatched, ...(why !== undefined && { why }) });
  }

  /**
   * With PORT=0 all workers share the port that the first one got, for as long as one of them holds it. When all are
   * dead those that follow ask for it by number.
   */
  #keepPorts(): void {
    if (!this.#ports || this.#slots.some(({ isAlive }) => isAlive)) return;
    const { http, tcpTls } = this.#ports;
    this.#settings = { PORT: String(http), ...(tcpTls !== undefined && { TCP_TLS_PORT: String(tcpTls) }) };
  }

  /** Each time to all: a worker that has just started knows nothing yet. */
  #tell(state: GroupState): void {
    this.#state = state;
    for (const slot of this.#slots) slot.tell({ type: 'group', state });
  }
}
