/** Whole gateways in this process, for tests: on the store of choice, with a manual clock where wanted. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { systemClock } from '../../gateway/clock.ts';
import { readConfig } from '../../gateway/config.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer } from '../../gateway/server.ts';
import type { Store } from '../../gateway/store/store.ts';
import { startBackend, type Backend, type StoreKind } from './backend.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export type { StoreKind } from './backend.ts';

export interface GatewayOptions {
  /** `memory` unless told otherwise; `redis` and `cluster` start servers of their own. One that runs stays its owner's. */
  readonly store?: StoreKind | Backend;
  /** A clock that stands still until it is advanced. */
  readonly isClockManual?: boolean;
  /** Settings as in the environment. */
  readonly settings?: NodeJS.ProcessEnv;
  /** What the gateway logs goes here, line by line; nowhere by default. */
  readonly log?: (line: string) => void;
}

export interface TestGateway {
  /** `http://127.0.0.1:PORT` */
  readonly http: string;
  /** `ws://127.0.0.1:PORT/ims` */
  readonly ws: string;
  readonly tcp: { readonly host: string; readonly port: number };
  readonly admin: { readonly url: string; readonly token: string };
  /** Only where the clock is manual. */
  readonly clock: ManualClock | undefined;
  readonly store: Store;
  stop(): Promise<void>;
}

export interface TestGateways {
  readonly gateways: readonly TestGateway[];
  /** The same for all. */
  readonly clock: ManualClock | undefined;
  stop(): Promise<void>;
}

const ADMIN_TOKEN = 'a-token-for-tests-not-a-secret';

/** Starts a gateway on free ports of 127.0.0.1; the caller stops it. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const { gateways, stop } = await startGateways(1, options);
  return { ...gateways[0]!, stop };
}

/** Starts several that serve the same users; the caller stops them. */
export async function startGateways(count: number, options: GatewayOptions = {}): Promise<TestGateways> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-'));
  const { store = 'memory', isClockManual = false } = options;
  const backend = typeof store === 'string' ? await startBackend(store) : store;
  const clock = isClockManual ? createManualClock() : undefined;
  const gateways: TestGateway[] = [];
  const stop = async (): Promise<void> => {
    // Connections linger by the clock: a manual one must move for them to end.
    const moving = setInterval(() => clock?.advance(500), 5);
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    clearInterval(moving);
    if (backend !== store) await backend.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    while (gateways.length < count) gateways.push(await startOne(backend, folder, clock, options));
  } catch (error) {
    await stop();
    throw error;
  }
  return { gateways, clock, stop };
}

async function startOne(
  backend: Backend,
  dataDir: string,
  manualClock: ManualClock | undefined,
  { settings = {}, log = () => {} }: GatewayOptions,
): Promise<TestGateway> {
  const given = { PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN, DATA_DIR: dataDir, ACCOUNTS_PER_HOUR: '100000' };
  const config = { ...readConfig({ ...given, ...settings }), tcpPort: 0, tcpTlsPort: 0 };
  const clock = manualClock ?? systemClock;
  const sink = new Writable({ write: (line: Buffer, _encoding, done) => (log(line.toString()), done()) });
  const logger = createLogger(config, sink);
  const limits = config.limits.store;
  const store = await backend.openStore({ dataDir, limits, clock, isClockManual: manualClock !== undefined });
  const server = await startServer({ config, store, clock, logger, adminToken: ADMIN_TOKEN });
  const { ports } = server;
  return {
    http: `http://127.0.0.1:${ports.http}`,
    ws: `ws://127.0.0.1:${ports.http}/ims`,
    tcp: { host: '127.0.0.1', port: ports.tcp! },
    admin: { url: `http://127.0.0.1:${ports.admin}`, token: ADMIN_TOKEN },
    clock: manualClock,
    store,
    async stop() {
      await server.close();
      await store.close();
    },
  };
}
