/** A push connection that has gone deaf looks like a quiet one: a document of our own must come back over it. */

import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import type { Store } from './store/store.ts';

const EVERY = 5_000;

export interface PushWatch extends Timer {
  /** Whether the last probe came back. */
  readonly isAnswering: boolean;
}

/** Probes every 5 s, one at a time. The store mends a connection on which a probe did not come back. */
export function watchPushes(store: Store, clock: Clock, logger: Logger): PushWatch {
  let isProbing = false;
  let isAnswering = true;
  const timer = clock.every(EVERY, () => {
    if (isProbing) return;
    isProbing = true;
    store
      .probe()
      .then(
        () => (isAnswering = true),
        (error: unknown) => {
          isAnswering = false;
          logger.warn({ err: error }, 'the push connection did not answer');
        },
      )
      .finally(() => (isProbing = false));
  });
  return {
    get isAnswering() {
      return isAnswering;
    },
    cancel: () => timer.cancel(),
  };
}
