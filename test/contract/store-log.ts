/** The store's contract: the log, its pages, its marks, and what it keeps. */

import assert from 'node:assert/strict';
import { PAGE } from '../../gateway/store/store.ts';
import { checkOf, numberOf, numbers, settled, type Check, type Stage } from './store-stage.ts';

/** How far a log may grow beyond its bound before it is trimmed. */
const SLACK = 64;

async function loggedNumbers(stage: Stage, user: string): Promise<readonly number[]> {
  return (await stage.readAll(user)).map(numberOf);
}

/** Checks that the log holds the newest entries without holes, and about as many as it should. */
async function assertTrimmed(stage: Stage, user: string, head: number, kept: number): Promise<void> {
  const logged = await loggedNumbers(stage, user);
  const first = logged[0]!;
  assert.deepEqual(logged, numbers(first, head));
  assert.ok(logged.length >= kept && logged.length < kept + SLACK, `${logged.length} entries, not about ${kept}`);
}

export function checkLog(check: Check): void {
  check('a log is read in pages, from anywhere', { waiting: 2_000 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    for (const first of [1, 401, 801]) await stage.receiveMany('bob', 'amy', first, first + 399);
    const page = await store.readLog('bob', 0);
    assert.equal(page.head, 1200);
    assert.deepEqual(page.entries.map(numberOf), numbers(1, PAGE));
    assert.deepEqual((await store.readLog('bob', 437)).entries.map(numberOf), numbers(438, 437 + PAGE));
    assert.deepEqual((await store.readLog('bob', 1198)).entries.map(numberOf), [1199, 1200]);
    for (const after of [1200, 1201, 99_999]) {
      assert.deepEqual(await store.readLog('bob', after), { entries: [], head: 1200, delivered: 0 });
    }
    assert.deepEqual(await loggedNumbers(stage, 'bob'), numbers(1, 1200));
    const again = await store.readLog('bob', 0);
    assert.deepEqual(again.entries, page.entries);
  });

  check('a page of large entries is a short one, and has one at least', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const large = 'x'.repeat(50_000);
    for (let n = 1; n <= 7; n += 1) await stage.receive('bob', 'amy', n, { text: large });
    const { entries, head } = await store.readLog('bob', 0);
    assert.deepEqual([entries.map(numberOf), head], [[1, 2, 3], 7]);
    assert.deepEqual((await store.readLog('bob', 3)).entries.map(numberOf), [4, 5, 6]);
    assert.deepEqual(await loggedNumbers(stage, 'bob'), numbers(1, 7));
    assert.deepEqual((await stage.reopen(await stage.author('bob', 'inc.1'))).entries.map(numberOf), [1, 2, 3]);
  });

  check('a session begins after what was delivered, with one page', { waiting: 2_000 }, async (stage) => {
    await stage.addUsers('bob');
    for (const first of [1, 301]) await stage.receiveMany('bob', 'amy', first, first + 299);
    const author = await stage.open('bob', 'inc.1');
    assert.deepEqual((await stage.reopen(author)).entries.map(numberOf), numbers(1, PAGE));
    await stage.confirm('bob', 50);
    const opened = await stage.reopen(author);
    assert.deepEqual([opened.delivered, opened.head], [50, 600]);
    assert.deepEqual(opened.entries.map(numberOf), numbers(51, 50 + PAGE));
    await stage.confirm('bob', 599);
    assert.deepEqual((await stage.reopen(author)).entries.map(numberOf), [600]);
    await stage.confirm('bob', 600);
    assert.deepEqual((await stage.reopen(author)).entries, []);
  });

  check('the log of nobody is empty', async ({ store }) => {
    assert.deepEqual(await store.readLog('nobody', 0), { entries: [], head: 0, delivered: 0 });
    assert.deepEqual(await store.confirm('nobody', '5-000000'), []);
    assert.deepEqual(await store.readLog('nobody', 0), { entries: [], head: 0, delivered: 0 });
    assert.equal(await store.readAccount('nobody'), undefined);
  });

  check('the delivered mark only rises, and only to a place that the log has', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 5);
    const delivered = async (upto: number) => {
      await stage.confirm('bob', upto);
      return (await store.readLog('bob', 0)).delivered;
    };
    assert.equal(await delivered(3), 3);
    assert.equal(await delivered(2), 3);
    assert.equal(await delivered(5), 5);
    await stage.receiveMany('bob', 'amy', 6, 7);
    assert.equal(await delivered(6), 6);
    assert.equal((await stage.reopen(await stage.author('bob', 'inc.1'))).delivered, 6);
    const [last] = (await store.readLog('bob', 6)).entries;
    for (const place of ['99-000000', `7-${checkOf(last!) === '000000' ? '000001' : '000000'}`]) {
      assert.deepEqual(await store.confirm('bob', place), []);
      assert.equal((await store.readLog('bob', 0)).delivered, 6);
    }
    await stage.confirm('bob', 7);
    assert.equal((await store.readLog('bob', 0)).delivered, 7);
  });

  check('beyond its bound the log drops what was delivered, oldest first', { logEntries: 100 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 400);
    assert.deepEqual(await loggedNumbers(stage, 'bob'), numbers(1, 400));
    await stage.confirm('bob', 400);
    await stage.receiveMany('bob', 'amy', 401, 500);
    await assertTrimmed(stage, 'bob', 500, 100);
    const page = await store.readLog('bob', 0);
    assert.equal(page.head, 500);
    assert.deepEqual(page.entries, await stage.readAll('bob'));
  });

  check('who only sends does not keep everything', { logEntries: 100 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    await stage.receive('bob', 'amy', 1);
    await stage.confirm('bob', 1);
    for (const n of numbers(1, 300)) {
      await stage.send(bob, 'cat', `${n}`);
      await store.settle('bob', settled('cat', n));
    }
    const logged = await loggedNumbers(stage, 'bob');
    assert.ok(logged.length <= 100 + SLACK, `${logged.length} entries`);
    const opened = await stage.reopen(bob);
    assert.deepEqual([opened.delivered, opened.entries], [opened.head, []]);
    await stage.receive('bob', 'amy', 2);
    assert.deepEqual((await stage.reopen(bob)).entries.map(numberOf), [302]);
  });

  check('what was not delivered is never dropped', { logEntries: 10, logBytes: 100 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 200);
    await stage.confirm('bob', 30);
    await stage.receiveMany('bob', 'amy', 201, 400);
    assert.deepEqual((await loggedNumbers(stage, 'bob')).slice(-370), numbers(31, 400));
    assert.equal((await store.readLog('bob', 30)).entries.length, 370);
  });

  check('what is pending is never dropped', { logEntries: 10 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    const first = await stage.send(bob, 'cat', 'first');
    for (const from of [1, 101]) {
      await stage.receiveMany('bob', 'amy', from, from + 99);
      await stage.confirm('bob', from + 100);
    }
    const { n, check: own, previous, time } = first;
    const carried = [{ to: 'cat', n, check: own, previous, time, text: 'first' }];
    assert.deepEqual((await stage.reopen(bob)).pending, carried);
    assert.deepEqual(await store.findSent('bob', 'cat', 1, 1), carried);
    await store.settle('bob', settled('cat', 1));
    await stage.receiveMany('bob', 'amy', 201, 300);
    assert.deepEqual(await store.findSent('bob', 'cat', 1, 9), []);
    assert.deepEqual((await stage.reopen(bob)).pending, []);
    assert.equal((await stage.send(bob, 'cat', 'second')).previous, first.check);
  });

  check('the log is bounded in bytes', { logBytes: 100_000 }, async (stage) => {
    await stage.addUsers('bob');
    const text = 'ü'.repeat(500);
    for (const n of numbers(1, 300)) {
      await stage.receive('bob', 'amy', n, { text });
      if (n % 50 === 0) await stage.confirm('bob', n);
    }
    const logged = await loggedNumbers(stage, 'bob');
    assert.deepEqual(logged, numbers(logged[0]!, 300));
    // 1,000 bytes of text and whatever a store reckons for the rest of an entry.
    assert.ok(logged.length >= 50 && logged.length <= 100 + SLACK, `${logged.length} entries`);
  });
}

export function checkLogTime(check: Check): void {
  check('the log drops what is old', { logAge: 100_000 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 100);
    stage.advance(60_000);
    await stage.receiveMany('bob', 'amy', 101, 150);
    await stage.confirm('bob', 150);
    stage.advance(59_000);
    await stage.receiveMany('bob', 'amy', 151, 250);
    const logged = await loggedNumbers(stage, 'bob');
    assert.deepEqual(logged, numbers(101, 250));
  });

  check('time never runs back within a log', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const first = await stage.carry(bob, 'amy', 'one');
    stage.advance(-5_000);
    const second = await stage.carry(bob, 'amy', 'two');
    stage.advance(7_000);
    const third = await stage.carry(bob, 'amy', 'three');
    assert.deepEqual([second.time - first.time, third.time - first.time], [0, 2_000]);
    for (const user of ['bob', 'amy']) {
      const times = (await stage.readAll(user)).map(({ time }) => time - first.time);
      assert.deepEqual(times, [0, 0, 2_000]);
    }
  });
}
