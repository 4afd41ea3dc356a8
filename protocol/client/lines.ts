/** Which connections a client has: comes back after a loss, and moves to a second one before it leaves the first. */

import { Line, OPEN_PATIENCE } from './line.ts';
import type { LineWatcher } from './line.ts';
import type { ClientPorts } from './ports.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 20_000;
/** How long LOGIN on a second connection waits for what the first one has not answered. */
const GRACE = 1_000;
/** A connection that is tried for longer than this when the device wakes up is tried anew. */
const WAKE_PATIENCE = 3_000;
/** How long a LOGIN that was given up may still arrive at a gateway, and replace the session that came after it. */
const STRAY = 60_000;

/** Milliseconds before a try, after `tries` that failed: first at once, then doubled, spread so that a restart does not bring all at once. */
export function retryDelay(tries: number, random: number): number {
  return tries === 0 ? 0 : Math.min(FIRST_DELAY * 2 ** (tries - 1), LONGEST_DELAY) * (0.5 + random);
}

export interface LinesTarget {
  /** What is sent first. */
  login(line: Line): ClientDocument;
  /** Nothing that was sent on the line waits for its answer. */
  isSettled(line: Line): boolean;
  received(line: Line, documents: readonly ServerDocument[]): void;
  /** Connections came or went, or may take documents again. */
  changed(): void;
  /** All that happens goes through this. */
  run(work: () => void): void;
}

export class Lines {
  /** The one that is logged in. */
  main: Line | undefined;
  /** One that is being opened: the first, or the one to move to. */
  next: Line | undefined;
  retryAt: number | undefined;
  readonly #ports: ClientPorts;
  readonly #target: LinesTarget;
  readonly #watcher: LineWatcher;
  /** Tries since a connection was proven. */
  #tries = 0;
  #patience = OPEN_PATIENCE;
  #mustMove = false;
  #strayUntil = 0;
  #cancelRetry = (): void => {};
  #cancelGrace = (): void => {};

  constructor(ports: ClientPorts, target: LinesTarget) {
    this.#ports = ports;
    this.#target = target;
    this.#watcher = {
      opened: () => target.run(() => this.#opened()),
      received: (line, documents) => target.run(() => target.received(line, documents)),
      lost: (line) => target.run(() => this.#lost(line)),
      proven: () => (this.#tries = 0),
      suspected: () => target.run(() => this.#openNext()),
    };
  }

  /** What changes something may be sent now: LOGIN on a second connection fences the first. */
  get isFree(): boolean {
    return this.main !== undefined && (this.next === undefined || this.next.phase === 'opening');
  }

  /** An older LOGIN of this client may have come after that of its connection, or a newer one is under way. */
  get isReplacedByOwn(): boolean {
    return this.next?.phase === 'entering' || this.#ports.timing.now() < this.#strayUntil;
  }

  /** `isRestored`: the device had a client before, of which a LOGIN may be on its way still. */
  start(isRestored: boolean): void {
    if (isRestored) this.#noteStray();
    this.#tries = 0;
    this.#openNext();
  }

  stop(): void {
    this.#rest();
    this.#giveUpNext();
    this.main?.close();
    this.main = undefined;
  }

  /** The main line, which is the caller's from now on. */
  release(): Line | undefined {
    const line = this.main;
    this.main = undefined;
    return line;
  }

  /** LOGIN had result 1 on the next line: it is the main one now, and the one before ends. */
  promote(): void {
    const old = this.main;
    this.#rest();
    this.main = this.next;
    this.next = undefined;
    this.main?.entered();
    old?.close();
    this.#target.changed();
  }

  /** IMS 2 RECONNECT: to another connection within so many milliseconds, while this one serves on. */
  move(within: number): void {
    this.#mustMove = true;
    this.#patience = within > 0 ? Math.min(within, OPEN_PATIENCE) : OPEN_PATIENCE;
    this.#openNext();
  }

  /** The main line is of no use; the next try comes at once. */
  renew(): void {
    this.#tries = 0;
    this.main?.lose();
  }

  /** A stray LOGIN has done what it could. */
  forgetStray(): void {
    this.#strayUntil = 0;
  }

  wake(): void {
    this.#tries = 0;
    this.main?.wake();
    const isStale = this.next !== undefined && this.#ports.timing.now() - this.next.startedAt > WAKE_PATIENCE;
    if (isStale) this.#giveUpNext();
    if (isStale || this.retryAt !== undefined) this.#openNext();
  }

  /** LOGIN is sent on the next line as soon as the main one owes nothing. */
  settle(isOverdue = false): void {
    const { main, next } = this;
    if (next?.phase !== 'open') return;
    if (main === undefined || isOverdue || this.#target.isSettled(main)) {
      this.#cancelGrace();
      next.enter(this.#target.login(next));
    }
  }

  #openNext(): void {
    if (this.next) return;
    this.#cancelRetry();
    this.retryAt = undefined;
    this.#tries += 1;
    this.next = new Line(this.#ports, this.#watcher, this.main ? this.#patience : OPEN_PATIENCE);
    this.#target.changed();
  }

  #opened(): void {
    this.#cancelGrace();
    this.#cancelGrace = this.#ports.timing.after(GRACE, () => this.#target.run(() => this.settle(true)));
    this.settle();
  }

  #lost(line: Line): void {
    if (line === this.next) {
      if (line.lastPhase === 'entering') this.#noteStray();
      this.next = undefined;
      this.#cancelGrace();
      // Silent, and there is no way to the gateways: no need to wait for the end of its time.
      if (line.lastPhase === 'opening' && this.main?.isSuspected) return this.main.lose();
    } else if (line === this.main) this.main = undefined;
    else return;
    if (this.next === undefined && (this.main === undefined || this.#mustMove)) this.#retry();
    this.#target.changed();
  }

  #giveUpNext(): void {
    if (this.next?.phase === 'entering') this.#noteStray();
    this.next?.close();
    this.next = undefined;
    this.#cancelGrace();
  }

  #noteStray(): void {
    this.#strayUntil = this.#ports.timing.now() + STRAY;
  }

  #retry(): void {
    this.#cancelRetry();
    const { timing } = this.#ports;
    const delay = retryDelay(this.#tries, timing.random());
    if (delay === 0) {
      this.#openNext();
      return;
    }
    this.retryAt = timing.now() + delay;
    this.#cancelRetry = timing.after(delay, () => this.#target.run(() => this.#openNext()));
  }

  #rest(): void {
    this.#cancelRetry();
    this.#cancelGrace();
    this.retryAt = undefined;
    this.#mustMove = false;
    this.#patience = OPEN_PATIENCE;
  }
}
