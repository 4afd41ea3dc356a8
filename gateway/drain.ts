/** Draining: sessions are moved spread over a time, so that the other gateways do not get them all at once. */

import type { Clock, Timer } from './clock.ts';

/**
 * Until this part of the time nobody is closed: a balancer that asks every second and believes the second answer has
 * then noticed, and sends nobody back here.
 */
const NOTICED = 1 / 4;
/**
 * From this part on those are closed that came meanwhile. Who is sent here by a balancer that has not noticed is served
 * until then, rather than moved twice in a second.
 */
const LATE = 7 / 8;
/** Milliseconds: what falls into one is closed together. */
const TICK = 20;

/** Those that are open. */
export interface Sessions {
  readonly size: number;
  all(): Iterable<Movable>;
}

interface Movable {
  /** To another gateway, within so many milliseconds. */
  move(within: number): void;
}

export interface DrainOptions {
  readonly clock: Clock;
  /** Milliseconds that it takes. */
  readonly time: number;
  readonly sessions: Sessions;
  /** Whether somebody asks for readiness. */
  readonly isWatched: () => boolean;
}

export class Drain {
  readonly #options: DrainOptions;
  #running: Promise<void> | undefined;
  #end: (() => void) | undefined;
  #timers: Timer[] = [];
  #isOver = false;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** From the beginning on, and ever after. */
  get isDraining(): boolean {
    return this.#isOver || this.#running !== undefined;
  }

  /** Resolves when the time is over, all sessions were told, and the listeners may close. Safe to repeat. */
  run(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return (this.#running ??= this.#begin());
  }

  /** Waits no longer. Safe to repeat, and before `run`. */
  skip(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
    this.#end?.();
  }

  #begin(): Promise<void> {
    const { clock, time, sessions } = this.#options;
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    if (time === 0 || this.#isDone()) {
      this.skip();
      return ended;
    }
    const begun = clock.now();
    const present = new Queue(sessions.all());
    let late: Queue | undefined;
    const close = (): void => {
      const part = (clock.now() - begun) / time;
      const left = time - (clock.now() - begun);
      present.moveUpTo((part - NOTICED) / (LATE - NOTICED), left);
      if (part >= LATE) late ??= new Queue(sessions.all());
      late?.moveUpTo((part - LATE) / (1 - LATE), left);
      if (this.#isDone()) this.skip();
    };
    this.#timers = [clock.every(TICK, close), clock.after(time, () => this.skip())];
    return ended;
  }

  /**
   * Nobody is here. Where nobody ever asked for readiness there is no balancer that could still send somebody, and the
   * person who stops a gateway in a terminal need not wait. Behind a balancer the listeners stay open to the end of the
   * time: a client that it sends here meanwhile finds a gateway, and no refused connection.
   */
  #isDone(): boolean {
    const { sessions, isWatched } = this.#options;
    return !isWatched() && sessions.size === 0;
  }
}

/** Moves sessions one after the other, each in the middle of its share of the time. */
class Queue {
  readonly #sessions: readonly Movable[];
  #moved = 0;

  constructor(sessions: Iterable<Movable>) {
    this.#sessions = [...sessions];
  }

  /** `part`: 0 to 1 of the time that all take; `within`: milliseconds that each has. */
  moveUpTo(part: number, within: number): void {
    const count = Math.min(this.#sessions.length, Math.floor(part * this.#sessions.length + 0.5));
    while (this.#moved < count) this.#sessions[this.#moved++]!.move(within);
  }
}
