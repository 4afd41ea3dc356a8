/** The store's contract: where a device goes on in the log, the log's epochs, and older pages. */

import assert from 'node:assert/strict';
import { PAGE, type DeviceLogin, type Place } from '../../gateway/store/store.ts';
import { authorOn, login, openOn, type OpenedWithDevice } from './store-device-stage.ts';
import { begin, lose, mend, receive } from './store-mending.ts';
import { checkOf, INFO, numberOf, numbers, type Check, type Stage } from './store-stage.ts';

/** A login of a device on a new session. */
async function find(stage: Stage, held: Partial<DeviceLogin>, user = 'bob'): Promise<OpenedWithDevice> {
  return login(stage, await authorOn(stage, user, `inc.${stage.nextOp()}`, 'phone'), held);
}

async function placeOf({ store }: Stage, user: string, number: number): Promise<Place> {
  return (await store.readLog(user, number - 1)).entries[0]!.place;
}

/** A place of that number that the log does not have. */
async function wrongPlace(stage: Stage, user: string, number: number): Promise<Place> {
  const place = await placeOf(stage, user, number);
  return `${number}-${checkOf({ place }) === '000000' ? '000001' : '000000'}`;
}

/** Bob with a log of so many messages, all of them delivered. */
async function beginWithLog(stage: Stage, count: number): Promise<void> {
  await stage.addUsers('bob');
  for (let first = 1; first <= count; first += 400) {
    await stage.receiveMany('bob', 'amy', first, Math.min(count, first + 399));
    await stage.confirm('bob', Math.min(count, first + 399));
  }
}

export function checkEpochs(check: Check): void {
  checkResumed(check);
  checkLost(check);
  checkFrom(check);
  checkMended(check);
  checkBack(check);
}

function checkResumed(check: Check): void {
  check('a device goes on after the place that it holds', async (stage) => {
    await beginWithLog(stage, 5);
    const after = await placeOf(stage, 'bob', 3);
    const opened = await find(stage, { epoch: '0', after });
    assert.deepEqual([opened.device.isResumed, opened.device.epoch], [true, '0']);
    assert.deepEqual([opened.from, opened.head, opened.entries.map(numberOf)], [3, 5, [4, 5]]);
    const [first, head] = [await placeOf(stage, 'bob', 1), await placeOf(stage, 'bob', 5)];
    assert.deepEqual([opened.device.first, opened.device.head], [first, head]);
    const last = await find(stage, { epoch: '0', after: head });
    assert.deepEqual([last.device.isResumed, last.from, last.entries], [true, 5, []]);
  });

  check('a device goes on where it is, also before and behind what was delivered', async (stage) => {
    await beginWithLog(stage, 4);
    await stage.receiveMany('bob', 'amy', 5, 8);
    for (const number of [2, 4, 6]) {
      const opened = await find(stage, { epoch: '0', after: await placeOf(stage, 'bob', number) });
      assert.deepEqual([opened.device.isResumed, opened.from, opened.delivered], [true, number, 4]);
      assert.deepEqual(opened.entries.map(numberOf), numbers(number + 1, 8));
    }
  });

  check('a device gets one page of what it has not', { waiting: 2_000 }, async (stage) => {
    await beginWithLog(stage, 800);
    const opened = await find(stage, { epoch: '0', after: await placeOf(stage, 'bob', 10) });
    assert.deepEqual(opened.entries.map(numberOf), numbers(11, 10 + PAGE));
    assert.equal(opened.head, 800);
  });

  check('a device that holds nothing, or of another epoch, begins anew in the same epoch', async (stage) => {
    await beginWithLog(stage, 3);
    const after = await placeOf(stage, 'bob', 2);
    for (const held of [{}, { epoch: '0' }, { after }, { epoch: 'abcdef', after }, { epoch: '', after: '99-ffffff' }]) {
      const { device, entries, from } = await find(stage, held);
      assert.deepEqual([device.isResumed, device.epoch, from, entries.map(numberOf)], [false, '0', 0, [1, 2, 3]]);
    }
    assert.equal((await stage.store.look('bob'))?.epoch, '0');
  });
}

