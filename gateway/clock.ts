/** Time as the gateway sees it; tests pass their own, so that nothing waits for the real one. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once, `ms` milliseconds from now. */
  after(ms: number, action: () => void): Timer;
  /** Calls `action` every `ms` milliseconds. */
  every(ms: number, action: () => void): Timer;
}

export interface Timer {
  /** The action is not called any more. Safe to repeat. */
  cancel(): void;
}

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, action) {
    const timer = setInterval(action, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
};
