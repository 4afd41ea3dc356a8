/** Whether the tab that runs the client is alive: asked for again and again while someone sees this one. */

/** Milliseconds between two questions; each is a tick too, for a client whose page is hidden. */
const BEAT = 2_000;
/** How long an answer may take. */
const PATIENCE = 3_000;
/** A timer that is this late: it was this tab that slept, so the other one may have too. */
const OWN_LATENESS = 1_000;

export interface WatchTarget {
  /** Asks for a sign of life. */
  ping(): void;
  /** There was none. */
  giveUp(): void;
}

export class Watch {
  readonly #target: WatchTarget;
  readonly #controller = new AbortController();
  readonly #beat: ReturnType<typeof setInterval>;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(target: WatchTarget) {
    this.#target = target;
    this.#beat = setInterval(() => this.#look(), BEAT);
    document.addEventListener('visibilitychange', () => this.#look(), { signal: this.#controller.signal });
    this.#look();
  }

  /** A sign of life. */
  heard(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /** Something was asked. */
  expect(): void {
    if (this.#waiting !== undefined) return;
    const due = Date.now() + PATIENCE;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      if (Date.now() < due + OWN_LATENESS) this.#target.giveUp();
      else this.#ask();
    }, PATIENCE);
  }

  stop(): void {
    this.heard();
    clearInterval(this.#beat);
    this.#controller.abort();
  }

  #look(): void {
    if (document.visibilityState === 'visible') this.#ask();
  }

  #ask(): void {
    this.#target.ping();
    this.expect();
  }
}