function checkLost(check: Check): void {
  check('where the log has not the place any more, it gets a new epoch', async (stage) => {
    const { store } = stage;
    await beginWithLog(stage, 3);
    const held = await placeOf(stage, 'bob', 3);
    let epoch = '0';
    for (const after of [
      await wrongPlace(stage, 'bob', 2),
      await wrongPlace(stage, 'bob', 3),
      '4-000000',
      '99-ffffff',
    ]) {
      const heard = await stage.listen('bob');
      const { device, from, entries, isDoubtful } = await find(stage, { epoch, after });
      assert.deepEqual([device.isResumed, from, entries.length], [false, 0, 3]);
      assert.equal(isDoubtful, true);
      assert.match(device.epoch, /^[0-9a-f]{6}$/);
      assert.notEqual(device.epoch, epoch);
      assert.deepEqual(await heard.waitKind('epoch', 1), [{ kind: 'epoch', epoch: device.epoch }]);
      // The same once more, and what is held of the epoch before.
      assert.equal((await find(stage, { epoch, after })).device.epoch, device.epoch);
      const other = await find(stage, { epoch, after: held });
      assert.deepEqual([other.device.isResumed, other.isDoubtful], [false, true]);
      epoch = device.epoch;
      assert.equal((await store.look('bob'))?.epoch, epoch);
      assert.equal(heard.pushes.length, 1);
    }
    assert.equal((await find(stage, { epoch, after: held })).device.isResumed, true);
  });

  check('where the whole log is lost it gets a new epoch', async (stage) => {
    await stage.addUsers('bob');
    const { device, from, entries } = await find(stage, { epoch: '0', after: '1-abcdef' });
    assert.deepEqual([device.isResumed, from, entries], [false, 0, []]);
    assert.notEqual(device.epoch, '0');
    assert.ok(!('first' in device) && !('head' in device));
  });

  check('a place that was given and is lost begins an epoch, once', async (stage) => {
    const { store } = stage;
    await beginWithLog(stage, 3);
    const heard = await stage.listen('bob');
    const lost = await wrongPlace(stage, 'bob', 3);
    const epochOf = async (): Promise<string | undefined> => (await store.look('bob'))?.epoch;
    await store.noteLost('bob', '0', await placeOf(stage, 'bob', 3));
    await store.noteLost('bob', 'abcdef', lost);
    assert.equal(await epochOf(), '0');
    await Promise.all(numbers(1, 5).map(() => store.noteLost('bob', '0', lost)));
    const epoch = (await epochOf())!;
    assert.match(epoch, /^[0-9a-f]{6}$/);
    assert.deepEqual(await heard.waitKind('epoch', 1), [{ kind: 'epoch', epoch }]);
    await store.noteLost('bob', '0', '9-abcdef');
    await store.noteLost('nobody', '0', '9-abcdef');
    assert.equal(await epochOf(), epoch);
    assert.equal(await store.look('nobody'), undefined);
    await store.noteLost('bob', epoch, '9-abcdef');
    assert.notEqual(await epochOf(), epoch);
    assert.equal(heard.pushes.length, 2);
  });

  check('of many who find it lost one begins the epoch', async (stage) => {
    await beginWithLog(stage, 1);
    const heard = await stage.listen('bob');
    const found = await Promise.all(numbers(1, 5).map(() => find(stage, { epoch: '0', after: '7-abcdef' })));
    assert.equal(new Set(found.map(({ device }) => device.epoch)).size, 1);
    await heard.waitKind('epoch', 1);
    assert.equal(heard.pushes.length, 1);
  });

  check('a place that was dropped for its age begins no epoch', { logEntries: 100 }, async (stage) => {
    await beginWithLog(stage, 300);
    const early = await placeOf(stage, 'bob', 1);
    await stage.receiveMany('bob', 'amy', 301, 400);
    await stage.confirm('bob', 400);
    const { device, from } = await find(stage, { epoch: '0', after: early });
    const [first] = (await stage.store.readLog('bob', 0)).entries;
    assert.ok(numberOf(first!) > 1, 'the place was dropped');
    assert.deepEqual([device.isResumed, device.epoch, device.first, from], [false, '0', first!.place, 0]);
    await stage.store.noteLost('bob', '0', early);
    assert.equal((await stage.store.look('bob'))?.epoch, '0');
    const kept = await find(stage, { epoch: '0', after: first!.place });
    assert.deepEqual([kept.device.isResumed, kept.from], [true, numberOf(first!)]);
  });

  check('a login that is fenced begins no epoch', async (stage) => {
    const { store } = stage;
    await beginWithLog(stage, 1);
    const bob = await authorOn(stage, 'bob', 'inc.1', 'phone');
    await store.endSessions('bob');
    const held = { label: '', marks: 0, epoch: '0', after: '7-abcdef' };
    assert.deepEqual(await store.openSession(bob, INFO, held), { outcome: 'fenced' });
    assert.equal((await store.look('bob'))?.epoch, '0');
  });
}

