/** The store's contract: the newest session of a device replaces the others; lost and revoked ones. */

import assert from 'node:assert/strict';
import { assertRefused, authorOn, devicesOf, LOGIN, login, openOn, sendAs } from './store-device-stage.ts';
import { INFO, numbers, type Check } from './store-stage.ts';

const REOPENED = { outcome: 'reopened' };
const REPLACED = { outcome: 'replaced' };
const FENCED = { outcome: 'fenced' };
const SET = { outcome: 'set' };

export function checkDeviceSessions(check: Check): void {
  checkReplaced(check);
  checkReopened(check);
  checkRevoked(check);
}

function checkReplaced(check: Check): void {
  check('a newer session of a device replaces the older, which still receives', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'inc.1', 'phone');
    const other = await openOn(stage, 'bob', 'inc.2', 'tablet');
    const classic = await stage.open('bob', 'inc.3');
    const newer = await openOn(stage, 'bob', 'other.1', 'phone');
    await assertRefused(stage, older, 'replaced');
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.1', 'inc.2', 'inc.3', 'other.1']);
    for (const author of [newer, other, classic]) {
      assert.equal((await sendAs(stage, author, 1)).outcome, 'appended');
      assert.deepEqual(await store.setStatus(author, 1, 2), SET);
      assert.deepEqual(await store.beginFriendship('bob', 'amy', author), { outcome: 'begun' });
    }
    await store.closeSessions('bob', ['other.1']);
    await assertRefused(stage, older, 'replaced');
    await store.endSessions('bob', 'inc.1');
    await assertRefused(stage, older, 'fenced');
  });

  check('a late repeat of an older login changes nothing', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'inc.1', 'phone', { label: 'old', tokenHash: 'old' });
    const newer = await openOn(stage, 'bob', 'inc.2', 'phone', { label: 'new', tokenHash: 'new' });
    const before = await store.readDevice('bob', 'phone');
    await login(stage, older, { label: 'old', tokenHash: 'old', status: 3 });
    const { unusedFor: _now, ...after } = (await store.readDevice('bob', 'phone'))!;
    assert.deepEqual({ ...after, unusedFor: before!.unusedFor }, before);
    assert.equal((await store.readAccount('bob'))?.status, 0);
    await assertRefused(stage, older, 'replaced');
    assert.equal((await sendAs(stage, newer, 1)).outcome, 'appended');
  });

  check('of many logins of a device at once one may change something', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const authors = await Promise.all(numbers(1, 10).map((n) => openOn(stage, 'bob', `inc.${n}`, 'phone')));
    const answers = await Promise.all(authors.map((author, index) => sendAs(stage, author, index + 1)));
    assert.equal(answers.filter(({ outcome }) => outcome === 'appended').length, 1);
    assert.equal(answers.filter(({ outcome }) => outcome === 'replaced').length, 9);
    assert.equal((await stage.seenSessions('bob')).length, 10);
  });
}

function checkReopened(check: Check): void {
  const INFO_ON = { ...INFO, device: 'phone' };

  check('a lost session of a device is listed again and goes on', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    await sendAs(stage, bob, 1);
    await store.closeIncarnation('bob', 'inc');
    for (const _again of [1, 2]) {
      assert.deepEqual(await store.reopenSession(bob, INFO_ON, LOGIN), REOPENED);
      assert.deepEqual(await store.listSessions('bob'), [{ session: 'inc.1', info: INFO_ON }]);
    }
    assert.equal((await store.readDevice('bob', 'phone'))?.tokenHash, 'hash');
    assert.deepEqual(await sendAs(stage, bob, 1, { text: 'another' }), { outcome: 'used' });
    assert.equal((await sendAs(stage, bob, 2)).outcome, 'appended');
  });

  check('with its session a lost device comes back', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    // What a failover does that loses both.
    await store.revokeDevice('bob', 'phone');
    await store.closeSessions('bob', ['inc.1']);
    assert.deepEqual(await store.reopenSession(bob, INFO_ON, { ...LOGIN, tokenHash: 'hash' }), REOPENED);
    const { label, tokenHash, tokenGeneration } = (await store.readDevice('bob', 'phone'))!;
    assert.deepEqual([label, tokenHash, tokenGeneration], [LOGIN.label, 'hash', bob.generation]);
    assert.equal((await sendAs(stage, bob, 7)).outcome, 'appended');
  });

  check('a lost session of a device that has a newer one is not listed again', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'old.1', 'phone');
    const newer = await openOn(stage, 'bob', 'inc.1', 'phone', { label: 'new' });
    await store.closeIncarnation('bob', 'old');
    for (const _again of [1, 2]) {
      assert.deepEqual(await store.reopenSession(older, INFO_ON, LOGIN), REPLACED);
      assert.deepEqual(await stage.seenSessions('bob'), ['inc.1']);
    }
    assert.equal((await store.readDevice('bob', 'phone'))?.label, 'new');
    assert.equal((await sendAs(stage, newer, 1)).outcome, 'appended');
    await store.closeSessions('bob', ['inc.1']);
    assert.deepEqual(await store.reopenSession(older, INFO_ON, LOGIN), REOPENED);
    assert.equal((await sendAs(stage, older, 2)).outcome, 'appended');
    await store.endSessions('bob', 'old.1');
    assert.deepEqual(await store.reopenSession(older, INFO_ON, LOGIN), FENCED);
  });
}

function checkRevoked(check: Check): void {
  check('a revoked device is gone, and all of its sessions end', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    const newer = await openOn(stage, 'bob', 'inc.2', 'phone');
    const other = await openOn(stage, 'bob', 'inc.3', 'phone2');
    const classic = await stage.open('bob', 'inc.4');
    await sendAs(stage, newer, 5);
    const heard = await stage.listen('bob');
    assert.equal(await store.revokeDevice('bob', 'phone'), true);
    const ends = await heard.waitKind('end', 2);
    assert.deepEqual(ends.map(({ session }) => session).sort(), ['inc.1', 'inc.2']);
    assert.deepEqual(new Set(ends.map(({ generation }) => generation)), new Set([newer.generation]));
    assert.equal(await store.revokeDevice('bob', 'phone'), false);
    assert.equal(await store.readDevice('bob', 'phone'), undefined);
    assert.deepEqual(await devicesOf(stage, 'bob'), ['phone2']);
    for (const author of [older, newer]) await assertRefused(stage, author, 'fenced');
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.3', 'inc.4']);
    assert.deepEqual([...(await store.look('bob'))!.ended].sort(), ['inc.1', 'inc.2']);
    for (const author of [other, classic]) assert.equal((await sendAs(stage, author, 1)).outcome, 'appended');
    assert.equal(heard.pushes.filter(({ kind }) => kind === 'end').length, 2);
  });

  check('a device that was revoked begins anew', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    await sendAs(stage, bob, 5);
    await store.revokeDevice('bob', 'phone');
    const again = await authorOn(stage, 'bob', 'inc.2', 'phone');
    assert.equal((await login(stage, again)).device.sent, 0);
    assert.ok(!('tokenHash' in (await store.readDevice('bob', 'phone'))!));
    assert.equal((await sendAs(stage, again, 5, { text: 'another' })).outcome, 'appended');
    assert.equal(await store.revokeDevice('bob', 'nothing'), false);
    assert.equal(await store.revokeDevice('nobody', 'phone'), false);
    assert.equal(await store.readAccount('nobody'), undefined);
  });
}
