/** What a gateway counts for the person who runs it, as Prometheus names it; each gateway has a registry of its own. */

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Aggregator } from 'prom-client';
import {
  CLIENT_ATTRIBUTES,
  LOGIN_RESULT,
  MESSAGE_RESULT,
  type ClosingCode,
  type ServerDocument,
} from '../../protocol/documents.ts';
import { CLOSE_CODES } from '../close-codes.ts';
import type { Mended } from '../mending.ts';
import type { RefusedReason } from '../store/store.ts';
import type { MetricsReport } from './reports.ts';

/** How a connection ended: the ERROR that it was closed with, or without any. */
export type Ending = ClosingCode | (typeof QUIET_ENDINGS)[number];
/** After LOGOUT; by an administrator, a ban or a new password; by the client. */
const QUIET_ENDINGS = ['logout', 'ended', 'left'] as const;
const ENDINGS: readonly Ending[] = [...QUIET_ENDINGS, ...(Object.keys(CLOSE_CODES) as ClosingCode[])];

const LOGINS = { [LOGIN_RESULT.in]: 'in', [LOGIN_RESULT.refused]: 'refused', [LOGIN_RESULT.banned]: 'banned' } as const;
const REFUSED: Readonly<Record<RefusedReason, true>> = { unknown: true, full: true };
const TRANSPORTS = ['tcp', 'websocket'] as const;
/** Of documents that IMS does not know. */
const OTHER = 'other';

/** Seconds: as fast as the store, slow enough to be felt, as long as a failover takes. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** Of prom-client's own metrics those that look at each connection, and what says no more than others. */
const LEFT_OUT = /^nodejs_(active_|heap_space_|eventloop_lag_(min|stddev|p50|p90)_)/;

/** A counter. One with a label has a closed list of values, which are all there from the start. */
export interface Count<V extends string | void = void> {
  add(value: V): void;
}

/** What is read when somebody asks. */
export interface Sources {
  users(): number;
  connections(): number;
  hashesWaiting(): number;
  isStoreUp(): boolean;
  isReady(): boolean;
  isDraining(): boolean;
  mended(): Mended;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #seconds: Histogram<'document'>;
  readonly #sessions: Gauge<'transport'>;
  readonly #gateways: Gauge<'state'>;
  readonly #messages: Count<'sent' | 'waiting' | 'invalid' | RefusedReason>;
  readonly logins: Count<'in' | 'refused' | 'banned' | 'busy'>;
  readonly endings: Count<Ending>;
  /** Each process that uses the store notices: the sum over several would count one failover often. */
  readonly failovers: Count;
  readonly pushGaps: Count;
  #isMeasuringProcess = false;

