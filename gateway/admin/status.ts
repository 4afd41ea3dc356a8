/** The state of the gateway over the admin listener: of this process, or of all that are one gateway. */

import { allowOnly, askStore, type Express } from '../json-http.ts';
import { addLoads, watchLoad, type Load } from '../load.ts';
import { addMended } from '../mending.ts';
import type { GatewayStatus } from './answers.ts';
import type { AdminOptions } from './listener.ts';
import { VERSION } from './version.ts';

export function serveStatus(app: Express, options: AdminOptions): void {
  const readLoad = watchLoad();
  app
    .route('/status')
    .get(async (_request, response) => void response.json(await readStatus(options, readLoad())))
    .all(allowOnly('GET', 'HEAD'));
}

async function readStatus({ store, clock, gateway }: AdminOptions, load: Load): Promise<GatewayStatus> {
  const { incarnation, startedAt, living, users, sessions, mended, storeAwaySince } = await askStore(gateway.status());
  const workers = await gateway.readWorkers?.();
  const running = workers?.running ?? [];
  return {
    version: VERSION,
    incarnation,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    store: store.description,
    storeAwaySince: findFirst([storeAwaySince, ...running.map((worker) => worker.storeAwaySince)]),
    living: [...living].sort(),
    users: running.reduce((sum, worker) => sum + worker.users, users),
    sessions: running.reduce((sum, worker) => sum + worker.sessions, sessions),
    ...(workers && {
      workers: {
        configured: workers.configured,
        running: running.map(({ pid, incarnation, users, sessions }) => ({ pid, incarnation, users, sessions })),
      },
    }),
    mended: addMended([mended, ...running.map((worker) => worker.mended)]),
    ...addLoads([load, ...running.map((worker) => worker.load)]),
  };
}

/** The earliest of these times, if there is any. */
function findFirst(times: readonly (number | undefined)[]): string | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? null : new Date(Math.min(...known)).toISOString();
}
