/** The store's contract: since when somebody is there, and hints to others. */

import assert from 'node:assert/strict';
import { authorOn, login, openOn } from './store-device-stage.ts';
import { type Check, type Stage } from './store-stage.ts';

const AWHILE = 20_000;
const SHORT = 14_999;

async function sinceOf(stage: Stage, user = 'bob'): Promise<number> {
  return (await stage.readPresence(user)).since;
}

export function checkPresence(check: Check): void {
  checkGoing(check);

  check('who was never there has been away since the account was made', async (stage) => {
    await stage.addUsers('bob');
    assert.equal(await sinceOf(stage), (await stage.store.readAccount('bob'))?.createdAt);
  });

  check('since when somebody is there is told alike with each presence', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.open('bob', 'inc.1');
    const since = await sinceOf(stage);
    const answer = await stage.receive('bob', 'amy', 1);
    assert.ok(answer.outcome === 'stored' && answer.presence.since === since);
    assert.ok(since >= (await store.readAccount('bob'))!.createdAt);
  });

  check('an announcement reaches those who are told, and nobody else', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'a', 'a.b');
    const [amy, a, ab, bob] = await Promise.all(['amy', 'a', 'a.b', 'bob'].map((user) => stage.listen(user)));
    await store.announce(['amy', 'a.b', 'nobody'], 'bob');
    await store.announce([], 'bob');
    for (const heard of [amy!, ab!]) {
      assert.deepEqual(await heard.wait(1), [{ kind: 'presence', user: 'bob' }]);
    }
    await store.announce(['bob', 'a'], 'amy');
    for (const heard of [a!, bob!]) assert.deepEqual(await heard.wait(1), [{ kind: 'presence', user: 'amy' }]);
    assert.deepEqual([amy!.pushes.length, ab!.pushes.length], [1, 1]);
  });

  check('typing is told to friends who have not blocked the one who writes', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'cat', 'dan', 'eve');
    const heard = await stage.listen('bob');
    for (const friend of ['amy', 'cat']) {
      await stage.befriend('add', friend, 'bob');
      await stage.befriend('accept', 'bob', friend);
    }
    await stage.befriend('add', 'dan', 'bob');
    await store.setBlock(await stage.open('bob', 'inc.1'), 'cat', true, 1);
    for (const from of ['cat', 'dan', 'eve', 'nobody', 'am', 'bob', 'amy']) await store.tellTyping('bob', from);
    await store.tellTyping('nobody', 'amy');
    assert.deepEqual(await heard.waitKind('typing', 1), [{ kind: 'typing', from: 'amy' }]);
    await store.setBlock(await stage.open('bob', 'inc.2'), 'cat', false, 1);
    await store.tellTyping('bob', 'cat');
    const told = await heard.waitKind('typing', 2);
    assert.deepEqual(
      told.map(({ from }) => from),
      ['amy', 'cat'],
    );
    await stage.befriend('delete', 'bob', 'amy');
    await store.tellTyping('bob', 'amy');
    await store.announce(['bob'], 'amy');
    await heard.waitKind('presence', 1);
    assert.equal((await heard.waitKind('typing', 2)).length, 2);
  });

  check('who writes is named as registered', async (stage) => {
    await stage.addUsers('bob', 'Amy');
    await stage.befriend('add', 'amy', 'bob');
    await stage.befriend('accept', 'bob', 'amy');
    const heard = await stage.listen('bob');
    await stage.store.tellTyping('bob', 'Amy');
    assert.deepEqual(await heard.waitKind('typing', 1), [{ kind: 'typing', from: 'Amy' }]);
  });
}

