/** The choice of store: each is loaded when chosen, since LMDB's and Redis' clients need not both be there. */

import { systemClock } from './clock.ts';
import { ConfigError, type Config } from './config.ts';
import type { Logger } from './log.ts';
import type { Store } from './store/store.ts';

/** Throws {@link ConfigError}, whose line begins with the setting that names the store. */
export async function openStore({ redisUrl, dataDir, limits, timing }: Config, logger: Logger): Promise<Store> {
  if (redisUrl !== undefined) {
    const { openRedisStore } = await import('./store/redis.ts');
    const { alive: aliveFor, storePatience: patience } = timing;
    return openRedisStore({ url: redisUrl, limits: limits.store, logger, aliveFor, patience }).catch(
      blame('REDIS_URL'),
    );
  }
  const { openEmbeddedStore } = await import('./store/embedded.ts');
  return openEmbeddedStore({ dataDir, limits: limits.store, clock: systemClock }).catch(blame('DATA_DIR'));
}

function blame(setting: 'REDIS_URL' | 'DATA_DIR'): (error: unknown) => never {
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(message.startsWith(setting) ? message : `${setting}: ${message}`);
  };
}
