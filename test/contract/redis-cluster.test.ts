/** The store's contract on Redis Cluster: three masters, each with a replica. */

import { after, before } from 'node:test';
import { openRedisStore } from '../../gateway/store/redis.ts';
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts';
import { storeContract } from './store.ts';

let cluster: RedisCluster;
before(async () => {
  cluster = await startRedisCluster();
});
after(() => cluster.stop());

storeContract('redis cluster', async (limits) => {
  await cluster.flush();
  const store = await openRedisStore({ url: cluster.url, limits });
  return { store, close: () => store.close() };
});