/** With a clock that can be moved. */
export function checkSince(check: Check): void {
  check('who comes is there since then, and who goes is away since then', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const made = await sinceOf(stage);
    stage.advance(AWHILE);
    await stage.open('bob', 'inc.1');
    assert.equal((await sinceOf(stage)) - made, AWHILE);
    stage.advance(AWHILE);
    await stage.open('bob', 'inc.2');
    await store.closeSessions('bob', ['inc.1']);
    assert.equal((await sinceOf(stage)) - made, AWHILE);
    stage.advance(AWHILE);
    await store.leaveSession('bob', 'inc.2');
    assert.equal((await sinceOf(stage)) - made, 3 * AWHILE);
    stage.advance(AWHILE);
    await store.leaveSession('bob', 'inc.2');
    await store.closeSessions('bob', ['inc.2']);
    await store.closeIncarnation('bob', 'inc');
    assert.equal((await sinceOf(stage)) - made, 3 * AWHILE);
    await stage.open('bob', 'inc.3');
    assert.equal((await sinceOf(stage)) - made, 4 * AWHILE);
  });

  check('a short absence does not count, and a longer one does', { absence: 15_000 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    stage.advance(AWHILE);
    await stage.open('bob', 'inc.1');
    const came = await sinceOf(stage);
    stage.advance(AWHILE);
    for (const session of ['inc.2', 'inc.3']) {
      await store.closeIncarnation('bob', 'inc');
      const went = await sinceOf(stage);
      assert.ok(went > came);
      stage.advance(SHORT);
      assert.equal(await sinceOf(stage), went);
      await stage.open('bob', session);
      assert.equal(await sinceOf(stage), came);
      stage.advance(AWHILE);
    }
    await store.closeSessions('bob', ['inc.3']);
    stage.advance(SHORT + 1);
    await stage.open('bob', 'inc.4');
    assert.equal((await sinceOf(stage)) - came, 3 * AWHILE + 3 * SHORT + 1);
  });

  check('a lost session that is opened again comes as others do', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const came = await sinceOf(stage);
    await store.closeIncarnation('bob', 'inc');
    stage.advance(5_000);
    await store.reopenSession(bob, { transport: 'tcp', address: '192.0.2.1', since: 1 }, { label: '', marks: 0 });
    assert.equal(await sinceOf(stage), came);
  });

  check('another status counts from when it was set', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const bob = await authorOn(stage, 'bob', 'inc.1', 'phone');
    await login(stage, bob, { status: 1 });
    const came = await sinceOf(stage);
    stage.advance(1_000);
    await store.setStatus(bob, 1, 1);
    assert.equal(await sinceOf(stage), came);
    await store.setStatus(bob, 2, 2);
    assert.equal((await sinceOf(stage)) - came, 1_000);
    stage.advance(1_000);
    await store.setStatus(bob, 2, 2);
    await store.setStatus(bob, 1, 1);
    assert.equal((await sinceOf(stage)) - came, 1_000);
    await login(stage, await authorOn(stage, 'bob', 'inc.2', 'phone'), { status: 3 });
    assert.equal((await sinceOf(stage)) - came, 2_000);
    stage.advance(1_000);
    await login(stage, await authorOn(stage, 'bob', 'inc.3', 'phone'), { status: 3 });
    assert.equal((await sinceOf(stage)) - came, 2_000);
  });
}

function checkGoing(check: Check): void {
  check('whatever ends the last session makes the user go', { absence: 0 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const ends = [
      () => store.endSessions('bob'),
      () => store.endSessions('bob', 'inc.1'),
      () => store.changeAccount('bob', { pass: 'new' }),
      () => store.revokeDevice('bob', 'phone'),
      () => store.closeIncarnation('bob', 'inc'),
      () => store.closeSessions('bob', ['inc.0', 'inc.1']),
      () => store.leaveSession('bob', 'inc.1'),
      () => store.changeAccount('bob', { banned: true }),
    ];
    let last = await sinceOf(stage);
    for (const [index, end] of ends.entries()) {
      await stage.pass(10);
      await openOn(stage, 'bob', 'inc.1', 'phone');
      const came = await sinceOf(stage);
      await stage.pass(10);
      await end();
      const went = await sinceOf(stage);
      assert.ok(last < came && came < went, `end ${index}: ${last}, ${came}, ${went}`);
      await stage.pass(10);
      await store.closeSessions('bob', ['inc.1']);
      assert.equal(await sinceOf(stage), went, `end ${index}`);
      last = went;
    }
    await store.changeAccount('bob', { banned: false });
    assert.equal(await sinceOf(stage), last);
  });

  check('one session of several that ends changes nothing', { absence: 0 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone');
    await openOn(stage, 'bob', 'inc.2', 'tablet');
    for (const session of ['inc.3', 'inc.4', 'inc.5', 'old.1']) await stage.open('bob', session);
    const came = await sinceOf(stage);
    await stage.pass(10);
    await store.revokeDevice('bob', 'phone');
    await store.endSessions('bob', 'inc.2');
    await store.leaveSession('bob', 'inc.3');
    await store.closeSessions('bob', ['inc.4']);
    await store.closeIncarnation('bob', 'old');
    assert.equal(await sinceOf(stage), came);
  });

  check('a short absence is none, also where it is repeated', { absence: 3_000 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone');
    const came = await sinceOf(stage);
    for (const session of ['inc.2', 'inc.3', 'inc.4']) {
      await stage.pass(20);
      await store.closeIncarnation('bob', 'inc');
      assert.ok((await sinceOf(stage)) > came);
      await stage.pass(20);
      await stage.open('bob', session);
      assert.equal(await sinceOf(stage), came);
    }
    await store.setStatus(await stage.open('bob', 'inc.5'), 2, 1);
    const changed = await sinceOf(stage);
    assert.ok(changed > came);
    await stage.pass(20);
    await store.setStatus(await stage.open('bob', 'inc.6'), 2, 1);
    assert.equal(await sinceOf(stage), changed);
    await store.closeIncarnation('bob', 'inc');
    await stage.open('bob', 'inc.7');
    assert.equal(await sinceOf(stage), changed);
  });
}
