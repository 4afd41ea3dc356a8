/** One worker's place: a process is started in it, and another one when that dies. */

import cluster, { type Worker } from 'node:cluster';
import type { WorkerState } from '../admin/listener.ts';
import type { Clock, Timer } from '../clock.ts';
import { ConfigError } from '../config.ts';
import type { Logger } from '../log.ts';
import { keepCounts, type MetricsReport } from '../metrics/reports.ts';
import type { ClientPorts } from '../server.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** Milliseconds until a dead worker is replaced: twice as long each time, for as long as they die young. */
const DELAY = { first: 100, most: 10_000 };
/** From this age on a worker does not die young, in ms. */
const GROWN = 10_000;
/** How long an answer is waited for, in ms. */
const PATIENCE = 1_000;

export interface SlotOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the next process gets besides the environment of this one. */
  readonly settings: () => NodeJS.ProcessEnv;
  /** A worker serves, or has died. */
  readonly changed: () => void;
  /** A worker was asked for readiness. */
  readonly watched: () => void;
}

export class Slot {
  readonly #options: SlotOptions;
  #worker: Worker | undefined;
  #state: WorkerState | undefined;
  #heardAt = 0;
  #bornAt = 0;
  #delay = DELAY.first;
  #restart: Timer | undefined;
  #isStopping = false;
  /** Waiting for the first worker to serve. */
  #first: { resolve(ports: ClientPorts): void; reject(error: Error): void } | undefined;
  readonly #askers = new Set<(state: WorkerState) => void>();
  readonly #measurers = new Set<(metrics: MetricsReport) => void>();
  /** What the worker said last of its metrics, and what those counted, as far as they said, that died before it. */
  #metrics: MetricsReport = [];
  #past: MetricsReport = [];
  readonly #mourners = new Set<() => void>();

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** Resolves when the first worker serves; rejects, with a ConfigError where a setting is wrong, when it cannot. */
  start(): Promise<ClientPorts> {
    return new Promise((resolve, reject) => {
      this.#first = { resolve, reject };
      this.#fork();
    });
  }

  /** What the worker said last; undefined while none serves. */
  get state(): WorkerState | undefined {
    return this.#state;
  }

  /** When the worker said something last. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether there is a process. */
  get isAlive(): boolean {
    return this.#worker !== undefined;
  }

  tell(message: ToWorker): void {
    // Who is about to die is not told; that it died is heard soon.
    if (this.#worker?.isConnected()) this.#worker.send(message, () => undefined);
  }

  /** How the worker is now; undefined when it does not answer within a second. */
  ask(): Promise<WorkerState | undefined> {
    return this.#ask({ type: 'ask' }, this.#askers);
  }

  /** The worker's metrics, those of a while ago when it does not answer within a second; and those of the dead. */
  async readMetrics(): Promise<readonly MetricsReport[]> {
    await this.#ask({ type: 'measure' }, this.#measurers);
    return [this.#past, this.#metrics];
  }

  #ask<T>(question: ToWorker, askers: Set<(answer: T) => void>): Promise<T | undefined> {
    if (!this.#state) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const asker = (answer: T | undefined): void => {
        askers.delete(asker);
        timer.cancel();
        resolve(answer);
      };
      const timer = this.#options.clock.after(PATIENCE, () => asker(undefined));
      askers.add(asker);
      this.tell(question);
    });
  }

  /** From now on nobody is replaced. Resolves when there is no process. */
  async ended(): Promise<void> {
    this.#isStopping = true;
    this.#restart?.cancel();
    if (this.#worker) await new Promise<void>((resolve) => this.#mourners.add(resolve));
  }

  kill(): void {
    this.#worker?.process.kill('SIGKILL');
  }

  #fork(): void {
    const worker = cluster.fork(this.#options.settings());
    this.#worker = worker;
    this.#bornAt = this.#options.clock.now();
    // What a worker said may be read after its death is noticed.
    worker.on('message', (message: ToPrimary) => this.#worker === worker && this.#hear(message));
    worker.on('exit', (code, signal) => this.#died(worker, { code, signal }));
    // A process that could not be started at all has no exit.
    worker.on('error', (error) => worker.process.pid === undefined && this.#died(worker, { err: error }));
  }

  #hear(message: ToPrimary): void {
    this.#heardAt = this.#options.clock.now();
    if (message.type === 'watched') return this.#options.watched();
    if (message.type === 'failed') return this.#failed(message);
    if (message.type === 'measured') {
      this.#metrics = message.metrics;
      return this.#measurers.forEach((measurer) => measurer(message.metrics));
    }
    this.#state = message.state;
    if (message.type === 'report') return this.#askers.forEach((asker) => asker(message.state));
    this.#options.logger.info({ worker: message.state.pid, incarnation: message.state.incarnation }, 'a worker serves');
    this.#first?.resolve(message.ports);
    this.#first = undefined;
    this.#options.changed();
  }

  #failed({ message, isSetting }: ToPrimary & { type: 'failed' }): void {
    const isFirst = this.#first !== undefined;
    this.#first?.reject(isSetting ? new ConfigError(message) : new Error(message));
    this.#first = undefined;
    // What one could start with at first may be away for a while, Redis above all: a later one is tried again.
    if (!isFirst) this.#options.logger.error({ why: message }, 'a worker cannot start');
  }

  #died(worker: Worker, how: object): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#state = undefined;
    this.#past = keepCounts([this.#past, this.#metrics]);
    this.#metrics = [];
    this.#first?.reject(new Error('a worker process ended before it could serve'));
    this.#first = undefined;
    for (const mourner of this.#mourners) mourner();
    if (this.#isStopping) return;
    const { clock, logger } = this.#options;
    if (clock.now() - this.#bornAt >= GROWN) this.#delay = DELAY.first;
    logger.error({ worker: worker.process.pid, ...how, delay: this.#delay }, 'a worker died; another one follows');
    this.#restart = clock.after(this.#delay, () => this.#fork());
    this.#delay = Math.min(2 * this.#delay, DELAY.most);
    this.#options.changed();
  }
}
