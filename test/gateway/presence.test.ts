/** Who lives: a gateway that is only unknown, or late, is not dead. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Presence } from '../../gateway/presence.ts';
import type { Pulse, Store } from '../../gateway/store/store.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

const STATUSES = [
  { id: 0, name: 'Online' },
  { id: 3, name: 'Invisible' },
];

async function createStage() {
  const clock = createManualClock();
  const living = new Set(['here']);
  let beats = 0;
  const beat = async (): Promise<Pulse> => {
    beats += 1;
    return { living: new Set(living), dead: [], isBack: false, failoverAt: 0 };
  };
  const store = { beat, leave: async () => undefined } as Partial<Store> as Store;
  const logger = pino({ level: 'silent' });
  const timing = { beatInterval: 3_000, aliveFor: 12_000 };
  const presence = new Presence({ store, incarnation: 'here', clock, logger, ...timing, statuses: STATUSES });
  await presence.start();
  return { clock, living, presence, beats: () => beats };
}

const seen = (status: number, ...sessions: string[]) => {
  return { name: 'Bob', status, banned: false, sessions, since: 0, isBlocking: false };
};

test('what others see of a user', async () => {
  const { presence, living, beats } = await createStage();
  assert.equal(await presence.statusSeen(seen(0, 'here.1')), 0);
  assert.equal(await presence.statusSeen(seen(0)), -1);
  assert.equal(await presence.statusSeen(seen(3, 'here.1')), -1);
  assert.equal(await presence.statusSeen({ ...seen(0, 'here.1'), banned: true }), -1);
  assert.equal(await presence.statusSeen({ ...seen(0, 'here.1'), isBlocking: true }), -1);
  living.add('new');
  assert.equal(await presence.statusSeen(seen(0, 'new.1')), 0);
  const asked = beats();
  for (let n = 0; n < 5; n += 1) assert.equal(await presence.statusSeen(seen(0, 'gone.1')), -1);
  assert.equal(beats(), asked + 1);
});

test('sessions are closed for an incarnation that stays away, not for one that is unknown or late', async () => {
  const { clock, presence, living } = await createStage();
  living.add('new');
  const sessions = ['here.1', 'new.1', 'late.1', 'dead.1'];
  assert.deepEqual(await presence.findDead(sessions), []);
  clock.advance(3_000);
  living.add('late');
  clock.advance(3_000);
  await new Promise(setImmediate);
  assert.deepEqual(await presence.findDead(sessions), ['dead.1']);
});
