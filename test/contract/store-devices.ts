/** The store's contract: devices, their tokens, how many there may be, and when they were used. */

import assert from 'node:assert/strict';
import { assertRefused, authorOn, CLOSE_DEVICES, devicesOf, LOGIN, login, openOn } from './store-device-stage.ts';
import { CLOSE_NAMES, INFO, numbers, type Check } from './store-stage.ts';

const FENCED = { outcome: 'fenced' };
const SET = { outcome: 'set' };

export function checkDevices(check: Check, hasClock: boolean): void {
  checkKept(check);
  checkBounds(check);
  if (hasClock) checkUse(check);
}

function checkKept(check: Check): void {
  check('a device is made by its first login and kept between sessions', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    assert.equal(await store.readDevice('bob', 'phone'), undefined);
    assert.deepEqual(await store.listDevices('bob'), []);
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone', { label: 'Bob’s | phone\n', tokenHash: 'hash 1' });
    const { madeAt, usedAt, unusedFor, ...made } = (await store.readDevice('bob', 'phone'))!;
    const token = { tokenHash: 'hash 1', tokenGeneration: bob.generation };
    assert.deepEqual(made, { device: 'phone', label: 'Bob’s | phone\n', ...token });
    assert.ok(madeAt > 0 && usedAt === madeAt && unusedFor >= 0 && unusedFor < 60_000);
    await store.closeSessions('bob', ['inc.1']);
    await openOn(stage, 'bob', 'inc.2', 'phone', { label: 'New label' });
    const used = (await store.readDevice('bob', 'phone'))!;
    assert.deepEqual([used.label, used.madeAt, used.tokenHash], ['New label', madeAt, 'hash 1']);
    await openOn(stage, 'bob', 'inc.3', 'phone', { tokenHash: 'hash 2' });
    assert.equal((await store.readDevice('bob', 'phone'))?.tokenHash, 'hash 2');
    assert.equal((await store.listDevices('bob')).length, 1);
  });

  check('a device without a token has none', async (stage) => {
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone', { label: '' });
    const device = (await stage.store.readDevice('bob', 'phone'))!;
    assert.deepEqual([device.label, 'tokenHash' in device, 'tokenGeneration' in device], ['', false, false]);
  });

  check('a classic session finds nothing of devices and makes none', async (stage) => {
    await stage.addUsers('bob');
    const opened = await stage.reopen(await stage.author('bob', 'inc.1'));
    assert.ok(!('device' in opened));
    assert.deepEqual(await stage.store.listDevices('bob'), []);
  });

  check('a first login finds an empty log, nothing sent and no marks', async (stage) => {
    await stage.addUsers('bob');
    const opened = await login(stage, await authorOn(stage, 'bob', 'inc.1', 'phone'));
    assert.deepEqual(opened.device, { epoch: '0', isResumed: false, sent: 0, marks: 0, changed: [] });
    assert.deepEqual([opened.from, opened.entries, opened.sessions], [0, [], ['inc.1']]);
    const listed = await stage.store.listSessions('bob');
    assert.deepEqual(listed, [{ session: 'inc.1', info: { ...INFO, device: 'phone' } }]);
  });

  check('a login by a token that was revoked or replaced since is fenced, and makes nothing', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'first' });
    const shown = { ...LOGIN, tokenHash: 'first', shownHash: 'first' };
    const later = await authorOn(stage, 'bob', 'inc.2', 'phone');
    assert.equal((await store.openSession(later, INFO, shown)).outcome, 'opened');
    await store.setToken('bob', 'phone', 'second', 1);
    assert.deepEqual(await store.openSession(await authorOn(stage, 'bob', 'inc.3', 'phone'), INFO, shown), {
      outcome: 'fenced',
    });
    await store.revokeDevice('bob', 'phone');
    assert.deepEqual(await store.openSession(await authorOn(stage, 'bob', 'inc.4', 'phone'), INFO, shown), {
      outcome: 'fenced',
    });
    assert.deepEqual(await devicesOf(stage, 'bob'), []);
  });

  check('a token can be given later, for a generation of the account', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'first' });
    await store.changeAccount('bob', { pass: 'new' });
    const { generation } = (await store.readAccount('bob'))!;
    const before = (await store.readDevice('bob', 'phone'))!;
    assert.equal(before.tokenGeneration, generation - 1);
    for (const _again of [1, 2]) {
      assert.equal(await store.setToken('bob', 'phone', 'second', generation), true);
      const { tokenHash, tokenGeneration, madeAt, label } = (await store.readDevice('bob', 'phone'))!;
      assert.deepEqual([tokenHash, tokenGeneration], ['second', generation]);
      assert.deepEqual([madeAt, label], [before.madeAt, before.label]);
    }
    assert.equal(await store.setToken('bob', 'other', 'x', 1), false);
    assert.equal(await store.setToken('nobody', 'phone', 'x', 1), false);
    assert.deepEqual(await devicesOf(stage, 'bob'), ['phone']);
  });

  check('a status that a login brings is set with it, once', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const bob = await authorOn(stage, 'bob', 'inc.1', 'phone');
    assert.equal((await login(stage, bob, { status: 2 })).status, 2);
    assert.deepEqual(await store.setStatus(bob, 3, 1), SET);
    assert.equal((await login(stage, bob, { status: 2 })).status, 3);
    assert.equal((await stage.readPresence('bob')).status, 3);
    assert.equal((await login(stage, await authorOn(stage, 'bob', 'inc.2', 'phone'))).status, 3);
    assert.equal((await login(stage, await authorOn(stage, 'bob', 'inc.3', 'phone'), { status: 0 })).status, 0);
  });

  check('a login that is fenced makes no device, sets no status and brings no token', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const bob = await authorOn(stage, 'bob', 'inc.1', 'phone');
    await store.changeAccount('bob', { pass: 'new' });
    const brought = { ...LOGIN, status: 3, tokenHash: 'hash' };
    assert.deepEqual(await store.openSession(bob, INFO, brought), FENCED);
    assert.deepEqual(await store.openSession({ ...bob, user: 'nobody' }, INFO, brought), FENCED);
    assert.deepEqual([await devicesOf(stage, 'bob'), await devicesOf(stage, 'nobody')], [[], []]);
    assert.equal((await store.readAccount('bob'))?.status, 0);
  });

  check('devices of like names are devices of their own, each user’s too', async (stage) => {
    const { store } = stage;
    await stage.addUsers(...CLOSE_NAMES);
    for (const [index, device] of CLOSE_DEVICES.entries()) {
      await openOn(stage, 'a', `inc.${index}`, device, { label: `label ${device}`, tokenHash: `hash ${device}` });
    }
    await openOn(stage, 'a-b', 'inc.99', 'a', { label: 'another' });
    assert.deepEqual(await devicesOf(stage, 'a'), [...CLOSE_DEVICES].sort());
    for (const user of CLOSE_NAMES.slice(1)) {
      assert.deepEqual(await devicesOf(stage, user), user === 'a-b' ? ['a'] : [], user);
    }
    await store.revokeDevice('a', 'a');
    for (const device of CLOSE_DEVICES.slice(1)) {
      const { label, tokenHash } = (await store.readDevice('a', device))!;
      assert.deepEqual([label, tokenHash], [`label ${device}`, `hash ${device}`]);
    }
    assert.equal((await store.listSessions('a')).length, CLOSE_DEVICES.length - 1);
    assert.equal((await store.readDevice('a-b', 'a'))?.label, 'another');
  });

  check('a removed account has no devices', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    await store.removeAccount('bob');
    assert.equal(await store.readDevice('bob', 'phone'), undefined);
    assert.deepEqual(await store.listDevices('bob'), []);
    assert.equal(await store.revokeDevice('bob', 'phone'), false);
    assert.equal(await store.setToken('bob', 'phone', 'x', 1), false);
    await store.touchDevice('bob', 'phone');
    assert.deepEqual(await store.listDevices('bob'), []);
  });
}

