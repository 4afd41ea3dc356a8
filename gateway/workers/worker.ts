/** A worker process: serves clients on the ports it shares with the others, and does as the primary says. */

import cluster from 'node:cluster';
import type { WorkerState } from '../admin/listener.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, type Config } from '../config.ts';
import type { Siblings } from '../health.ts';
import { watchLoad } from '../load.ts';
import type { Logger } from '../log.ts';
import type { MetricsReport } from '../metrics/reports.ts';
import { openStore } from '../open-store.ts';
import { startWorkerServer, type ClientPorts } from '../server.ts';
import { createStop, type Stop } from '../stop.ts';
import type { GroupState, ToPrimary, ToWorker } from './messages.ts';

/** Whether a primary started this process as one of its workers. */
export const isWorker = cluster.isWorker;

interface Serving {
  readonly ports: ClientPorts;
  readonly stop: Stop;
  report(): WorkerState;
  readMetrics(): Promise<MetricsReport>;
}

/** Serves until the primary says otherwise, or is gone. */
export function runWorker(config: Config, logger: Logger): void {
  let group: GroupState = { why: 'the gateway is starting', isWatched: false };
  const starting = serve(config, logger, {
    why: () => group.why,
    isWatched: () => group.isWatched,
    watched: () => tell({ type: 'watched' }),
  });
  let serving: Serving | undefined;
  starting.then((started) => {
    serving = started;
    tell({ type: 'listening', ports: serving.ports, state: serving.report() });
  }, reportFailure);
  process.on('message', (message: ToWorker) => {
    if (message.type === 'group') group = message.state;
    else if (message.type === 'ask') {
      if (serving) tell({ type: 'report', state: serving.report() });
    } else if (message.type === 'measure') {
      void serving?.readMetrics().then((metrics) => tell({ type: 'measured', metrics }));
    } else {
      const isHurried = message.type === 'close' || !serving;
      void starting.then(({ stop }) => {
        stop('primary');
        if (isHurried) stop('primary');
      });
    }
  });
  followPrimary(() => serving?.stop);
}

/** The primary alone decides when this process ends, and when it is killed this process ends by itself. */
function followPrimary(stop: () => Stop | undefined): void {
  // A terminal's Ctrl-C and a supervisor's signal reach all processes; the primary tells each what to do.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
  cluster.worker!.on('disconnect', () => {
    // Otherwise Node ends the process here and now, with all its sessions.
    cluster.worker!.exitedAfterDisconnect = true;
    const stopServing = stop();
    // Who does not listen yet never will: the ports are the primary's.
    if (!stopServing) process.exit(1);
    stopServing('the primary is gone');
  });
}

async function serve(config: Config, logger: Logger, siblings: Siblings): Promise<Serving> {
  const readLoad = watchLoad();
  const store = await openStore(config, logger);
  // Only the primary has an admin listener, which asks for a token.
  const options = { config, store, clock: systemClock, logger, adminToken: '' };
  const server = await startWorkerServer(options, siblings);
  const close = async (): Promise<void> => {
    await server.close();
    await store.close();
  };
  const what = { drain: () => server.drain(), close };
  return {
    ports: server.ports,
    stop: createStop({ what, drainTime: config.timing.drain, logger, exit: (code) => process.exit(code) }),
    readMetrics: () => server.readMetrics(),
    report() {
      const { incarnation, users, sessions, mended, storeAwaySince } = server.state();
      return { pid: process.pid, incarnation, users, sessions, mended, storeAwaySince, load: readLoad() };
    },
  };
}

/** What cannot start ends, and the primary says why, once for all workers. */
export function reportFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.send!({ type: 'failed', message, isSetting: error instanceof ConfigError } satisfies ToPrimary, () =>
    process.exit(1),
  );
}

/** Nobody listens any more once the primary is gone. */
function tell(message: ToPrimary): void {
  if (process.connected) process.send!(message, () => undefined);
}
