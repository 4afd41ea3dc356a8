/** Sentinels put a replica in a master's place under traffic: nobody stays deaf, nothing that was answered is lost. */

import { after, before, describe, test } from 'node:test';
import { startRedisSentinel, type RedisSentinel, type SentinelNode } from '../helpers/redis-sentinel.ts';
import { chatThrough, LIMIT, startTwoGateways } from './failover-chat.ts';
import type { GatewayProcess } from './gateway-process.ts';

describe('Redis with sentinels', () => {
  let redis: RedisSentinel;
  let gateways: GatewayProcess[];

  before(async () => {
    redis = await startRedisSentinel();
    gateways = await startTwoGateways(redis.url);
  });
  after(async () => {
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
    await redis?.stop();
  });

  test('the master is killed', LIMIT, async (context) => {
    let lost: SentinelNode | undefined;
    await chatThrough(context, gateways, {
      async strike() {
        await redis.waitUntilWhole();
        lost = await redis.kill9Master();
        await redis.waitForFailover(lost);
      },
      comeBack: async () => lost?.restart(),
    });
  });

  test('the master is frozen, and comes back as it was when another has its place', LIMIT, async (context) => {
    let lost: SentinelNode | undefined;
    await chatThrough(context, gateways, {
      async strike() {
        await redis.waitUntilWhole();
        lost = await redis.freezeMaster();
        await redis.waitForFailover(lost);
      },
      // Not sooner: until its sentinels are heard, what a master that wakes up answers is lost from both users' logs at
      // once. In a cluster the other log has it.
      comeBack: async () => lost?.thaw(),
    });
  });
});