function checkBounds(check: Check): void {
  check('one device more takes the place of the least used one, whose sessions end', { devices: 3 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    for (const [index, device] of ['one', 'two', 'three'].entries()) {
      await openOn(stage, 'bob', `inc.${index}`, device);
      await stage.pass(5);
    }
    const [two, three] = [await authorOn(stage, 'bob', 'inc.1', 'two'), await authorOn(stage, 'bob', 'inc.2', 'three')];
    await store.touchDevice('bob', 'one');
    await stage.pass(5);
    await openOn(stage, 'bob', 'inc.3', 'three');
    assert.deepEqual(await devicesOf(stage, 'bob'), ['one', 'three', 'two']);
    const heard = await stage.listen('bob');
    await stage.pass(5);
    await openOn(stage, 'bob', 'inc.4', 'four');
    assert.deepEqual(
      (await heard.waitKind('end', 1)).map(({ session }) => session),
      ['inc.1'],
    );
    assert.deepEqual(await devicesOf(stage, 'bob'), ['four', 'one', 'three']);
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.0', 'inc.2', 'inc.3', 'inc.4']);
    await assertRefused(stage, two, 'fenced');
    await assertRefused(stage, three, 'replaced');
    await stage.pass(5);
    await openOn(stage, 'bob', 'inc.5', 'two');
    assert.deepEqual(await devicesOf(stage, 'bob'), ['four', 'three', 'two']);
  });

  check('there are never more devices than there may be', { devices: 3 }, async (stage) => {
    await stage.addUsers('bob');
    await Promise.all(numbers(1, 9).map((n) => openOn(stage, 'bob', `inc.${n}`, `device${n}`)));
    const left = await devicesOf(stage, 'bob');
    assert.equal(left.length, 3);
    assert.deepEqual((await stage.store.listSessions('bob')).map(({ info }) => info.device).sort(), left);
  });

  check('devices are listed by their last use', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const order = async () => (await store.listDevices('bob')).map(({ device }) => device);
    for (const device of ['b', 'c', 'a']) {
      await openOn(stage, 'bob', `inc.${device}`, device);
      await stage.pass(5);
    }
    assert.deepEqual(await order(), ['a', 'c', 'b']);
    await store.touchDevice('bob', 'b');
    await store.touchDevice('bob', 'nothing');
    await store.touchDevice('nobody', 'b');
    assert.deepEqual(await order(), ['b', 'a', 'c']);
    assert.equal(await store.readAccount('nobody'), undefined);
  });
}

function checkUse(check: Check): void {
  check('the time since its last use is kept by the store’s clock', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await openOn(stage, 'bob', 'inc.1', 'phone', { tokenHash: 'hash' });
    const { madeAt } = (await store.readDevice('bob', 'phone'))!;
    const unused = async () => {
      const device = (await store.readDevice('bob', 'phone'))!;
      assert.deepEqual(await store.listDevices('bob'), [device]);
      assert.equal(device.madeAt, madeAt);
      return [device.usedAt - madeAt, device.unusedFor];
    };
    stage.advance(40_000);
    assert.deepEqual(await unused(), [0, 40_000]);
    await store.touchDevice('bob', 'phone');
    stage.advance(1_000);
    assert.deepEqual(await unused(), [40_000, 1_000]);
    await openOn(stage, 'bob', 'inc.2', 'phone');
    assert.deepEqual(await unused(), [41_000, 0]);
  });
}
