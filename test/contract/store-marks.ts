/** The store's contract: marks of what became of messages, in numbers that only rise, by versions without holes. */

import assert from 'node:assert/strict';
import type { Mark } from '../../gateway/store/store.ts';
import { authorOn, login } from './store-device-stage.ts';
import { CLOSE_NAMES, numbers, settled, type Check, type Stage } from './store-stage.ts';

const NO_MARK: Omit<Mark, 'name'> = { delivered: 0, read: 0, seen: 0, refused: '', isBlocked: false, v: 0 };

function markOf(name: string, fields: Partial<Mark>): Mark {
  return { ...NO_MARK, name, ...fields };
}

/** Bob with so many own messages to Amy. */
async function beginWithSent(stage: Stage, count: number): Promise<void> {
  await stage.addUsers('bob', 'Amy');
  const bob = await stage.open('bob', 'inc.1');
  for (const n of numbers(1, count)) await stage.send(bob, 'Amy', `${n}`);
}

export function checkMarks(check: Check): void {
  checkMarked(check);
  checkRefused(check);
  checkVersions(check);
}

function checkMarked(check: Check): void {
  check('own messages are marked as delivered and read, and the mark is pushed', async (stage) => {
    const { store } = stage;
    await beginWithSent(stage, 5);
    const heard = await stage.listen('bob');
    await store.mark('bob', 'Amy', { delivered: 3, read: 0 });
    await store.mark('bob', 'Amy', { delivered: 4, read: 2 });
    await store.mark('bob', 'Amy', { delivered: 0, read: 5 });
    const marks = [
      markOf('Amy', { delivered: 3, v: 1 }),
      markOf('Amy', { delivered: 4, read: 2, v: 2 }),
      markOf('Amy', { delivered: 5, read: 5, v: 3 }),
    ];
    assert.deepEqual(
      (await heard.waitKind('mark', 3)).map(({ mark }) => mark),
      marks,
    );
    assert.deepEqual(await store.readMarks('bob', 0), { v: 3, marks: [marks[2]] });
    assert.deepEqual(await store.readMarks('amy', 0), { v: 0, marks: [] });
  });

  check('marks only rise; what raises nothing is neither a version nor pushed', async (stage) => {
    const { store } = stage;
    await beginWithSent(stage, 5);
    await store.mark('bob', 'Amy', { delivered: 4, read: 2 });
    const heard = await stage.listen('bob');
    for (const [delivered, read] of [
      [4, 2],
      [3, 1],
      [0, 0],
      [2, 2],
    ] as const) {
      await store.mark('bob', 'Amy', { delivered, read });
    }
    await store.mark('bob', 'Amy', { delivered: 1, read: 3 });
    const [push] = await heard.waitKind('mark', 1);
    assert.deepEqual(push?.mark, markOf('Amy', { delivered: 4, read: 3, v: 2 }));
    assert.equal(heard.pushes.length, 1);
  });

  check('no more is marked than there are messages', async (stage) => {
    const { store } = stage;
    await beginWithSent(stage, 2);
    await store.mark('bob', 'Amy', { delivered: 9, read: 8 });
    await store.mark('bob', 'Amy', { delivered: 9, read: 9 });
    await store.mark('bob', 'cat', { delivered: 9, read: 9 });
    await store.mark('nobody', 'Amy', { delivered: 1, read: 1 });
    assert.deepEqual(await store.readMarks('bob', 0), {
      v: 1,
      marks: [markOf('Amy', { delivered: 2, read: 2, v: 1 })],
    });
    assert.deepEqual(await store.readMarks('nobody', 0), { v: 0, marks: [] });
    assert.equal(await store.readAccount('nobody'), undefined);
  });
}

function checkRefused(check: Check): void {
  check('refused messages are marked as ranges, once', async (stage) => {
    const { store } = stage;
    await beginWithSent(stage, 9);
    const heard = await stage.listen('bob');
    const refuse = (n: number) => store.settle('bob', [{ to: 'amy', n, refused: 'full' }]);
    for (const n of [3, 4, 5]) await refuse(n);
    await store.settle('bob', settled('amy', 6, 7, 8));
    await refuse(9);
    for (const n of [3, 6, 9, 99]) await refuse(n);
    const refused = (await heard.waitKind('mark', 4)).map(({ mark }) => mark.refused);
    assert.deepEqual(refused, ['3-3', '3-4', '3-5', '3-5 9-9']);
    assert.deepEqual(await store.readMarks('bob', 0), { v: 4, marks: [markOf('Amy', { refused: '3-5 9-9', v: 4 })] });
    await store.mark('bob', 'Amy', { delivered: 2, read: 1 });
    const both = markOf('Amy', { delivered: 2, read: 1, refused: '3-5 9-9', v: 5 });
    assert.deepEqual((await store.readMarks('bob', 4)).marks, [both]);
  });

  check('a message that was not refused by its check is not marked', async (stage) => {
    await beginWithSent(stage, 1);
    await stage.store.settle('bob', [{ to: 'amy', n: 1, check: 'nothex', refused: 'full' }]);
    assert.deepEqual(await stage.store.readMarks('bob', 0), { v: 0, marks: [] });
  });

  check('the last 16 ranges are kept', async (stage) => {
    await beginWithSent(stage, 40);
    const odd = numbers(1, 20).map((index) => 2 * index - 1);
    await stage.store.settle(
      'bob',
      odd.map((n) => ({ to: 'amy', n, refused: 'full' })),
    );
    const { marks } = await stage.store.readMarks('bob', 0);
    const last = odd.slice(-16).map((n) => `${n}-${n}`);
    assert.equal(marks[0]?.refused, last.join(' '));
  });
}