  constructor() {
    const registers = [this.#registry];
    this.#sessions = new Gauge({
      name: 'ims_sessions',
      help: 'Sessions that are logged in, by transport.',
      labelNames: ['transport'],
      registers,
    });
    for (const transport of TRANSPORTS) this.#sessions.set({ transport }, 0);
    this.logins = this.#countBy('ims_logins_total', 'LOGINs by what was answered; busy: too many hashes wait.', {
      result: ['in', 'refused', 'banned', 'busy'],
    });
    this.#messages = this.#countBy('ims_messages_total', 'MESSAGEs by what was answered, or why they were refused.', {
      result: ['sent', 'waiting', ...(Object.keys(REFUSED) as RefusedReason[]), 'invalid'],
    });
    this.#seconds = new Histogram({
      name: 'ims_document_seconds',
      help: 'From when a document is taken until it is answered.',
      labelNames: ['document'],
      buckets: BUCKETS,
      registers,
    });
    for (const document of [...Object.keys(CLIENT_ATTRIBUTES), OTHER]) this.#seconds.zero({ document });
    this.endings = this.#countBy(
      'ims_connections_ended_total',
      'Connections that ended: by an ERROR with this code, by LOGOUT, by an administrator (ended), by the client (left).',
      { code: ENDINGS },
    );
    this.#gateways = new Gauge({
      name: 'ims_gateways',
      help: 'Gateway processes on this store: those that live, and those that died and are still to be cleaned up after.',
      labelNames: ['state'],
      registers,
      aggregator: 'max',
    });
    this.failovers = this.#count('ims_store_failovers_total', 'Failovers and restarts of the store.', 'max');
    this.pushGaps = this.#count('ims_push_gaps_total', 'Times that pushes may have been lost, and logs were read.');
  }

  /** A session was opened (1) or is over (-1). */
  countSession(transport: (typeof TRANSPORTS)[number], change: 1 | -1): void {
    this.#sessions.inc({ transport }, change);
  }

  /** With each heartbeat. */
  countGateways(living: number, dead: number): void {
    this.#gateways.set({ state: 'living' }, living);
    this.#gateways.set({ state: 'dead' }, dead);
  }

  /** A client's document of this name was answered so many milliseconds after it was taken. */
  answered(name: string, ms: number, answer: ServerDocument | undefined, refusal: RefusedReason | undefined): void {
    const document = Object.hasOwn(CLIENT_ATTRIBUTES, name) ? name : OTHER;
    // The system's clock may have been set back meanwhile.
    this.#seconds.observe({ document }, Math.max(0, ms) / 1000);
    if (answer?.name === 'LOGIN') this.logins.add(LOGINS[answer.result as keyof typeof LOGINS]);
    else if (answer?.name === 'MESSAGE' && 'result' in answer) this.#countMessage(answer.result, refusal);
  }

  /** From now on these are read whenever somebody asks. Called once. */
  watch(sources: Sources): void {
    this.#read('ims_users', 'Users with a session here; one of two processes counts twice.', sources.users);
    this.#read('ims_connections', 'Open connections, also those that have not logged in.', sources.connections);
    this.#read('ims_hashes_waiting', 'Passwords that wait to be hashed.', sources.hashesWaiting);
    const asNumber = (read: () => boolean) => () => Number(read());
    this.#read(
      'ims_store_up',
      'Whether the last document came back through the store.',
      asNumber(sources.isStoreUp),
      'min',
    );
    this.#read('ims_ready', 'Whether clients should be sent here.', asNumber(sources.isReady), 'min');
    this.#read('ims_draining', 'Whether it is about to stop.', asNumber(sources.isDraining), 'max');
    new Counter({
      name: 'ims_mended_total',
      help: 'Brought back after failovers: messages that a sender (sent) or a receiver (received) had lost, friendships.',
      labelNames: ['what'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [what, count] of Object.entries(sources.mended())) this.inc({ what }, count);
      },
    });
  }

  /** All of it, and what the process takes: that is measured from the first time on that somebody asks. */
  async report(): Promise<MetricsReport> {
    if (!this.#isMeasuringProcess) this.#measureProcess();
    return (await this.#registry.getMetricsAsJSON()) as unknown as MetricsReport;
  }

  #measureProcess(): void {
    this.#isMeasuringProcess = true;
    collectDefaultMetrics({ register: this.#registry });
    for (const { name } of this.#registry.getMetricsAsArray()) {
      if (LEFT_OUT.test(name)) this.#registry.removeSingleMetric(name);
    }
  }

  #countMessage(result: string, refusal: RefusedReason | undefined): void {
    if (result === MESSAGE_RESULT.refused) this.#messages.add(refusal ?? 'invalid');
    else this.#messages.add(result === MESSAGE_RESULT.sent ? 'sent' : 'waiting');
  }

  #count(name: string, help: string, aggregator: Aggregator = 'sum'): Count {
    const counter = new Counter({ name, help, registers: [this.#registry], aggregator });
    return { add: () => counter.inc() };
  }

  #countBy<V extends string>(name: string, help: string, labels: Readonly<Record<string, readonly V[]>>): Count<V> {
    const [[label, values]] = Object.entries(labels) as [[string, readonly V[]]];
    const counter = new Counter({ name, help, labelNames: [label], registers: [this.#registry] });
    // Prometheus sees a first increase only where it has seen the 0.
    for (const value of values) counter.inc({ [label]: value }, 0);
    return { add: (value) => counter.inc({ [label]: value }) };
  }

  #read(name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void {
    const collect = (): void => gauge.set(read());
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], aggregator, collect });
  }
}
