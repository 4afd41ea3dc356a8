/** The store's contract: how much of one sender waits, and what happens to more. */

import assert from 'node:assert/strict';
import { assertStored, numbers, type Check, type Stage } from './store-stage.ts';

const FULL = { outcome: 'refused', reason: 'full' };

/** Confirms all that the log has. */
async function confirmAll(stage: Stage, user: string): Promise<void> {
  const { head } = await stage.store.readLog(user, 0);
  await stage.confirm(user, head);
}

async function receivedNumbers(stage: Stage, user: string, sender: string): Promise<readonly number[]> {
  return (await stage.readMessages(user)).filter(({ name }) => name === sender).map(({ n }) => n);
}

export function checkMailboxes(check: Check): void {
  check(
    'without a session so many of a sender wait, and no more; others have their own room',
    { waiting: 3 },
    async (stage) => {
      await stage.addUsers('bob');
      await stage.receiveMany('bob', 'amy', 1, 3);
      assert.deepEqual(await stage.receive('bob', 'amy', 4), FULL);
      await stage.receiveMany('bob', 'cat', 1, 3);
      assert.deepEqual(await stage.receive('bob', 'cat', 4), FULL);
      assert.deepEqual(await receivedNumbers(stage, 'bob', 'amy'), [1, 2, 3]);
      assert.equal((await stage.store.readLog('bob', 0)).head, 6);
    },
  );

  check('a refused number is used up, and stays refused', { waiting: 3 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 3);
    for (const n of [4, 5, 4, 5]) assert.deepEqual(await stage.receive('bob', 'amy', n), FULL);
    assert.deepEqual(await stage.receive('bob', 'amy', 7), { outcome: 'ahead', last: 5 });
    await confirmAll(stage, 'bob');
    assertStored(await stage.receive('bob', 'amy', 6));
    for (const n of [4, 5]) assert.deepEqual(await stage.receive('bob', 'amy', n), FULL);
    for (const n of [1, 2, 3, 6]) assertStored(await stage.receive('bob', 'amy', n));
    assert.deepEqual(await receivedNumbers(stage, 'bob', 'amy'), [1, 2, 3, 6]);
  });

  check('at least the last 16 refused numbers are remembered', { waiting: 1 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 1);
    for (const n of numbers(2, 40)) assert.deepEqual(await stage.receive('bob', 'amy', n), FULL);
    for (const n of numbers(25, 40)) assert.deepEqual(await stage.receive('bob', 'amy', n), FULL);
    assertStored(await stage.receive('bob', 'amy', 1));
  });

  check(
    'room is counted exactly: by what waits, not by numbers that were refused or skipped',
    { waiting: 4 },
    async (stage) => {
      await stage.addUsers('bob');
      let n = 0;
      const fill = async (room: number) => {
        for (let left = room; left > 0; left -= 1) assertStored(await stage.receive('bob', 'amy', (n += 1)));
        for (let more = 0; more < 3; more += 1) assert.deepEqual(await stage.receive('bob', 'amy', (n += 1)), FULL);
      };
      await fill(4);
      // Entries 1 to 4 are n 1 to 4; two are delivered, and then, beyond what was refused, 3 of 4.
      await stage.confirm('bob', 2);
      await fill(2);
      await stage.confirm('bob', 5);
      await fill(3);
      await confirmAll(stage, 'bob');
      await confirmAll(stage, 'bob');
      assertStored(await stage.receive('bob', 'amy', (n += 10), { after: n - 10 }));
      await fill(3);
    },
  );

  check('confirming again, or less, frees nothing twice', { waiting: 4 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 4);
    await stage.confirm('bob', 3);
    await stage.confirm('bob', 3);
    await stage.confirm('bob', 1);
    await stage.receiveMany('bob', 'amy', 5, 7);
    assert.deepEqual(await stage.receive('bob', 'amy', 8), FULL);
  });

  check(
    'own, other senders’ and friendship entries between do not count',
    { waiting: 3, unconfirmed: 3 },
    async (stage) => {
      await stage.addUsers('bob', 'amy', 'cat');
      const bob = await stage.open('bob', 'inc.1');
      for (const n of numbers(1, 3)) {
        await stage.send(bob, 'amy', 'own');
        await stage.send(bob, 'bob', 'note');
        assertStored(await stage.receive('bob', 'amy', n));
        assertStored(await stage.receive('bob', 'cat', n));
      }
      await stage.befriend('add', 'amy', 'bob');
      assert.deepEqual(await stage.receive('bob', 'amy', 4), FULL);
      // The first three entries: out, self, and one of amy.
      await stage.confirm('bob', 3);
      assert.deepEqual(await stage.receive('bob', 'cat', 4), FULL);
      assertStored(await stage.receive('bob', 'amy', 5));
      assert.deepEqual(await stage.receive('bob', 'amy', 6), FULL);
    },
  );

  check(
    'with a session there is more room, as a classic client confirms late',
    { waiting: 3, unconfirmed: 6 },
    async (stage) => {
      const { store } = stage;
      await stage.addUsers('bob');
      const bob = await stage.open('bob', 'inc.1');
      await stage.receiveMany('bob', 'amy', 1, 6);
      assert.deepEqual(await stage.receive('bob', 'amy', 7), FULL);
      await stage.confirm('bob', 1);
      assertStored(await stage.receive('bob', 'amy', 8));
      await store.closeSessions('bob', [bob.session]);
      assert.deepEqual(await stage.receive('bob', 'amy', 9), FULL);
      await confirmAll(stage, 'bob');
      await stage.receiveMany('bob', 'amy', 10, 12);
      assert.deepEqual(await stage.receive('bob', 'amy', 13), FULL);
      await stage.open('bob', 'inc.2');
      await stage.receiveMany('bob', 'amy', 14, 16);
      assert.deepEqual(await stage.receive('bob', 'amy', 17), FULL);
      await store.endSessions('bob');
      await stage.confirm('bob', 10);
      assert.deepEqual(await stage.receive('bob', 'amy', 18), FULL);
    },
  );

  check('many at once get exactly the room there is', { waiting: 20 }, async (stage) => {
    await stage.addUsers('bob');
    const answers = await Promise.all(numbers(1, 50).map((n) => stage.receive('bob', 'amy', n)));
    assert.deepEqual(
      answers.map(({ outcome }) => outcome),
      numbers(1, 50).map((n) => (n <= 20 ? 'stored' : 'refused')),
    );
    assert.deepEqual(await receivedNumbers(stage, 'bob', 'amy'), numbers(1, 20));
  });
}
