/** `kill -9` of the gateway, of Redis and of devices, while version 2 clients chat: what their screens show is whole. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import { Crowd } from './crowd.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_126);
/** How often each is killed, e.g. ROUNDS=20 before a release. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
/** Milliseconds that Redis stays away, by round. */
const AWAY = [200, 1500, 0];
const PACE = 10;
/** Milliseconds. */
const LIMIT = { timeout: 60_000 + ROUNDS * 10_000 };

async function expectWhole(context: TestContext, crowd: Crowd): Promise<void> {
  const { wrong, counts } = await crowd.settle();
  context.diagnostic(`${counts}; ${crowd.describe()}`);
  assert.deepEqual(wrong.slice(0, 20), []);
}

/** Messages, then the kill in the middle of more, and devices that lose their power. */
async function runAndKill(crowd: Crowd, random: Random, kill: () => Promise<void>): Promise<void> {
  await crowd.goOn(20 + random.int(40));
  await crowd.losePower();
  await Promise.all([kill(), sleep(random.int(100)).then(() => crowd.losePower())]);
  await crowd.goOn(30);
}

async function killGateways(context: TestContext, settings: NodeJS.ProcessEnv): Promise<void> {
  const random = createRandom(SEED);
  let gateway: GatewayProcess = await startGatewayProcess(settings);
  const crowd = new Crowd({ random, where: () => gateway, pace: PACE });
  try {
    await crowd.enter(gateway);
    crowd.chat();
    for (let round = 0; round < ROUNDS; round++) {
      await runAndKill(crowd, random, async () => {
        await gateway.kill9();
        gateway = await startGatewayProcess(settings);
      });
    }
    await expectWhole(context, crowd);
  } finally {
    await crowd.leave();
    await gateway.stop();
  }
}

test(`screens: the gateway is killed, embedded store (seed ${SEED})`, LIMIT, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-screens-'));
  try {
    await killGateways(context, { DATA_DIR: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test(`screens: the gateway is killed, Redis (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedis();
  try {
    await killGateways(context, { REDIS_URL: redis.url });
  } finally {
    await redis.stop();
  }
});

test(`screens: Redis is killed (seed ${SEED})`, LIMIT, async (context) => {
  // With everysec what Redis had answered could be lost with it.
  const redis = await startRedis({ args: ['--appendfsync', 'always'] });
  const random = createRandom(SEED);
  const gateway = await startGatewayProcess({ REDIS_URL: redis.url });
  const crowd = new Crowd({ random, where: () => gateway, pace: PACE });
  try {
    await crowd.enter(gateway);
    crowd.chat();
    for (let round = 0; round < ROUNDS; round++) {
      await runAndKill(crowd, random, async () => {
        await redis.kill9();
        await sleep(AWAY[round % AWAY.length]);
        await redis.restart();
      });
    }
    await expectWhole(context, crowd);
  } finally {
    await crowd.leave();
    await gateway.stop();
    await redis.stop();
  }
});
