/** The store's contract: pushes. */

import assert from 'node:assert/strict';
import { numberOf, numbers, type Check } from './store-stage.ts';

export function checkPushes(check: Check): void {
  check('every new entry is pushed as the log has it', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const [own, others] = [await stage.listen('bob'), await stage.listen('amy')];
    await stage.carry(bob, 'amy', 'a|b\n👋');
    await stage.send(bob, 'bob', 'note');
    await stage.befriend('add', 'amy', 'bob');
    await stage.befriend('accept', 'bob', 'amy');
    assert.deepEqual(await own.waitEntries(4), await stage.readAll('bob'));
    assert.deepEqual(await others.waitEntries(3), await stage.readAll('amy'));
  });

  check('pushes come in the order of the log, however many writers there are', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const sessions = [await stage.open('bob', 'inc.1'), await stage.open('bob', 'inc.2')];
    const heard = await stage.listen('bob');
    await Promise.all([
      ...numbers(1, 50).flatMap((n) => sessions.map((author) => stage.send(author, 'amy', `${n}`))),
      stage.receiveMany('bob', 'amy', 1, 50),
    ]);
    assert.deepEqual((await heard.waitEntries(150)).map(numberOf), numbers(1, 150));
  });

  check('what changes nothing is not pushed', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const decision = await stage.befriend('add', 'amy', 'bob');
    await stage.receiveMany('bob', 'amy', 1, 1);
    const request = { to: 'amy', text: 'once', op: stage.nextOp(), settled: [] };
    await store.send(bob, request);
    const heard = await stage.listen('bob');
    await store.send(bob, request);
    await stage.receive('bob', 'amy', 1);
    await stage.receive('bob', 'amy', 9);
    await store.tellFriendship('bob', 'amy', decision);
    await store.endSessions('bob', 'inc.9');
    await stage.send(bob, 'bob', 'the first to be heard');
    const [entry] = await heard.waitEntries(1);
    assert.deepEqual([entry, heard.pushes.length], [(await stage.readAll('bob')).at(-1), 1]);
  });

  check('who has unsubscribed hears nothing; who subscribes again hears what is new', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const before = await stage.listen('bob');
    await stage.receiveMany('bob', 'amy', 1, 1);
    await before.wait(1);
    await store.unsubscribe('bob');
    await stage.receiveMany('bob', 'amy', 2, 2);
    const after = await stage.listen('bob');
    await stage.receiveMany('bob', 'amy', 3, 3);
    assert.deepEqual((await after.waitEntries(1)).map(numberOf), [3]);
    assert.equal(before.pushes.length, 1);
    await store.unsubscribe('bob');
    await store.unsubscribe('bob');
    await store.unsubscribe('nobody');
  });

  check('each user’s pushes reach that user alone', async (stage) => {
    await stage.addUsers('a', 'a.b', 'ab');
    const heard = await Promise.all(['a', 'a.b', 'ab'].map((user) => stage.listen(user)));
    await stage.receiveMany('a.b', 'a', 1, 2);
    await stage.receiveMany('ab', 'a', 1, 1);
    await stage.receiveMany('a', 'ab', 1, 1);
    await Promise.all(heard.map((each, index) => each.wait([1, 2, 1][index]!)));
    assert.deepEqual(
      heard.map(({ pushes }) => pushes.length),
      [1, 2, 1],
    );
  });

  check('a subscription made just before a session opens misses nothing that comes after its page', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const receiving = stage.receiveMany('bob', 'amy', 1, 200);
    const heard = await stage.listen('bob');
    const { head } = await stage.reopen(await stage.author('bob', 'inc.1'));
    await receiving;
    const last = async () => {
      const entries = await heard.waitEntries(1);
      return numberOf(entries.at(-1)!);
    };
    await stage.receiveMany('bob', 'amy', 201, 201);
    for (let patience = 200; (await last()) < 201 && patience > 0; patience -= 1) await store.readLog('bob', 0);
    const pushed = (await heard.waitEntries(201 - head)).map(numberOf);
    assert.deepEqual(
      pushed.filter((number) => number > head),
      numbers(head + 1, 201),
    );
  });

  check('after a removal nothing more is pushed', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const heard = await stage.listen('bob');
    await store.removeAccount('bob');
    await stage.receive('bob', 'amy', 1);
    await store.tellFriendship('bob', 'amy', { version: 1, areFriends: true, change: 'accept', changedBy: 'amy' });
    await store.probe();
    assert.deepEqual(
      (await heard.wait(1)).map(({ kind }) => kind),
      ['end'],
    );
  });
}