function checkFrom(check: Check): void {
  check('who is not resumed gets the newest page, or begins with the first undelivered entry', async (stage) => {
    await beginWithLog(stage, 700);
    const newest = await find(stage, {});
    assert.deepEqual([newest.from, newest.entries.map(numberOf)], [700 - PAGE, numbers(700 - PAGE + 1, 700)]);
    assert.equal(newest.delivered, 700);
    await stage.receiveMany('bob', 'cat', 1, 400);
    assert.equal((await find(stage, {})).from, 1100 - PAGE);
    await stage.receiveMany('bob', 'dan', 1, 300);
    const waiting = await find(stage, {});
    assert.deepEqual([waiting.from, waiting.entries.map(numberOf)], [700, numbers(701, 700 + PAGE)]);
    assert.equal((await stage.reopen(await stage.author('bob', 'classic.1'))).from, 700);
  });
}

function checkMended(check: Check): void {
  check('a log that was mended has a new epoch, told after the entries', async (stage) => {
    const { store } = stage;
    const alice = await begin(stage);
    const kept = await stage.carry(alice, 'cat', 'kept');
    await lose(stage, 1, 1);
    const sent = await stage.send(alice, 'Bob', 'new');
    assert.deepEqual(await receive(stage, sent, 'new'), { outcome: 'diverged' });
    const heard = await stage.listen('alice');
    await mend(stage);
    const pushes = await heard.wait(3);
    assert.deepEqual(
      pushes.map(({ kind }) => kind),
      ['entry', 'entry', 'epoch'],
    );
    const { epoch } = (await store.look('alice'))!;
    assert.match(epoch, /^[0-9a-f]{6}$/);
    assert.deepEqual(pushes[2], { kind: 'epoch', epoch });
    const { device } = await find(stage, { epoch: '0', after: kept.place }, 'alice');
    assert.deepEqual([device.isResumed, device.epoch], [false, epoch]);
    assert.equal((await find(stage, { epoch, after: kept.place }, 'alice')).device.isResumed, true);
    await mend(stage);
    assert.equal((await store.look('alice'))?.epoch, epoch);
    assert.equal((await store.look('bob'))?.epoch, '0');
  });

  check('a log that is whole keeps its epoch', async (stage) => {
    const alice = await begin(stage);
    await stage.carry(alice, 'Bob', 'one');
    await stage.send(alice, 'Bob', 'two');
    await mend(stage);
    assert.equal((await stage.store.look('alice'))?.epoch, '0');
  });
}

function checkBack(check: Check): void {
  check('a log is read backwards in pages', async (stage) => {
    const { store } = stage;
    await beginWithLog(stage, 30);
    const all = await stage.readAll('bob');
    const ends = { first: all[0]!.place, head: all[29]!.place };
    const page = async (before: number | undefined, limit: number) => store.readLogBack('bob', before, limit);
    assert.deepEqual(await page(undefined, 10), { entries: all.slice(20), ...ends });
    assert.deepEqual(await page(21, 10), { entries: all.slice(10, 20), ...ends });
    assert.deepEqual(await page(4, 10), { entries: all.slice(0, 3), ...ends });
    for (const before of [1, 0]) assert.deepEqual(await page(before, 10), { entries: [], ...ends });
    for (const before of [31, 32, 999]) assert.deepEqual((await page(before, 2)).entries, all.slice(28));
    assert.deepEqual((await page(undefined, PAGE)).entries, all);
    assert.deepEqual(await store.readLogBack('nobody', undefined, 10), { entries: [] });
  });

  check('a log is read backwards over holes, down to what it still has', { logEntries: 20 }, async (stage) => {
    const { store } = stage;
    const alice = await begin(stage);
    await openOn(stage, 'alice', 'inc.2', 'phone');
    await stage.receiveMany('alice', 'cat', 1, 3);
    await lose(stage, 1, 1);
    const sent = await stage.send(alice, 'Bob', 'moved');
    assert.deepEqual(await receive(stage, sent, 'moved'), { outcome: 'diverged' });
    await stage.receiveMany('alice', 'cat', 4, 5);
    await mend(stage);
    const all = await stage.readAll('alice');
    assert.deepEqual(all.map(numberOf), [1, 2, 3, 5, 6, 7, 8]);
    const { entries, first, head } = await store.readLogBack('alice', 7, 3);
    assert.deepEqual(entries.map(numberOf), [3, 5, 6]);
    assert.deepEqual([first, head], [all[0]!.place, all.at(-1)!.place]);
    assert.deepEqual((await store.readLogBack('alice', 5, 9)).entries.map(numberOf), [1, 2, 3]);
    await store.settle('alice', [{ to: 'bob', n: 2 }]);
    await stage.receiveMany('alice', 'cat', 6, 90);
    await stage.confirm('alice', 93);
    await stage.receiveMany('alice', 'cat', 91, 160);
    const left = await stage.readAll('alice');
    assert.ok(numberOf(left[0]!) > 8, 'the oldest were dropped');
    const back = await store.readLogBack('alice', undefined, PAGE);
    assert.deepEqual([back.entries, back.first], [left, left[0]!.place]);
  });
}
