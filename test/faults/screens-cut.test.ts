/** Connections are cut at any byte, between clients and gateway and between gateway and Redis: what screens show is whole. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import type { Addresses } from './classic-client.ts';
import { Crowd } from './crowd.ts';
import { CutCount, startCutProxy } from './cut-proxy.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { startToxicProxy, type ToxicPlan } from './toxic-proxy.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_127);
/** More before a release. */
const CUTS = Number(process.env['CUTS'] ?? 80);
const REDIS_CUTS = CUTS / 4;
/** Milliseconds for all cuts. */
const WITHIN = 20_000 + 200 * CUTS;
const LIMIT = { timeout: 2 * WITHIN + 60_000 };
const PACE = 40;
/** Bytes after which a client's connection is cut, at most. */
const MOST = 20_000;
/** One cut in so many is a silence. */
const SILENT = 8;
/** How likely an answer of Redis is cut. */
const LIKELIHOOD = 0.02;

async function expectWhole(context: TestContext, crowd: Crowd, cuts: string): Promise<void> {
  const { wrong, counts } = await crowd.settle();
  context.diagnostic(`${cuts}; ${counts}; ${crowd.describe()}`);
  assert.deepEqual(wrong.slice(0, 20), []);
}

/** Lets devices lose their power until all that was to be cut is. */
async function waitForCuts(crowd: Crowd, isEnough: () => boolean): Promise<void> {
  for (const end = Date.now() + WITHIN; !isEnough() && Date.now() < end;) {
    await sleep(300);
    await crowd.losePower();
  }
  assert.ok(isEnough(), `not enough was cut: ${crowd.describe()}`);
}

/** Two proxies before a gateway: one for each transport. */
async function startToxicProxies({ http, tcp }: Addresses, plan: ToxicPlan) {
  const web = await startToxicProxy(() => Number(new URL(http).port), plan);
  const native = await startToxicProxy(() => tcp.port, plan);
  return {
    addresses: { ws: `ws://127.0.0.1:${web.port}/ims`, tcp: { host: '127.0.0.1', port: native.port } },
    countCuts: () => web.cuts + native.cuts,
    describe: () => `${web.cuts + native.cuts} cuts, ${web.silences + native.silences} of them silent`,
    close: async () => void (await Promise.all([web.close(), native.close()])),
  };
}

test(`screens: connections of clients are cut (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedis();
  const random = createRandom(SEED);
  let mostBytes: number | undefined;
  const gateway = await startGatewayProcess({ REDIS_URL: redis.url });
  const network = await startToxicProxies(gateway, { random, mostBytes: () => mostBytes, silentEvery: SILENT });
  const crowd = new Crowd({ random, where: () => network.addresses, pace: PACE });
  try {
    await crowd.enter(gateway);
    crowd.chat();
    mostBytes = MOST;
    await waitForCuts(crowd, () => network.countCuts() >= CUTS);
    mostBytes = undefined;
    await expectWhole(context, crowd, network.describe());
  } finally {
    await crowd.leave();
    await network.close();
    await gateway.stop();
    await redis.stop();
  }
});

test(`screens: answers of Redis are cut (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedis();
  const random = createRandom(SEED);
  const count = new CutCount();
  let likelihood = 0;
  const proxy = await startCutProxy(redis.port, { random, likelihood: () => likelihood }, count);
  const gateway = await startGatewayProcess({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
  const crowd = new Crowd({ random, where: () => gateway, pace: 10 });
  try {
    await crowd.enter(gateway);
    crowd.chat();
    likelihood = LIKELIHOOD;
    await waitForCuts(crowd, () => count.cuts >= REDIS_CUTS);
    likelihood = 0;
    await expectWhole(context, crowd, count.describe());
  } finally {
    await crowd.leave();
    await gateway.stop();
    await proxy.close();
    await redis.stop();
  }
});
