/** The store's contract: how far a user has the messages of others, and that they are told. */

import assert from 'node:assert/strict';
import { CLOSE_NAMES, numbers, type Check, type Stage } from './store-stage.ts';

const UNMARKED = { delivered: 0, read: 0, refused: '', isBlocked: false };

async function untold({ store }: Stage, user: string) {
  const unfinished = await store.readUnfinished(user);
  return [...unfinished!.untold].sort((a, b) => (a.to < b.to ? -1 : 1));
}

export function checkAcknowledgements(check: Check): void {
  checkConfirmed(check);
  checkTold(check);
  checkRead(check);
}

function checkConfirmed(check: Check): void {
  check('a confirmation names the senders whose messages were delivered by it', async (stage) => {
    await stage.addUsers('bob', 'Amy', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    await stage.receiveMany('bob', 'Amy', 1, 2);
    await stage.receiveMany('bob', 'cat', 1, 1);
    await stage.send(bob, 'bob', 'note');
    await stage.send(bob, 'Amy', 'own');
    await stage.receiveMany('bob', 'Amy', 3, 3);
    assert.deepEqual(await stage.confirm('bob', 1), [{ to: 'amy', delivered: 1, read: 0 }]);
    const both = [...(await stage.confirm('bob', 5))].sort((a, b) => (a.to < b.to ? -1 : 1));
    assert.deepEqual(both, [
      { to: 'amy', delivered: 2, read: 0 },
      { to: 'cat', delivered: 1, read: 0 },
    ]);
    for (const upto of [5, 1]) assert.deepEqual(await stage.confirm('bob', upto), []);
    assert.deepEqual(await stage.confirm('bob', 6), [{ to: 'amy', delivered: 3, read: 0 }]);
  });

  check('who only has own entries to confirm tells nobody', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await stage.send(bob, 'amy', 'own');
    await stage.befriend('add', 'amy', 'bob');
    await stage.send(bob, 'bob', 'note');
    assert.deepEqual(await stage.confirm('bob', 3), []);
    assert.deepEqual(await untold(stage, 'bob'), []);
  });

  check('a place that the log does not have delivers nothing', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 2);
    const [entry] = (await store.readLog('bob', 1)).entries;
    const other = entry!.place.endsWith('000000') ? '000001' : '000000';
    for (const place of [`2-${other}`, '3-000000', '9999-ffffff']) {
      assert.deepEqual(await store.confirm('bob', place), []);
    }
    assert.deepEqual(await untold(stage, 'bob'), []);
    assert.equal((await store.readLog('bob', 0)).delivered, 0);
  });

  check('confirmations at once name each sender’s last message', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 20);
    const { entries } = await store.readLog('bob', 0);
    const answers = await Promise.all(entries.map(({ place }) => store.confirm('bob', place)));
    assert.equal(Math.max(...answers.flat().map(({ delivered }) => delivered)), 20);
    assert.deepEqual(await untold(stage, 'bob'), [{ to: 'amy', delivered: 20, read: 0 }]);
  });

  check('a confirmation over many pages finds all senders', { waiting: 2_000 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 1);
    for (const first of [1, 401]) await stage.receiveMany('bob', 'cat', first, first + 399);
    await stage.receiveMany('bob', 'a.b', 1, 1);
    const told = await stage.confirm('bob', 802);
    assert.deepEqual(told.map(({ to, delivered }) => `${to} ${delivered}`).sort(), ['a.b 1', 'amy 1', 'cat 800']);
  });
}

