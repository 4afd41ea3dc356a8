/** The store's contract: which gateways live, which are dead, and who cleans up after those. */

import assert from 'node:assert/strict';
import type { Check, Stage } from './store-stage.ts';

/** What an incarnation is told by a beat: who lives, who is dead, both sorted, and whether it is back. */
async function beat({ store }: Stage, incarnation: string) {
  const { living, dead, isBack } = await store.beat(incarnation);
  return { living: [...living].sort(), dead: [...dead].sort(), isBack };
}

/** Incarnations that live, each with users of its own, of which `dead` then leave without a word to those. */
async function leaveBehind(stage: Stage, living: readonly string[], dead: readonly string[]): Promise<void> {
  for (const incarnation of [...living, ...dead]) {
    await stage.store.beat(incarnation);
    await stage.addUsers(`bob.${incarnation}`, `amy.${incarnation}`);
    await stage.open(`bob.${incarnation}`, `${incarnation}.1`);
    await stage.open(`amy.${incarnation}`, `${incarnation}.2`);
  }
  for (const incarnation of dead) await stage.store.leave(incarnation);
}

async function cleanUp({ store }: Stage, dead: string): Promise<void> {
  for (const user of await store.listUsers(dead)) await store.closeIncarnation(user, dead);
  await store.bury(dead);
}

