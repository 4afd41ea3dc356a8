/** A Redis Cluster fails over and moves slots under traffic: nobody stays deaf, nothing that was answered is lost. */

import { after, before, describe, test } from 'node:test';
import { INCARNATIONS, userKeys } from '../../gateway/store/keys.ts';
import { startRedisCluster, type ClusterNode, type RedisCluster } from '../helpers/redis-cluster.ts';
import { chatThrough, LIMIT, startTwoGateways } from './failover-chat.ts';
import type { GatewayProcess } from './gateway-process.ts';

describe('Redis Cluster', () => {
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

  test('a master is killed: that of the heartbeats', LIMIT, async (context) => {
    let master: ClusterNode | undefined;
    await chatThrough(context, gateways, {
      async strike() {
        await cluster.waitUntilWhole();
        master = await cluster.masterOf(INCARNATIONS);
        await master.kill9();
        await cluster.waitForFailover(master);
      },
      comeBack: async () => master?.restart(),
    });
  });

  test('a master is frozen, and comes back as it was as soon as another has its place', LIMIT, async (context) => {
    await chatThrough(context, gateways, {
      async strike({ talkers }) {
        await cluster.waitUntilWhole();
        const master = await cluster.masterOf(userKeys(talkers[0]!).account);
        master.freeze();
        await cluster.waitForFailover(master);
        // What it was sent meanwhile it answers now, and forgets: the other user's log has it.
        master.thaw();
      },
    });
  });

  test('slots move: of all users, and of the heartbeats', LIMIT, async (context) => {
    await chatThrough(context, gateways, {
      async strike({ users }) {
        await cluster.waitUntilWhole();
        for (const user of users) await cluster.moveSlot(userKeys(user).account);
        await cluster.moveSlot(INCARNATIONS);
      },
    });
  });
});
