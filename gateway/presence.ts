/** Which incarnations live, and with it who is here and what others see of a user. */

import { STATUS_UNKNOWN, type Status } from '../protocol/documents.ts';
import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import { incarnationOf } from './store/presence.ts';
import type { Incarnation, Presence as Seen, Pulse, SessionId, Store } from './store/store.ts';

export interface PresenceOptions {
  readonly store: Store;
  readonly incarnation: Incarnation;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between heartbeats, and after the last one when an incarnation is dead. */
  readonly beatInterval: number;
  readonly aliveFor: number;
  /** Told of each heartbeat. The dead are named only when this gateway can judge. */
  readonly onBeat?: (pulse: Pulse) => void;
  readonly statuses: readonly Status[];
}

export class Presence {
  readonly incarnation: Incarnation;
  readonly #options: PresenceOptions;
  readonly #invisible: number | undefined;
  #living: ReadonlySet<Incarnation> = new Set();
  /** Asked about and found not to live, since when. */
  readonly #missing = new Map<Incarnation, number>();
  #asking: Promise<void> | undefined;
  #timer: Timer | undefined;
  #lastBeat = -Infinity;
  /** Since when no heartbeat was missed. */
  #steadySince = Infinity;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.incarnation = options.incarnation;
    this.#invisible = options.statuses.find((status) => status.name.toLowerCase() === 'invisible')?.id;
  }

  /** Resolves after the first heartbeat; from then on this incarnation counts as living. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = this.#options.clock.every(this.#options.beatInterval, () => {
      this.#beat().catch((error: unknown) => this.#options.logger.warn({ err: error }, 'heartbeat failed'));
    });
  }

  /** This incarnation leaves, as far as the store can be told. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#options.store.leave(this.incarnation).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'taking leave failed: the others notice by themselves');
    });
  }

  get living(): ReadonlySet<Incarnation> {
    return this.#living;
  }

  /**
   * The sessions among these whose incarnation is dead for good: not living now, nor two heartbeats ago. After an outage
   * of the store the first gateway to be back finds all others missing until their next heartbeat.
   */
  async findDead(sessions: readonly SessionId[]): Promise<readonly SessionId[]> {
    await this.#ask(sessions.map(incarnationOf));
    const before = this.#options.clock.now() - 2 * this.#options.beatInterval;
    return sessions.filter((session) => (this.#missing.get(incarnationOf(session)) ?? Infinity) <= before);
  }

  /**
   * What others see: the status, or -1 for who is away, invisible or banned, or has blocked the one who looks.
   * IMS MESSAGE: the same decides between "sent" and "will receive it when next login".
   */
  async statusSeen(seen: Seen): Promise<number> {
    if (seen.banned || seen.isBlocking || seen.status === this.#invisible) return STATUS_UNKNOWN;
    await this.#judge(seen.sessions);
    return seen.sessions.some((session) => this.#living.has(incarnationOf(session))) ? seen.status : STATUS_UNKNOWN;
  }

  async #judge(sessions: readonly SessionId[]): Promise<void> {
    const incarnations = sessions.map(incarnationOf);
    if (!incarnations.some((incarnation) => this.#living.has(incarnation))) await this.#ask(incarnations);
  }

  /** An incarnation never heard of may be a gateway that has just started: ask before judging. */
  async #ask(incarnations: readonly Incarnation[]): Promise<void> {
    const unknown = incarnations.filter((name) => !this.#living.has(name) && !this.#missing.has(name));
    if (unknown.length === 0) return;
    this.#asking ??= this.#beat().finally(() => (this.#asking = undefined));
    await this.#asking;
    const now = this.#options.clock.now();
    for (const name of unknown) if (!this.#living.has(name)) this.#missing.set(name, now);
  }

  async #beat(): Promise<void> {
    const { store, clock, beatInterval, aliveFor, onBeat } = this.#options;
    const pulse = await store.beat(this.incarnation);
    const now = clock.now();
    if (now - this.#lastBeat > 2.5 * beatInterval) this.#steadySince = now;
    this.#lastBeat = now;
    // After an outage of the store all others seem dead until they have been back: nobody is declared dead for it.
    const canJudge = now - this.#steadySince >= aliveFor;
    this.#living = canJudge ? pulse.living : new Set([...this.#living, ...pulse.living]);
    for (const incarnation of this.#living) this.#missing.delete(incarnation);
    onBeat?.(canJudge ? pulse : { ...pulse, dead: [] });
  }
}
