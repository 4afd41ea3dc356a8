/** Which incarnations live, and with it who is here and what others see of a user. */

import { STATUS_UNKNOWN, type Status } from '../protocol/documents.ts';
import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import type { Incarnation, Presence as Seen, SessionId, Store } from './store/store.ts';

/** The incarnation that holds a session. */
export function incarnationOf(session: SessionId): Incarnation {
  return session.slice(0, session.indexOf('.'));
}

export interface PresenceOptions {
  readonly store: Store;
  readonly incarnation: Incarnation;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between heartbeats. */
  readonly beatInterval: number;
  readonly statuses: readonly Status[];
}

export class Presence {
  readonly incarnation: Incarnation;
  readonly #options: PresenceOptions;
  readonly #invisible: number | undefined;
  #living: ReadonlySet<Incarnation> = new Set();
  /** Asked about and found dead: names are never used again, so most of these stay dead. */
  readonly #dead = new Set<Incarnation>();
  #asking: Promise<void> | undefined;
  #timer: Timer | undefined;

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

  /** The sessions among these whose incarnation is dead. */
  async findDead(sessions: readonly SessionId[]): Promise<readonly SessionId[]> {
    await this.#judge(sessions);
    return sessions.filter((session) => !this.#living.has(incarnationOf(session)));
  }

  /**
   * What others see: the status, or -1 for who is away, invisible or banned.
   * IMS MESSAGE: the same decides between "sent" and "will receive it when next login".
   */
  async statusSeen(seen: Seen): Promise<number> {
    if (seen.banned || seen.status === this.#invisible) return STATUS_UNKNOWN;
    await this.#judge(seen.sessions);
    return seen.sessions.some((session) => this.#living.has(incarnationOf(session))) ? seen.status : STATUS_UNKNOWN;
  }

  /** A session of an incarnation never heard of may belong to a gateway that has just started: ask before judging. */
  async #judge(sessions: readonly SessionId[]): Promise<void> {
    if (sessions.some((session) => this.#living.has(incarnationOf(session)))) return;
    const unknown = sessions.map(incarnationOf).filter((incarnation) => !this.#dead.has(incarnation));
    if (unknown.length === 0) return;
    this.#asking ??= this.#beat().finally(() => (this.#asking = undefined));
    await this.#asking;
    for (const incarnation of unknown) if (!this.#living.has(incarnation)) this.#dead.add(incarnation);
  }

  async #beat(): Promise<void> {
    this.#living = await this.#options.store.beat(this.incarnation);
  }
}
