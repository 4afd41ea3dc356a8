/** What the gateways of a test keep everything in: a store of this process, or a Redis or Redis Cluster of its own. */

import type { Clock } from '../../gateway/clock.ts';
import type { Store, StoreLimits } from '../../gateway/store/store.ts';

export type StoreKind = 'memory' | 'embedded' | 'redis' | 'cluster';

export interface Backend {
  /** For one gateway more, with what it keeps. */
  openStore(options: BackendOptions): Promise<Store>;
  /** Ends what was started. The gateways have closed their stores. */
  stop(): Promise<void>;
}

export interface BackendOptions {
  /** For the embedded store. */
  readonly dataDir: string;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  readonly isClockManual: boolean;
}

export async function startBackend(kind: StoreKind): Promise<Backend> {
  if (kind === 'memory' || kind === 'embedded') return createLocalBackend(kind);
  const server = kind === 'redis' ? await startSingle() : await startCluster();
  return {
    async openStore({ limits, isClockManual }) {
      const { openRedisStore } = await import('../../gateway/store/redis.ts');
      // Who lives is judged by the store's clock: a gateway whose own stands still beats seldom.
      return openRedisStore({ url: server.url, limits, ...(isClockManual && { aliveFor: 3_600_000 }) });
    },
    stop: () => server.stop(),
  };
}

async function startSingle() {
  const { startRedis } = await import('./redis.ts');
  return startRedis();
}

async function startCluster() {
  const { startRedisCluster } = await import('./redis-cluster.ts');
  return startRedisCluster();
}

/** The first gateway's options are those of the store, which all share. */
function createLocalBackend(kind: 'memory' | 'embedded'): Backend {
  let opened: Promise<{ store: Store; share: () => Store }> | undefined;

  async function open({ dataDir, clock, limits }: BackendOptions) {
    const { shareStore } = await import('./shared-store.ts');
    const store = await (kind === 'memory'
      ? import('../../gateway/store/memory.ts').then(({ createMemoryStore }) => createMemoryStore({ clock, limits }))
      : import('../../gateway/store/embedded.ts').then(({ openEmbeddedStore }) =>
          openEmbeddedStore({ dataDir, clock, limits }),
        ));
    return { store, share: shareStore(store) };
  }

  return {
    async openStore(options) {
      return (await (opened ??= open(options))).share();
    },
    async stop() {
      await (await opened)?.store.close();
      opened = undefined;
    },
  };
}
