/** A whole gateway in this process, for tests: on the store of choice, with a manual clock where wanted. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { systemClock } from '../../gateway/clock.ts';
import { readConfig } from '../../gateway/config.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer } from '../../gateway/server.ts';
import type { Store } from '../../gateway/store/store.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export type StoreKind = 'memory' | 'embedded' | 'redis';

export interface GatewayOptions {
  /** `memory` unless told otherwise; `redis` starts a server of its own. */
  readonly store?: StoreKind;
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

const ADMIN_TOKEN = 'a-token-for-tests-not-a-secret';

/** Starts a gateway on free ports of 127.0.0.1; the caller stops it. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-'));
  const settings = {
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_TOKEN,
    DATA_DIR: folder,
    ACCOUNTS_PER_HOUR: '100000',
    ...options.settings,
  };
  const config = { ...readConfig(settings), tcpPort: 0, tcpTlsPort: 0 };
  const clock = options.isClockManual ? createManualClock() : undefined;
  const { log = () => {} } = options;
  const sink = new Writable({ write: (line: Buffer, _encoding, done) => (log(line.toString()), done()) });
  const logger = createLogger(config, sink);
  const { store, closeStore } = await openStore(options.store ?? 'memory', folder, config.limits.store, clock);
  const gateway = await startServer({ config, store, clock: clock ?? systemClock, logger, adminToken: ADMIN_TOKEN });
  const { ports } = gateway;
  return {
    http: `http://127.0.0.1:${ports.http}`,
    ws: `ws://127.0.0.1:${ports.http}/ims`,
    tcp: { host: '127.0.0.1', port: ports.tcp! },
    admin: { url: `http://127.0.0.1:${ports.admin}`, token: ADMIN_TOKEN },
    clock,
    store,
    async stop() {
      // Connections linger by the clock: a manual one must move for them to end.
      const moving = setInterval(() => clock?.advance(500), 5);
      await gateway.close();
      clearInterval(moving);
      await closeStore();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openStore(
  kind: StoreKind,
  dataDir: string,
  limits: Parameters<typeof import('../../gateway/store/memory.ts').createMemoryStore>[0]['limits'],
  clock = systemClock,
): Promise<{ store: Store; closeStore: () => Promise<void> }> {
  if (kind === 'memory') {
    const { createMemoryStore } = await import('../../gateway/store/memory.ts');
    const store = createMemoryStore({ clock, limits });
    return { store, closeStore: () => store.close() };
  }
  if (kind === 'embedded') {
    const { openEmbeddedStore } = await import('../../gateway/store/embedded.ts');
    const store = await openEmbeddedStore({ dataDir, clock, limits });
    return { store, closeStore: () => store.close() };
  }
  const { openRedisStore } = await import('../../gateway/store/redis.ts');
  const { startRedis } = await import('./redis.ts');
  const redis = await startRedis();
  const store = await openRedisStore({ url: redis.url, limits });
  return {
    store,
    async closeStore() {
      await store.close();
      await redis.stop();
    },
  };
}
