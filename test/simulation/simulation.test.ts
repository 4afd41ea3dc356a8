/** Some hundred runs of the simulation: all is well in each, and each can be had again from its seed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRun } from './describe.ts';
import { simulate } from './simulate.ts';

/** Seeds, and the milliseconds in which as many are run as there is time for. */
const FROM = Number(process.env['SIMULATION_FROM'] ?? 1);
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 120);
const BUDGET = 15_000;
/** Of them are run in any case. */
const LEAST = 30;

test('the same seed gives the same run', { timeout: 60_000 }, async () => {
  for (const seed of [3, 4]) {
    const first = await simulate(seed);
    const second = await simulate(seed);
    assert.equal(second.hash, first.hash);
    assert.deepEqual(second.trace, first.trace);
  }
});

test(
  'whatever breaks, all screens, logs, marks and friends are right in the end',
  { timeout: 240_000 },
  async (context) => {
    const begun = performance.now();
    let [runs, messages] = [0, 0];
    for (; runs < SEEDS && (runs < LEAST || performance.now() - begun < BUDGET); runs += 1) {
      const run = await simulate(FROM + runs);
      assert.equal(run.violations.length, 0, `\n${describeRun(run)}`);
      messages += run.messages;
    }
    context.diagnostic(`${runs} runs from seed ${FROM} with ${messages} messages`);
  },
);
