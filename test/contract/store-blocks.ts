/** The store's contract: users who have blocked others. */

import assert from 'node:assert/strict';
import type { ReceiveAnswer } from '../../gateway/store/store.ts';
import { authorOn, login } from './store-device-stage.ts';
import { assertStored, checkFor, CLOSE_NAMES, numbers, type Check, type Stage } from './store-stage.ts';

const SET = { outcome: 'set' };

/** Bob, who has blocked Amy. */
async function beginBlocked(stage: Stage): Promise<void> {
  await stage.addUsers('bob', 'Amy', 'cat');
  await block(stage, true);
}

async function block(stage: Stage, isBlocked: boolean, other = 'Amy'): Promise<void> {
  const bob = await stage.open('bob', `block.${stage.nextOp()}`);
  assert.deepEqual(await stage.store.setBlock(bob, other, isBlocked, 1), SET);
}

function isSwallowed(answer: ReceiveAnswer): boolean {
  return assertStored(answer).isBlocking;
}

async function receivedOf(stage: Stage, sender: string): Promise<readonly number[]> {
  return (await stage.readMessages('bob')).filter(({ name }) => name === sender).map(({ n }) => n);
}

export function checkBlocks(check: Check): void {
  checkSet(check);
  checkSwallowed(check);
  checkFriends(check);
}

function checkSet(check: Check): void {
  check('a block raises the user’s marks, is pushed, and is seen by the other one alone', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'Amy', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    const heard = await stage.listen('bob');
    assert.deepEqual(await store.setBlock(bob, 'Amy', true, 1), SET);
    const mark = { name: 'Amy', delivered: 0, read: 0, seen: 0, refused: '', isBlocked: true, v: 1 };
    assert.deepEqual(await heard.waitKind('mark', 1), [{ kind: 'mark', mark }]);
    assert.deepEqual(await store.readMarks('bob', 0), { v: 1, marks: [mark] });
    const blocking = async (viewer?: string) =>
      (await store.readPresence(['bob', 'cat'], viewer)).map((p) => p!.isBlocking);
    assert.deepEqual(await blocking('amy'), [true, false]);
    for (const viewer of ['cat', 'bob', undefined]) assert.deepEqual(await blocking(viewer), [false, false]);
    assert.equal((await store.readPresence(['amy'], 'bob'))[0]?.isBlocking, false);
    assert.deepEqual(await store.setBlock(bob, 'Amy', false, 2), SET);
    assert.deepEqual(await store.readMarks('bob', 1), { v: 2, marks: [{ ...mark, isBlocked: false, v: 2 }] });
    assert.deepEqual(await blocking('amy'), [false, false]);
    const { device } = await login(stage, await authorOn(stage, 'bob', 'inc.2', 'phone'), { marks: 1 });
    assert.deepEqual(device.changed, [{ ...mark, isBlocked: false, v: 2 }]);
  });

  check('what is read of somebody who is blocked is seen on the own devices, and not told', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    await block(stage, false);
    await stage.carry(await stage.open('amy', 'inc.1'), 'bob', 'one');
    await block(stage, true);
    assert.equal(await store.read('bob', 'Amy', 1), undefined);
    assert.equal((await store.readMarks('bob', 0)).marks[0]?.seen, 1);
    assert.deepEqual((await store.readUnfinished('bob'))?.untold, []);
  });

  check('a block set as it is changes nothing; neither does a late repeat', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const other = await stage.open('bob', 'inc.2');
    await store.setBlock(bob, 'amy', false, 1);
    assert.equal((await store.readMarks('bob', 0)).v, 0);
    await store.setBlock(bob, 'amy', true, 2);
    await store.setBlock(bob, 'amy', true, 2);
    await store.setBlock(bob, 'amy', true, 3);
    assert.equal((await store.readMarks('bob', 0)).v, 1);
    await store.setBlock(other, 'amy', false, 1);
    for (const op of [1, 2, 3]) assert.deepEqual(await store.setBlock(bob, 'amy', true, op), SET);
    const { v, marks } = await store.readMarks('bob', 0);
    assert.deepEqual([v, marks[0]?.isBlocked], [2, false]);
    assert.deepEqual(await store.setStatus(bob, 3, 3), SET);
    assert.equal((await store.readAccount('bob'))?.status, 0);
    await Promise.all(numbers(4, 9).map((op) => store.setBlock(bob, 'amy', true, op)));
    assert.equal((await store.readMarks('bob', 0)).v, 3);
  });

  check('who may not change anything does not block', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await store.setBlock(bob, 'amy', true, 1);
    await store.closeSessions('bob', ['inc.1']);
    assert.deepEqual(await store.setBlock(bob, 'amy', false, 2), { outcome: 'unlisted' });
    await stage.open('bob', 'inc.2');
    await store.endSessions('bob');
    assert.deepEqual(await store.setBlock(bob, 'amy', false, 3), { outcome: 'fenced' });
    assert.deepEqual(await store.setBlock({ ...bob, user: 'nobody' }, 'amy', true, 1), { outcome: 'fenced' });
    assert.equal((await store.readMarks('bob', 0)).marks[0]?.isBlocked, true);
  });

  check('a block is of one name, not of those like it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', ...CLOSE_NAMES);
    await block(stage, true, 'a');
    for (const name of CLOSE_NAMES) {
      assert.equal((await store.readPresence(['bob'], name))[0]?.isBlocking, name === 'a', name);
      assert.equal(isSwallowed(await stage.receive('bob', name, 1)), name === 'a', name);
    }
    assert.equal((await stage.readAll('bob')).length, CLOSE_NAMES.length - 1);
  });
}

