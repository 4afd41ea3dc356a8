/** The history checker catches bugs: each is planted in a copy of the gateway, and the scenario without it is clean. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createRandom } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { describe, type History } from './history.ts';
import { BUGS } from './planted-bugs.ts';
import { plant } from './planted-gateway.ts';
import { SCENARIOS, type ScenarioName } from './planted-scenarios.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_123);
/** Milliseconds. */
const LIMIT = { timeout: 60_000 };

/** Plays the scenario on a new Redis with gateways that run this program, or the one of this build. */
async function perform(name: ScenarioName, main?: string): Promise<History> {
  const redis = await startRedis();
  const gateways: GatewayProcess[] = [];
  const start = async (settings: NodeJS.ProcessEnv = {}): Promise<GatewayProcess> => {
    const gateway = await startGatewayProcess({ REDIS_URL: redis.url, ...settings }, main);
    gateways.push(gateway);
    return gateway;
  };
  try {
    return await SCENARIOS[name]({ redis, random: createRandom(SEED), start });
  } finally {
    // Nothing is expected of them any more, and an end in order takes its time.
    await Promise.all(gateways.map((gateway) => gateway.kill9()));
    await redis.stop();
  }
}

for (const scenario of Object.keys(SCENARIOS) as ScenarioName[]) {
  test(`${scenario}: all is well (seed ${SEED})`, LIMIT, async () => {
    const history = await perform(scenario);
    assert.deepEqual(history.check().slice(0, 5), []);
    assert.ok(
      history.operations.some(({ state }) => state === 'ok'),
      'something was answered',
    );
  });
}

for (const { name, scenario, expected, ...change } of BUGS) {
  test(`${name}: ${expected}, when ${scenario} (seed ${SEED})`, LIMIT, async (context: TestContext) => {
    const planted = await plant(change);
    try {
      const violations = (await perform(scenario, planted.main)).violations();
      const found = violations.find(({ kind }) => kind === expected);
      assert.ok(found, `not caught; what was: ${violations.map(({ kind }) => kind).join(', ') || 'nothing'}`);
      context.diagnostic(`${violations.length} violations, one as expected:`);
      for (const line of describe(found).split('\n')) context.diagnostic(line);
    } finally {
      await planted.remove();
    }
  });
}

test('bugs of every kind were planted', () => {
  const kinds = new Set(BUGS.map(({ expected }) => expected));
  assert.deepEqual([...kinds].sort(), ['duplicate', 'late', 'lost', 'order', 'phantom']);
});
