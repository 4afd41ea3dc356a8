/** Who asks for too much waits; who does not, never. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Pace } from '../../gateway/pace.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

test('so many at once, then one in a while, for each by itself', async () => {
  const clock = createManualClock();
  const pace = new Pace(clock, 3, 1_000);
  let done = 0;
  for (let i = 0; i < 5; i += 1) void pace.turn('alice').then(() => (done += 1));
  await turn();
  assert.equal(done, 3);
  await pace.turn('bob');
  clock.advance(1_000);
  await turn();
  assert.equal(done, 4);
  clock.advance(1_000);
  await turn();
  assert.equal(done, 5);
  clock.advance(3_000);
  for (let i = 0; i < 3; i += 1) await pace.turn('alice');
});
