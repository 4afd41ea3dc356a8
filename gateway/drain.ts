/** Draining: sessions are moved spread over a time, so that the other gateways do not get them all at once. */

import type { Clock, Timer } from './clock.ts';

/**
 * Until this part of the time nobody is closed: a balancer that asks every second and believes the second answer has
 * then noticed, and sends nobody back here.
 */
const NOTICED = 1 / 4;
/**
 * Until this part those were asked to move that need time for it: each opens a second connection, and is served on the
 * first one until it is let in there. However slow everything is, it shall not be without any.
 */
const ASKED = 1 / 2;
/** Until this part the same for those that came meanwhile. */
const ASKED_LATE = 5 / 8;
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
  /** It moves by itself when it is asked, and is not closed before the end. */
  readonly isServedOn?: boolean;
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
    const present = new Set(sessions.all());
    const came = (): Movable[] => [...sessions.all()].filter((session) => !present.has(session));
    const waves = [
      new Wave(NOTICED, ASKED, () => [...present].filter(({ isServedOn }) => isServedOn)),
      new Wave(ASKED, ASKED_LATE, () => came().filter(({ isServedOn }) => isServedOn)),
      new Wave(NOTICED, LATE, () => [...present].filter(({ isServedOn }) => !isServedOn)),
      // Who was asked and is still here is asked once more.
      new Wave(LATE, 1, () => sessions.all()),
    ];
    const close = (): void => {
      const left = time - (clock.now() - begun);
      for (const wave of waves) wave.moveUpTo(1 - left / time, left);
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

/** Moves sessions one after the other, each in the middle of its share of a part of the time. */
class Wave {
  readonly #from: number;
  readonly #to: number;
  readonly #gather: () => Iterable<Movable>;
  #sessions: readonly Movable[] | undefined;
  #moved = 0;

  /** `gather`: who is moved, asked when the part begins. */
  constructor(from: number, to: number, gather: () => Iterable<Movable>) {
    this.#from = from;
    this.#to = to;
    this.#gather = gather;
  }

  /** `part`: 0 to 1 of the whole time; `within`: milliseconds that are left of it. */
  moveUpTo(part: number, within: number): void {
    if (part < this.#from) return;
    this.#sessions ??= [...this.#gather()];
    const share = ((part - this.#from) / (this.#to - this.#from)) * this.#sessions.length;
    const count = Math.min(this.#sessions.length, Math.floor(share + 0.5));
    while (this.#moved < count) this.#sessions[this.#moved++]!.move(within);
  }
}
