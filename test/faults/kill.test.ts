/** `kill -9` in the middle of traffic, of the gateway and of Redis: nothing that was answered is lost. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { Traffic, type Addresses } from './traffic.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_122);
const ROUNDS = 3;
/** Milliseconds that Redis stays away, by round: retries bridge a moment, and not more. */
const AWAY = [0, 500, 4000];
/** Milliseconds. */
const LIMIT = { timeout: 60_000 };

/** Lets the traffic run until so many documents are answered, kills, and lets it go on as long if it can. */
async function runAndKill(
  traffic: Traffic,
  addresses: Addresses,
  answers: number,
  kill: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  const running = traffic.run(addresses).finally(() => (isOver = true));
  while (traffic.answered < answers && !isOver) await sleep(1);
  assert.ok(!isOver, 'the traffic runs until the kill');
  await kill();
  while (traffic.answered < 2 * answers && !isOver) await sleep(1);
  traffic.stop();
  await running;
}

/** Nothing missing that had been answered: messages, invitations, friends, status. */
async function expectAllThere(context: TestContext, traffic: Traffic, addresses: Addresses): Promise<void> {
  const { history } = traffic;
  await traffic.collect(addresses);
  const counts = history.describe();
  context.diagnostic(counts);
  assert.deepEqual(history.check().slice(0, 20), []);
  assert.equal(history.count('fail'), 0);
  const facts = history.operations.filter(({ kind, state }) => kind === 'write' && state === 'ok');
  assert.ok(history.count('ok') > 100 && facts.length > 10, `${counts}, ${facts.length} facts`);
}

async function killGateways(context: TestContext, settings: NodeJS.ProcessEnv): Promise<void> {
  const random = createRandom(SEED);
  const traffic = new Traffic(random);
  let gateway: GatewayProcess = await startGatewayProcess(settings);
  try {
    await traffic.prepare(gateway);
    for (let round = 0; round < ROUNDS; round++) {
      await runAndKill(traffic, gateway, 100 + random.int(150), () => gateway.kill9());
      gateway = await startGatewayProcess(settings);
    }
    await expectAllThere(context, traffic, gateway);
  } finally {
    await gateway.stop();
  }
}

test(`the gateway is killed, embedded store (seed ${SEED})`, LIMIT, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-kill-'));
  try {
    await killGateways(context, { DATA_DIR: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test(`the gateway is killed, Redis (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedis();
  try {
    await killGateways(context, { REDIS_URL: redis.url });
  } finally {
    await redis.stop();
  }
});

test(`Redis is killed (seed ${SEED})`, LIMIT, async (context) => {
  // With everysec a write may wait two seconds for a running fsync, and a reply does not: what Redis had answered
  // would be lost with it.
  const redis = await startRedis({ args: ['--appendfsync', 'always'] });
  const random = createRandom(SEED);
  const traffic = new Traffic(random);
  const gateway = await startGatewayProcess({ REDIS_URL: redis.url });
  try {
    await traffic.prepare(gateway);
    for (const away of AWAY) {
      await runAndKill(traffic, gateway, 100 + random.int(150), async () => {
        await redis.kill9();
        await sleep(away);
        await redis.restart();
      });
    }
    await expectAllThere(context, traffic, gateway);
  } finally {
    await gateway.stop();
    await redis.stop();
  }
});
