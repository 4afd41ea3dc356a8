/** Whether the gateway can serve: asked by load balancers, often and by several at once. */

import type { Clock } from './clock.ts';
import type { Store } from './store/store.ts';

/** Milliseconds for which an answer stands. */
const FRESH = 1000;

/** Why the store's probe failed, undefined when it came back; shared by all who ask at the same time or within a second. */
export function createProbe(store: Pick<Store, 'probe'>, clock: Clock): () => Promise<string | undefined> {
  let running: Promise<string | undefined> | undefined;
  let last: { readonly why: string | undefined; readonly at: number } | undefined;

  async function probe(): Promise<string | undefined> {
    const why = await store.probe().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    last = { why, at: clock.now() };
    running = undefined;
    return why;
  }

  return async () => {
    if (last && clock.now() - last.at < FRESH) return last.why;
    return (running ??= probe());
  };
}