function checkVersions(check: Check): void {
  check(
    'versions of an account’s marks have no holes, and only the last of each conversation is read',
    async (stage) => {
      const { store } = stage;
      await stage.addUsers('bob', 'amy', 'cat');
      const bob = await stage.open('bob', 'inc.1');
      for (const n of numbers(1, 20)) {
        await stage.send(bob, 'amy', `${n}`);
        await stage.send(bob, 'cat', `${n}`);
      }
      await stage.receiveMany('bob', 'amy', 1, 20);
      const heard = await stage.listen('bob');
      await Promise.all(
        numbers(1, 20).flatMap((n) => [
          store.mark('bob', 'amy', { delivered: n, read: 0 }),
          store.mark('bob', 'cat', { delivered: n, read: n }),
          store.read('bob', 'amy', n),
        ]),
      );
      const { v, marks } = await store.readMarks('bob', 0);
      assert.deepEqual(
        (await heard.waitKind('mark', v)).map(({ mark }) => mark.v),
        numbers(1, v),
      );
      const amy = { delivered: 20, read: 0, seen: 20 };
      const cat = { delivered: 20, read: 20, seen: 0 };
      assert.deepEqual(
        [...marks].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ v: _v, ...mark }) => mark),
        [markOf('amy', amy), markOf('cat', cat)].map(({ v: _v, ...mark }) => mark),
      );
      assert.equal(marks.at(-1)?.v, v);
    },
  );

  check('marks are read from a version on, in its order; all of them where the version is not known', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', ...CLOSE_NAMES);
    for (const name of CLOSE_NAMES) await stage.receiveMany('bob', name, 1, 1);
    for (const name of CLOSE_NAMES) await store.read('bob', name, 1);
    const all = CLOSE_NAMES.map((name, index) => markOf(name, { seen: 1, v: index + 1 }));
    const v = all.length;
    assert.deepEqual(await store.readMarks('bob', 0), { v, marks: all });
    assert.deepEqual(await store.readMarks('bob', 4), { v, marks: all.slice(4) });
    assert.deepEqual(await store.readMarks('bob', v), { v, marks: [] });
    assert.deepEqual(await store.readMarks('bob', v + 1), { v, marks: all });
    assert.equal((await store.look('bob'))?.marks, v);
    for (const [marks, changed] of [
      [0, all],
      [4, all.slice(4)],
      [v, []],
      [v + 9, all],
    ] as const) {
      const { device } = await login(stage, await authorOn(stage, 'bob', `inc.${marks}`, 'phone'), { marks });
      assert.deepEqual([device.marks, device.changed], [v, changed]);
    }
  });

  check('after a comparison that followed a failover all marks are of a higher version', async (stage) => {
    const { store } = stage;
    await beginWithSent(stage, 3);
    await store.mark('bob', 'Amy', { delivered: 1, read: 0 });
    const at = 4e12;
    await store.markCompared('bob', at);
    const amy = markOf('Amy', { delivered: 1, v: at - 1 });
    // A device may hold marks of versions that were given again, or were lost; or it was told only some of these.
    for (const since of [0, 1, 9, at - 1])
      assert.deepEqual(await store.readMarks('bob', since), { v: at, marks: [amy], from: at });
    assert.deepEqual(await store.readMarks('bob', at), { v: at, marks: [] });
    assert.deepEqual(await store.readMarks('bob', at + 1), { v: at, marks: [amy] });
    for (const [marks, marksFrom] of [
      [1, at],
      [at, undefined],
    ] as const) {
      const { device } = await login(stage, await authorOn(stage, 'bob', `inc.${marks}`, 'phone'), { marks });
      assert.equal(device.marksFrom, marksFrom);
    }
    const heard = await stage.listen('bob');
    await store.mark('bob', 'Amy', { delivered: 2, read: 0 });
    assert.equal((await heard.waitKind('mark', 1))[0]?.mark.v, at + 1);
    await store.markCompared('bob', at);
    assert.equal((await store.readMarks('bob', 0)).v, at + 1);
  });
}
