/** Answers of a Redis Cluster that never reach the gateway: what the cut test shows of one Redis, for three masters. */

import { test } from 'node:test';
import { startRedisCluster } from '../helpers/redis-cluster.ts';
import { KINDS, PLAYS } from './cut-plays.ts';
import { SPARED, startCutProxy, type CutProxy } from './cut-proxy.ts';
import { CutStage } from './cut-stage.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_124);

test(`300 answers of a cluster are cut (seed ${SEED})`, { timeout: 240_000 }, async (context) => {
  const stage = new CutStage({ cuts: 300, each: 6, kinds: KINDS, stores: 6, seed: SEED, within: 150_000 });
  const { plan, count } = stage;
  const proxies: CutProxy[] = [];
  // The nodes tell of their proxies, so that whoever asks where a slot is is led there.
  const announce = async (port: number): Promise<number> => {
    const proxy = await startCutProxy(port, plan, count);
    proxies.push(proxy);
    return proxy.port;
  };
  const cluster = await startRedisCluster({ replicas: 0, announce });
  try {
    for (const { client } of cluster.nodes) {
      await client.call('ACL', 'SETUSER', SPARED, 'on', '>open', '~*', '&*', '+@all');
    }
    await stage.open(cluster.url.replace('//', `//${SPARED}:open@`), cluster.url);
    await stage.perform(PLAYS, 4);
    context.diagnostic(count.describe());
    stage.verify();
  } finally {
    await stage.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await cluster.stop();
  }
});