export function checkIncarnations(check: Check, hasClock: boolean): void {
  check('an incarnation that beats lives, until it leaves', async (stage) => {
    const { store } = stage;
    assert.deepEqual(await beat(stage, 'one'), { living: ['one'], dead: [], isBack: true });
    assert.deepEqual(await beat(stage, 'two'), { living: ['one', 'two'], dead: [], isBack: true });
    assert.deepEqual(await beat(stage, 'one'), { living: ['one', 'two'], dead: [], isBack: false });
    await store.leave('one');
    await store.leave('one');
    await store.leave('never heard of');
    assert.deepEqual(await beat(stage, 'two'), { living: ['two'], dead: [], isBack: false });
    assert.deepEqual(await beat(stage, 'one'), { living: ['one', 'two'], dead: [], isBack: true });
  });

  check('each beat says when the store failed over last, if ever', async (stage) => {
    const { failoverAt } = await stage.store.beat('one');
    assert.ok(Number.isSafeInteger(failoverAt) && failoverAt >= 0, `${failoverAt}`);
    assert.equal((await stage.store.beat('two')).failoverAt, failoverAt);
  });

  check('who leaves with users listed is dead at once; what it held stays until it is cleaned up', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one'], ['two']);
    assert.deepEqual(await beat(stage, 'one'), { living: ['one'], dead: ['two'], isBack: false });
    assert.deepEqual([...(await store.listUsers('two'))].sort(), ['amy.two', 'bob.two']);
    assert.deepEqual(await stage.seenSessions('bob.two'), ['two.1']);
    await cleanUp(stage, 'two');
    assert.deepEqual(await beat(stage, 'one'), { living: ['one'], dead: [], isBack: false });
    assert.deepEqual(await store.listUsers('two'), []);
    assert.deepEqual(await stage.seenSessions('bob.two'), []);
    assert.deepEqual(await stage.seenSessions('bob.one'), ['one.1']);
  });

  check('who leaves after its users is forgotten', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one', 'two'], []);
    for (const name of ['bob', 'amy']) await store.closeSessions(`${name}.two`, ['two.1', 'two.2']);
    await store.leave('two');
    assert.deepEqual(await beat(stage, 'one'), { living: ['one'], dead: [], isBack: false });
    assert.equal(await store.claim('two', 'one'), false);
  });

  check('one alone claims a dead one, and may ask again', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one', 'two', 'three'], ['four', 'five']);
    const claims = await Promise.all(['one', 'two', 'three'].map((by) => store.claim('four', by)));
    assert.equal(claims.filter(Boolean).length, 1, `${claims}`);
    const holder = ['one', 'two', 'three'][claims.indexOf(true)]!;
    for (const by of ['one', 'two', 'three']) assert.equal(await store.claim('four', by), by === holder);
    // Another dead one has a claim of its own.
    const other = holder === 'one' ? 'two' : 'one';
    assert.equal(await store.claim('five', other), true);
    assert.equal(await store.claim('five', holder), false);
  });

  check('a claim goes to another one when its holder is dead itself', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one', 'two', 'three'], ['four']);
    assert.equal(await store.claim('four', 'two'), true);
    assert.equal(await store.claim('four', 'one'), false);
    await store.leave('two');
    assert.equal(await store.claim('four', 'one'), true);
    assert.equal(await store.claim('four', 'three'), false);
    assert.equal(await store.claim('two', 'three'), true);
  });

  check('nobody claims one that lives, that nobody knows, or that is buried', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one', 'two'], ['three']);
    assert.equal(await store.claim('two', 'one'), false);
    assert.equal(await store.claim('never heard of', 'one'), false);
    assert.equal(await store.claim('three', 'one'), true);
    await cleanUp(stage, 'three');
    for (const by of ['one', 'two']) assert.equal(await store.claim('three', by), false);
    await store.bury('three');
    await store.bury('never heard of');
    assert.deepEqual(await beat(stage, 'one'), { living: ['one', 'two'], dead: [], isBack: false });
  });

  check('one that was taken for dead and beats again is back, and is not buried', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one'], ['two']);
    assert.equal(await store.claim('two', 'one'), true);
    assert.deepEqual(await beat(stage, 'two'), { living: ['one', 'two'], dead: [], isBack: true });
    assert.equal(await store.claim('two', 'one'), false);
    await store.bury('two');
    assert.deepEqual(await beat(stage, 'one'), { living: ['one', 'two'], dead: [], isBack: false });
    assert.deepEqual(await beat(stage, 'two'), { living: ['one', 'two'], dead: [], isBack: false });
    assert.deepEqual([...(await store.listUsers('two'))].sort(), ['amy.two', 'bob.two']);
  });

  check('one that is back after it was buried may die and be claimed anew', async (stage) => {
    const { store } = stage;
    await leaveBehind(stage, ['one', 'two'], ['three']);
    assert.equal(await store.claim('three', 'one'), true);
    await cleanUp(stage, 'three');
    assert.equal((await beat(stage, 'three')).isBack, true);
    await stage.open('bob.three', 'three.1');
    await store.leave('three');
    assert.deepEqual((await beat(stage, 'two')).dead, ['three']);
    assert.equal(await store.claim('three', 'two'), true);
    await cleanUp(stage, 'three');
    assert.deepEqual((await beat(stage, 'two')).dead, []);
  });

  if (hasClock) checkClock(check);
}

function checkClock(check: Check): void {
  check('an incarnation is dead 12 seconds after its last beat, until it is buried', async (stage) => {
    const { store } = stage;
    await store.beat('one');
    stage.advance(6_000);
    await store.beat('two');
    stage.advance(5_999);
    assert.deepEqual(await beat(stage, 'three'), { living: ['one', 'three', 'two'], dead: [], isBack: true });
    assert.equal(await store.claim('one', 'two'), false);
    stage.advance(1);
    assert.deepEqual(await beat(stage, 'three'), { living: ['three', 'two'], dead: ['one'], isBack: false });
    assert.equal(await store.claim('one', 'two'), true);
    assert.deepEqual(await beat(stage, 'one'), { living: ['one', 'three', 'two'], dead: [], isBack: true });
    stage.advance(12_000);
    assert.deepEqual(await beat(stage, 'two'), { living: ['two'], dead: ['one', 'three'], isBack: true });
    await store.bury('one');
    assert.deepEqual(await beat(stage, 'two'), { living: ['two'], dead: ['three'], isBack: false });
  });
}
