/** The storage of a device that can lose its power: what is being saved is kept whole or not at all. */

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Change, Storage } from '../../protocol/client.ts';

export class Disk {
  /** To be given to the device's next client. */
  readonly kept = new Map<string, unknown>();

  /**
   * For one client: after `cut` nothing is kept any more. `delay`: milliseconds that the next save takes; what comes meanwhile
   * waits for the one after it.
   */
  connect(delay: () => number): Storage & { cut(): void } {
    let isCut = false;
    return {
      save: (changes: readonly Change[], saved: () => void) => {
        const time = delay();
        void (time > 0 ? sleep(time) : turn()).then(() => {
          if (isCut) return;
          for (const { key, value } of changes) {
            if (value === undefined) this.kept.delete(key);
            else this.kept.set(key, structuredClone(value));
          }
          saved();
        });
      },
      cut: () => void (isCut = true),
    };
  }
}
