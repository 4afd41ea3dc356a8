/** A replica takes the place of a master while version 2 clients chat: what their screens show at last is whole. */

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { userKeys } from '../../gateway/store/keys.ts';
import { createRandom } from '../helpers/random.ts';
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts';
import { cutReplication, mendReplication } from '../helpers/redis-control.ts';
import { startRedisSentinel } from '../helpers/redis-sentinel.ts';
import { createCast } from '../transcripts/cast.ts';
import { Crowd } from './crowd.ts';
import { LIMIT, startTwoGateways } from './failover-chat.ts';
import type { GatewayProcess } from './gateway-process.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_130);
const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
const PACE = 4;
/** Messages before and after each failover, and those that a replica never gets. */
const SOME = 40;
/** Milliseconds in which messages are answered again. */
const PATIENCE = 45_000;
const USERS = ['ann', 'ben', 'cid'];

/** Resolves when another has the place of a server that these users need; gives what brings that one back. */
type Strike = (crowd: Crowd) => Promise<() => Promise<void>>;

/** Each user has a device at each of two gateways; in the middle of it all a master dies. */
async function chatThrough(context: TestContext, gateways: readonly GatewayProcess[], strike: Strike): Promise<Crowd> {
  // In a cluster the masters take turns.
  const cast = createCast(USERS, 'apart');
  const users = USERS.map((role) => cast.name(role));
  const where = () => ({ tcp: gateways[0]!.tcp, ws: gateways[1]!.ws });
  const crowd = new Crowd({ random: createRandom(SEED), where, users, pace: PACE, calm: 3 });
  try {
    await crowd.enter(gateways[0]!);
    crowd.chat();
    for (let round = 0; round < ROUNDS; round++) {
      await crowd.goOn(SOME);
      const [comeBack] = await Promise.all([strike(crowd), crowd.losePower()]);
      await crowd.goOn(SOME, PATIENCE).finally(comeBack);
    }
    const { wrong, counts } = await crowd.settle(true);
    context.diagnostic(`${counts}; ${crowd.describe()}`);
    assert.deepEqual(wrong.slice(0, 20), []);
    return crowd;
  } catch (error) {
    for (const { log } of gateways) context.diagnostic(`a gateway's last words:\n${log.slice(-4_000)}`);
    throw error;
  } finally {
    await crowd.leave();
  }
}

describe('screens, Redis Cluster', () => {
  let cluster: RedisCluster;
  let gateways: GatewayProcess[];

  before(async () => {
    cluster = await startRedisCluster();
    gateways = await startTwoGateways(cluster.url);
  });
  after(async () => {
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
    await cluster?.stop();
  });

  test(`a master is killed that its replica did not follow any more (seed ${SEED})`, LIMIT, async (context) => {
    const { devices } = await chatThrough(context, gateways, async (crowd) => {
      await cluster.waitUntilWhole();
      const master = await cluster.masterOf(userKeys(crowd.users[0]!).account);
      const replica = await cluster.replicaOf(master);
      await cutReplication(master.client, replica.client);
      await crowd.goOn(SOME);
      await master.kill9();
      await cluster.waitForFailover(master);
      await mendReplication(replica.client);
      return () => master.restart();
    });
    assert.ok(
      devices.some(({ comparisons }) => comparisons > 0),
      'a log lost its tail, and devices compared',
    );
  });
});

test(`screens: a master with sentinels is killed (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedisSentinel();
  const gateways: GatewayProcess[] = [];
  try {
    gateways.push(...(await startTwoGateways(redis.url)));
    await chatThrough(context, gateways, async () => {
      await redis.waitUntilWhole();
      const lost = await redis.kill9Master();
      await redis.waitForFailover(lost);
      return () => lost.restart();
    });
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await redis.stop();
  }
});
