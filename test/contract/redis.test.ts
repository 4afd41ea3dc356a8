/** The store's contract on Redis. */

import { after, before } from 'node:test';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../gateway/store/redis.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis.ts';
import { storeContract } from './store.ts';

let server: RedisServer;
before(async () => {
  server = await startRedis();
});
after(() => server.stop());

storeContract('redis', async (limits) => {
  const redis = new Redis(server.url);
  await redis.flushall();
  redis.disconnect();
  const store = await openRedisStore({ url: server.url, limits });
  return { store, close: () => store.close() };
});
