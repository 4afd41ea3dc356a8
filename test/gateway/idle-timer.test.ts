/** Who is silent is cut off, but not for time in which the gateway itself stood still. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../gateway/clock.ts';
import { IdleTimer } from '../../gateway/idle-timer.ts';

/** A clock that runs one timer when the test says so, however late. */
function createStage() {
  let now = 0;
  let due: (() => void) | undefined;
  let expired = 0;
  const clock = {
    now: () => now,
    after: (_ms: number, action: () => void) => ((due = action), { cancel: () => (due = undefined) }),
  } as unknown as Clock;
  const timer = new IdleTimer(clock, 15_000, () => (expired += 1));
  const runAt = (time: number): number => {
    now = time;
    due!();
    return expired;
  };
  return { timer, runAt };
}

test('nothing received for the allotted time', () => {
  const { runAt } = createStage();
  assert.equal(runAt(15_000), 1);
});

test('a process that stood still reads first what came meanwhile', () => {
  const { timer, runAt } = createStage();
  assert.equal(runAt(40_000), 0);
  timer.received();
  assert.equal(runAt(41_000), 0);
  assert.equal(runAt(55_000), 1);
});

test('held as often as it was not released', () => {
  const { timer, runAt } = createStage();
  timer.hold();
  timer.hold();
  timer.release();
  assert.equal(runAt(15_000), 0);
  timer.release();
  assert.equal(runAt(30_000), 1);
});