function checkTold(check: Check): void {
  check('what was delivered is named until it was told', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'cat');
    await stage.receiveMany('bob', 'amy', 1, 3);
    await stage.receiveMany('bob', 'cat', 1, 1);
    const first = await stage.confirm('bob', 2);
    await stage.confirm('bob', 4);
    const all = [
      { to: 'amy', delivered: 3, read: 0 },
      { to: 'cat', delivered: 1, read: 0 },
    ];
    assert.deepEqual(await untold(stage, 'bob'), all);
    const opened = await stage.reopen(await stage.author('bob', 'inc.1'));
    assert.deepEqual(
      [...opened.untold].sort((a, b) => (a.to < b.to ? -1 : 1)),
      all,
    );
    // It has risen since.
    await store.noteTold('bob', first);
    assert.deepEqual(await untold(stage, 'bob'), all);
    await store.noteTold('bob', [all[0]!]);
    await store.noteTold('bob', [all[0]!]);
    assert.deepEqual(await untold(stage, 'bob'), [all[1]]);
    await store.noteTold('bob', all);
    assert.deepEqual(await untold(stage, 'bob'), []);
    await store.noteTold('bob', []);
    await store.noteTold('nobody', all);
    assert.equal(await store.readUnfinished('nobody'), undefined);
  });

  check('senders of like names are told each for themselves', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    for (const [index, sender] of CLOSE_NAMES.entries()) await stage.receiveMany('bob', sender, 1, index + 1);
    await stage.confirm('bob', (await store.readLog('bob', 0)).head);
    const expected = CLOSE_NAMES.map((to, index) => ({ to, delivered: index + 1, read: 0 }));
    const byName = [...expected].sort((a, b) => (a.to < b.to ? -1 : 1));
    assert.deepEqual(await untold(stage, 'bob'), byName);
    await store.noteTold('bob', [expected[0]!]);
    assert.deepEqual(
      await untold(stage, 'bob'),
      byName.filter(({ to }) => to !== 'a'),
    );
  });
}

function checkRead(check: Check): void {
  check('what was read is marked as seen, told to the sender, and counts as delivered', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'Amy');
    await stage.receiveMany('bob', 'Amy', 1, 3);
    const heard = await stage.listen('bob');
    assert.deepEqual(await store.read('bob', 'Amy', 2), { to: 'amy', delivered: 2, read: 2 });
    const [push] = await heard.waitKind('mark', 1);
    assert.deepEqual(push?.mark, { name: 'Amy', ...UNMARKED, seen: 2, v: 1 });
    for (const upto of [2, 1, 0]) assert.equal(await store.read('bob', 'Amy', upto), undefined);
    assert.deepEqual(await untold(stage, 'bob'), [{ to: 'amy', delivered: 2, read: 2 }]);
    await stage.confirm('bob', 3);
    assert.deepEqual(await untold(stage, 'bob'), [{ to: 'amy', delivered: 3, read: 2 }]);
    await store.noteTold('bob', [{ to: 'amy', delivered: 3, read: 0 }]);
    assert.equal((await untold(stage, 'bob')).length, 1);
    await store.noteTold('bob', [{ to: 'amy', delivered: 3, read: 2 }]);
    assert.deepEqual(await untold(stage, 'bob'), []);
    assert.deepEqual(await store.read('bob', 'Amy', 3), { to: 'amy', delivered: 3, read: 3 });
  });

  check('what was read and told is not told again when it is delivered', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    await stage.receiveMany('bob', 'amy', 1, 3);
    const told = await store.read('bob', 'amy', 2);
    await store.noteTold('bob', [told!]);
    assert.deepEqual(await stage.confirm('bob', 2), []);
    assert.deepEqual(await untold(stage, 'bob'), []);
    assert.deepEqual(await stage.confirm('bob', 3), [{ to: 'amy', delivered: 3, read: 2 }]);
  });

  check('no more is read than there is', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    assert.equal(await store.read('bob', 'amy', 5), undefined);
    await stage.receiveMany('bob', 'amy', 1, 3);
    assert.deepEqual(await store.read('bob', 'amy', 999), { to: 'amy', delivered: 3, read: 3 });
    assert.equal(await store.read('bob', 'amy', 999), undefined);
    assert.deepEqual((await store.readMarks('bob', 0)).marks, [{ name: 'amy', ...UNMARKED, seen: 3, v: 1 }]);
    assert.equal(await store.read('bob', 'nobody', 1), undefined);
    assert.equal(await store.read('nobody', 'amy', 1), undefined);
    assert.equal(await store.readAccount('nobody'), undefined);
    assert.equal((await store.readMarks('bob', 0)).v, 1);
  });

  check('read at once on several devices is read once', async (stage) => {
    await stage.addUsers('bob', 'amy');
    await stage.receiveMany('bob', 'amy', 1, 9);
    const answers = await Promise.all(numbers(1, 10).map(() => stage.store.read('bob', 'amy', 9)));
    assert.equal(answers.filter((answer) => answer !== undefined).length, 1);
    assert.equal((await stage.store.readMarks('bob', 0)).v, 1);
  });
}
