/** A clock that stands still until a test advances it. */

import type { Clock, Timer } from '../../gateway/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on by `ms` milliseconds and runs the timers that fall due, in the order of their times. */
  advance(ms: number): void;
}

interface PlannedAction {
  at: number;
  readonly interval?: number;
  readonly action: () => void;
}

/** A clock at `start` milliseconds since the epoch. Timers of the same time run in the order they were set. */
export function createManualClock(start = Date.UTC(2030, 0, 1)): ManualClock {
  let now = start;
  const planned = new Set<PlannedAction>();

  function plan(entry: PlannedAction): Timer {
    planned.add(entry);
    return { cancel: () => void planned.delete(entry) };
  }

  function nextDue(until: number): PlannedAction | undefined {
    let next: PlannedAction | undefined;
    for (const entry of planned) if (entry.at <= until && (!next || entry.at < next.at)) next = entry;
    return next;
  }

  return {
    now: () => now,
    after: (ms, action) => plan({ at: now + Math.max(0, ms), action }),
    every: (ms, action) => plan({ at: now + Math.max(1, ms), interval: Math.max(1, ms), action }),
    advance(ms) {
      const until = now + ms;
      for (let entry = nextDue(until); entry; entry = nextDue(until)) {
        now = Math.max(now, entry.at);
        planned.delete(entry);
        if (entry.interval !== undefined) {
          entry.at += entry.interval;
          planned.add(entry);
        }
        entry.action();
      }
      now = until;
    },
  };
}
