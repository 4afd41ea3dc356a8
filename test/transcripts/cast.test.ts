/** Where a cast's users lie in a Redis Cluster. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userKeys } from '../../gateway/store/keys.ts';
import { shareSlots, slotOf, SLOTS } from '../helpers/redis-slots.ts';
import { createCast } from './cast.ts';

const NAMES = ['Alice', 'bob', 'carol', 'dave', 'x'.repeat(32)];

function slotsOf(slots: 'any' | 'shared' | 'apart'): number[] {
  const cast = createCast(NAMES, slots);
  for (const name of NAMES) assert.equal(cast.name(name).length, Math.min(name.length + 10, 32));
  return NAMES.map((name) => slotOf(userKeys(cast.name(name).toLowerCase()).account));
}

test('slots as Redis has them', () => {
  // As CLUSTER KEYSLOT answers: the first brace that closes again counts, and not when nothing is between.
  const slots = {
    '123456789': 12_739,
    '{user1000}.following': 3_443,
    'foo{}{bar}': 8_363,
    'foo{{bar}}zap': 4_015,
    'foo{bar}{zap}': 5_061,
    'a}{b}': 3_300,
    '{b': 6_215,
  };
  for (const [key, slot] of Object.entries(slots)) assert.equal(slotOf(key), slot, key);
  assert.deepEqual(
    shareSlots(3).map(([first, last]) => last - first + 1),
    [5_461, 5_461, SLOTS - 2 * 5_461],
  );
});

test('users who share a slot, and users on different masters', () => {
  assert.equal(new Set(slotsOf('shared')).size, 1);
  const masters = slotsOf('apart').map((slot) =>
    shareSlots(3).findIndex(([first, last]) => first <= slot && slot <= last),
  );
  assert.deepEqual(masters, [0, 1, 2, 0, 1]);
});
