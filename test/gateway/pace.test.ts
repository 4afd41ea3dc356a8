/** Who does too much is refused; who does not, never. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../gateway/pace.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

test('so many at once, then one in a while, for each by itself', () => {
  const clock = createManualClock();
  const pace = new Pace(clock, 3, 1_000);
  const take = (times: number) => Array.from({ length: times }, () => pace.take('alice'));
  assert.deepEqual(take(5), [true, true, true, false, false]);
  assert.ok(pace.take('bob'));
  clock.advance(1_000);
  assert.deepEqual(take(2), [true, false]);
  clock.advance(60_000);
  assert.deepEqual(take(4), [true, true, true, false]);
});
