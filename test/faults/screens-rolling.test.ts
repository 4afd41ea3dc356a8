/** A rolling restart under 200 version 2 clients: nothing lost, doubled or out of order, and nobody without a connection. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RollingRestart } from './screens-rolling.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_128);

test(`screens: a rolling restart (seed ${SEED})`, { timeout: 240_000 }, async (context) => {
  const rolling = await RollingRestart.start(SEED);
  try {
    await rolling.restartAll();
    const { wrong, gaps, unmoved, counts } = await rolling.finish();
    context.diagnostic(counts);
    assert.deepEqual(wrong.slice(0, 20), []);
    assert.deepEqual(gaps.slice(0, 20), []);
    assert.deepEqual(unmoved, []);
  } finally {
    await rolling.stop();
  }
});
