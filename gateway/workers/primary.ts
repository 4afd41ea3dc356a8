/** The primary process: starts the workers, answers to the administrator, and ends when all of them have. */

import { provideToken } from '../admin/token.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { openStore } from '../open-store.ts';
import { startAdminServer } from '../server.ts';
import type { Started } from '../stop.ts';
import { WorkerGroup } from './group.ts';

/** Rejects, with nothing left open, when the store, a port or a worker says no. */
export async function startPrimary(config: Config, logger: Logger): Promise<Started> {
  const store = await openStore(config, logger);
  const { workers: count, timing } = config;
  const workers = new WorkerGroup({ count, drainTime: timing.drain, clock: systemClock, logger });
  const options = { config, store, clock: systemClock, logger, adminToken: provideToken(config) };
  try {
    const server = await startAdminServer(options, workers);
    const close = async (): Promise<void> => {
      // The last to go, so that an administrator can see the workers end.
      await workers.close().finally(() => server.close());
      await store.close();
    };
    const clientPorts = await workers.start().catch(async (error: unknown) => {
      await close();
      throw error;
    });
    const ports = { ...clientPorts, ...server.ports };
    return { ports, store: store.description, what: { drain: () => workers.drain(), close } };
  } catch (error) {
    await store.close();
    throw error;
  }
}
