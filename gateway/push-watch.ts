/** A push connection that has gone deaf looks like a quiet one: a document of our own must come back over it. */

import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import type { Store } from './store/store.ts';

const EVERY = 5_000;

/** Probes every 5 s, one at a time. The store mends a connection on which a probe did not come back. */
export function watchPushes(store: Store, clock: Clock, logger: Logger): Timer {
  let isProbing = false;
  return clock.every(EVERY, () => {
    if (isProbing) return;
    isProbing = true;
    store
      .probe()
      .catch((error: unknown) => logger.warn({ err: error }, 'the push connection did not answer'))
      .finally(() => (isProbing = false));
  });
}
