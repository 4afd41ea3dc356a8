/** A gateway whose answers of Redis are cut while clients chat: none of them notices. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import { CutCount, startCutProxy } from './cut-proxy.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { Traffic } from './traffic.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_125);
const CUTS = 60;
/** How likely an answer is cut: clients should get somewhere between two cuts. */
const LIKELIHOOD = 0.03;
/** Milliseconds for all cuts. */
const WITHIN = 60_000;

test(`clients chat while answers of Redis are cut (seed ${SEED})`, { timeout: 120_000 }, async (context) => {
  const redis = await startRedis();
  const random = createRandom(SEED);
  const count = new CutCount();
  let likelihood = 0;
  const proxy = await startCutProxy(redis.port, { random, likelihood: () => likelihood }, count);
  const gateway = await startGatewayProcess({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
  try {
    const traffic = new Traffic(random);
    await traffic.prepare(gateway);
    likelihood = LIKELIHOOD;
    const running = traffic.run(gateway);
    for (const end = Date.now() + WITHIN; count.cuts < CUTS && Date.now() < end;) await sleep(10);
    likelihood = 0;
    traffic.stop();
    await running;
    await traffic.collect(gateway);
    const { history } = traffic;
    const states = (['ok', 'fail', 'unknown'] as const).map((state) => `${history.count(state)} ${state}`).join(', ');
    context.diagnostic(`${states}; ${count.describe()}`);
    assert.deepEqual(history.check().slice(0, 20), []);
    assert.ok(count.cuts >= CUTS && history.count('ok') > CUTS, `${states}; ${count.describe()}`);
    // No connection was closed for an answer that was late.
    assert.equal(history.count('unknown') + history.count('fail'), 0, states);
  } finally {
    await gateway.stop();
    await proxy.close();
    await redis.stop();
  }
});