function checkSwallowed(check: Check): void {
  check('a blocked sender’s message uses up its number; nothing is stored or pushed', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    const heard = await stage.listen('bob');
    for (const n of [1, 2, 1, 2, 2]) assert.ok(isSwallowed(await stage.receive('bob', 'Amy', n)));
    assert.deepEqual(await stage.receive('bob', 'Amy', 4), { outcome: 'ahead', last: 2 });
    assert.ok(!isSwallowed(await stage.receive('bob', 'cat', 1)));
    assert.equal((await heard.waitEntries(1)).length, 1);
    assert.deepEqual(await receivedOf(stage, 'Amy'), []);
    assert.deepEqual(await store.findReceived('bob', 'amy', 1), []);
    const [conversation] = (await store.readPeers('bob', 'amy'))!.conversations;
    assert.deepEqual(conversation?.in, { n: 2, check: checkFor(2) });
    assert.deepEqual(await stage.confirm('bob', 1), [{ to: 'cat', delivered: 1, read: 0 }]);
  });

  check('repeats keep their answers after the block has ended, and new messages come', async (stage) => {
    await stage.addUsers('bob', 'Amy');
    await stage.receiveMany('bob', 'Amy', 1, 2);
    await block(stage, true);
    for (const n of [3, 4]) assert.ok(isSwallowed(await stage.receive('bob', 'Amy', n)));
    assertStored(await stage.receive('bob', 'Amy', 1));
    await block(stage, false);
    for (const n of [5, 6]) assert.ok(!isSwallowed(await stage.receive('bob', 'Amy', n)));
    for (const n of [3, 4, 3]) assert.ok(isSwallowed(await stage.receive('bob', 'Amy', n)));
    for (const n of [1, 2, 5, 6]) assert.ok(!isSwallowed(await stage.receive('bob', 'Amy', n)));
    assert.deepEqual(await receivedOf(stage, 'Amy'), [1, 2, 5, 6]);
  });

  check('a message that does not follow the swallowed one is another log’s', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    await stage.receive('bob', 'Amy', 1);
    const request = { from: 'Amy', time: 1_000, text: 'x' };
    const next = { ...request, n: 2, check: 'bbbbbb', previous: 'aaaaaa' };
    assert.deepEqual(await store.receive('bob', next), { outcome: 'diverged' });
    const taken = { ...request, n: 1, check: 'bbbbbb', previous: '' };
    assert.deepEqual(await store.receive('bob', taken), { outcome: 'diverged' });
    assert.ok(isSwallowed(await store.receive('bob', { ...next, previous: checkFor(1) })));
  });

  check(
    'swallowed messages do not wait, and a full mailbox does not refuse them',
    { waiting: 2, unconfirmed: 2 },
    async (stage) => {
      await stage.addUsers('bob', 'Amy');
      await stage.receiveMany('bob', 'Amy', 1, 2);
      await block(stage, true);
      for (const n of numbers(3, 9)) assert.ok(isSwallowed(await stage.receive('bob', 'Amy', n)));
      await block(stage, false);
      assert.deepEqual(await stage.receive('bob', 'Amy', 10), { outcome: 'refused', reason: 'full' });
      await stage.confirm('bob', 2);
      await stage.receiveMany('bob', 'Amy', 11, 12);
      assert.deepEqual(await stage.receive('bob', 'Amy', 13), { outcome: 'refused', reason: 'full' });
      assert.deepEqual(await stage.receive('bob', 'Amy', 10), { outcome: 'refused', reason: 'full' });
      assert.ok(isSwallowed(await stage.receive('bob', 'Amy', 5)));
    },
  );

  check('blocked on and off, each number is where it belongs', async (stage) => {
    await stage.addUsers('bob', 'Amy');
    for (const n of numbers(1, 20)) {
      await block(stage, n % 2 === 0);
      assert.equal(isSwallowed(await stage.receive('bob', 'Amy', n)), n % 2 === 0);
    }
    await block(stage, false);
    for (const n of numbers(1, 20)) assert.equal(isSwallowed(await stage.receive('bob', 'Amy', n)), n % 2 === 0);
    const odd = numbers(1, 20).filter((n) => n % 2 === 1);
    assert.deepEqual(await receivedOf(stage, 'Amy'), odd);
  });
}

