/** Decides when to connect, when to ask whether the gateway is still there, and when to give a connection up. */

/** Milliseconds between a sign of life and the next ALIVE; the gateway allows 15 s of silence. */
export const BEAT = 5_000;
/** How long ALIVE may stay without its echo. */
export const PATIENCE = 8_000;
/** The same when the page wakes up: its connection is often dead, and someone is looking at it. */
export const WAKE_PATIENCE = 3_000;
/** How long connecting and LOGIN may be silent: many may be waiting for their password to be checked. */
export const OPEN_PATIENCE = 20_000;
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 20_000;

export interface MonitorTarget {
  /** Connect. */
  open(): void;
  /** Send something that is answered. */
  probe(): void;
  /** The connection is of no use any more; the monitor will call `open` again. */
  drop(): void;
}

/** Time and chance, so that tests need neither. */
export interface Timing {
  /** Calls `action` once; the returned function prevents it. */
  after(ms: number, action: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
}

export const pageTiming: Timing = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Milliseconds before try number `attempt` (from 0): doubled each time, spread so that a restart does not bring all at once. */
export function retryDelay(attempt: number, random: number): number {
  return Math.min(FIRST_DELAY * 2 ** attempt, LONGEST_DELAY) * (0.5 + random);
}

type State = 'off' | 'waiting' | 'opening' | 'resting' | 'probing';

export class Monitor {
  #state: State = 'off';
  #attempt = 0;
  #cancel = (): void => {};
  readonly #target: MonitorTarget;
  readonly #timing: Timing;

  constructor(target: MonitorTarget, timing: Timing = pageTiming) {
    this.#target = target;
    this.#timing = timing;
  }

  /** Connects now, and keeps connected until `stop`. */
  start(): void {
    this.#attempt = 0;
    this.#open();
  }

  stop(): void {
    this.#cancel();
    this.#state = 'off';
  }

  /** The connection is ready for use. */
  ready(): void {
    this.#rest();
  }

  /** Something came from the gateway. */
  heard(): void {
    if (this.#state === 'opening') this.#become('opening', OPEN_PATIENCE, () => this.#giveUp());
    if (this.#state !== 'probing') return;
    // Only now: a gateway that lets us in and drops us at once must not be asked every second.
    this.#attempt = 0;
    this.#rest();
  }

  /** The connection broke. */
  lost(): void {
    if (this.#state === 'off') return;
    const delay = retryDelay(this.#attempt++, this.#timing.random());
    this.#become('waiting', delay, () => this.#open());
  }

  /** The network is back, or someone looks at the page again: no long waits from here on. */
  wake(): void {
    this.#attempt = 0;
    if (this.#state === 'waiting') this.#open();
    else if (this.#state === 'resting') this.#probe(WAKE_PATIENCE);
  }

  #open(): void {
    this.#become('opening', OPEN_PATIENCE, () => this.#giveUp());
    this.#target.open();
  }

  #rest(): void {
    this.#become('resting', BEAT, () => this.#probe(PATIENCE));
  }

  #probe(patience: number): void {
    this.#become('probing', patience, () => this.#giveUp());
    this.#target.probe();
  }

  #giveUp(): void {
    this.#target.drop();
    this.lost();
  }

  #become(state: State, ms: number, action: () => void): void {
    this.#cancel();
    this.#state = state;
    this.#cancel = this.#timing.after(ms, action);
  }
}
