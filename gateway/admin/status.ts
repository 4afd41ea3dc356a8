/** The state of the gateway over the admin listener. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { allowOnly, askStore, type Express } from '../json-http.ts';
import type { GatewayStatus } from './answers.ts';
import type { AdminOptions } from './listener.ts';
import { VERSION } from './version.ts';

/** Milliseconds between the measurements of the event loop. */
const RESOLUTION = 20;

export function serveStatus(app: Express, options: AdminOptions): void {
  const readDelay = watchEventLoop();
  app
    .route('/status')
    .get(async (_request, response) => void response.json(await readStatus(options, readDelay())))
    .all(allowOnly('GET', 'HEAD'));
}

async function readStatus(
  { store, clock, gateway }: AdminOptions,
  eventLoopDelay: GatewayStatus['eventLoopDelay'],
): Promise<GatewayStatus> {
  const { incarnation, startedAt, living, users, sessions } = await askStore(gateway.status());
  const { rss, heapUsed } = process.memoryUsage();
  return {
    version: VERSION,
    incarnation,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    store: store.description,
    living: [...living].sort(),
    users,
    sessions,
    memory: { rss, heapUsed },
    eventLoopDelay,
  };
}

function watchEventLoop(): () => GatewayStatus['eventLoopDelay'] {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  // Node measures from tick to tick, so the resolution is no delay; before the first tick there is NaN.
  const toDelay = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e5 - RESOLUTION * 10) / 10) || 0;
  return () => {
    const { mean, max, count } = histogram;
    const p99 = histogram.percentile(99);
    histogram.reset();
    return count === 0 ? { mean: 0, p99: 0, max: 0 } : { mean: toDelay(mean), p99: toDelay(p99), max: toDelay(max) };
  };
}