function checkFriends(check: Check): void {
  check('a blocked user’s invitation is in the list, hidden; it is neither logged nor pushed', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    const heard = await stage.listen('bob');
    await stage.addUsers('Dan');
    await block(stage, true, 'Dan');
    await stage.befriend('add', 'amy', 'bob');
    await stage.befriend('add', 'cat', 'bob');
    await stage.befriend('add', 'bob', 'dan');
    const states = (await store.listFriendships('bob')).map(({ user, state, isOpen }) => [user, state, isOpen]);
    assert.deepEqual(states, [
      ['amy', 'invited', false],
      ['cat', 'invited', false],
      ['dan', 'inviting', false],
    ]);
    const logged = (await stage.readFriendEntries('bob')).map(({ kind, name }) => `${kind} ${name}`);
    assert.deepEqual(logged, ['friend-in cat', 'friend-out dan']);
    assert.equal((await heard.waitKind('entry', 2)).length, 2);
    assert.equal((await stage.readFriendEntries('amy')).length, 1);
    const opened = await stage.reopen(await stage.author('bob', 'inc.9'));
    assert.deepEqual([opened.hidden, opened.friendships.length], [['amy'], 3]);
    await block(stage, false);
    assert.deepEqual((await stage.reopen(await stage.author('bob', 'inc.9'))).hidden, []);
  });

  check('nobody is shown that one they have blocked withdrew an invitation', async (stage) => {
    await beginBlocked(stage);
    for (let round = 0; round < 3; round += 1) {
      await stage.befriend('add', 'amy', 'bob');
      await stage.befriend('delete', 'amy', 'bob');
    }
    assert.deepEqual(await stage.readFriendEntries('bob'), []);
  });

  check(
    'an own acceptance that came back from the other one’s copy is shown, also of one who is blocked',
    async (stage) => {
      const { store } = stage;
      await beginBlocked(stage);
      await stage.befriend('add', 'amy', 'bob');
      await store.tellFriendship('bob', 'Amy', { version: 2, areFriends: true, change: 'accept', changedBy: 'amy' });
      assert.deepEqual(
        (await stage.readFriendEntries('bob')).map(({ change }) => change),
        ['accept'],
      );
    },
  );

  check('what was delivered from one who is blocked is not told', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    await block(stage, false);
    await stage.carry(await stage.open('amy', 'inc.1'), 'bob', 'one');
    const [copy] = await stage.readMessages('bob');
    await block(stage, true);
    assert.deepEqual(await store.confirm('bob', copy!.place), []);
    assert.deepEqual((await store.readUnfinished('bob'))?.untold, []);
  });

  check('an invitation that was told before is not told again by the block’s end', async (stage) => {
    const { store } = stage;
    await beginBlocked(stage);
    const decision = await stage.befriend('add', 'amy', 'bob');
    await block(stage, false);
    await store.tellFriendship('bob', 'amy', decision);
    assert.deepEqual(await stage.readFriendEntries('bob'), []);
    await stage.befriend('accept', 'bob', 'amy');
    assert.deepEqual(
      (await stage.readFriendEntries('bob')).map(({ change }) => change),
      ['accept'],
    );
    await block(stage, true);
    assert.deepEqual((await stage.reopen(await stage.author('bob', 'inc.9'))).hidden, []);
    await stage.befriend('delete', 'amy', 'bob');
    assert.deepEqual(
      (await stage.readFriendEntries('bob')).map(({ change }) => change),
      ['accept', 'delete'],
    );
  });
}
