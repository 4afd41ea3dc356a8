/** Time for a client in a page that may be hidden: browsers hold its timers back, so others may say what time it is. */

import type { Timing } from '../../../protocol/client.ts';
import { pageTiming } from '../connection/timing.ts';

interface Due {
  readonly at: number;
  run(): void;
}

export class HostTiming implements Timing {
  readonly now = pageTiming.now;
  readonly random = pageTiming.random;
  readonly #due = new Set<Due>();

  after(ms: number, action: () => void): () => void {
    const cancel = (): void => {
      this.#due.delete(due);
      stop();
    };
    const due: Due = {
      at: this.now() + ms,
      run: () => {
        cancel();
        action();
      },
    };
    const stop = pageTiming.after(ms, due.run);
    this.#due.add(due);
    return cancel;
  }

  /** Runs what is due by now, in the order in which it was due. */
  tick(): void {
    const now = this.now();
    const due = [...this.#due].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const item of due) {
      if (this.#due.has(item)) item.run();
    }
  }
}
