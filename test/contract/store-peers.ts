/** The store's contract: what a user's copies say of others, and how they are compared after a failover. */

import assert from 'node:assert/strict';
import type { Friendship, Peers } from '../../gateway/store/store.ts';
import { assertStored, checkFor, numbers, settled, type Check, type Stage } from './store-stage.ts';

const FULL = { outcome: 'refused', reason: 'full' };
const DIVERGED = { outcome: 'diverged' };

/** Another message under a number that is taken. */
function receiveOther({ store }: Stage, user: string, from: string, n: number) {
  return store.receive(user, { from, n, check: 'ffffff', previous: '', time: 1_000, text: 'another' });
}

async function peersOf({ store }: Stage, user: string, other?: string): Promise<Peers> {
  const peers = await store.readPeers(user, other);
  assert.ok(peers, `${user} has an account`);
  const byUser = (a: { user: string }, b: { user: string }) => (a.user < b.user ? -1 : 1);
  return {
    name: peers.name,
    conversations: [...peers.conversations].sort((a, b) => (a.other < b.other ? -1 : 1)),
    friendships: [...peers.friendships].sort(byUser),
  };
}

export function checkPeers(check: Check): void {
  checkDiverged(check);
  checkConversations(check);
  checkRestored(check);

  check('received messages are found by sender and number', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'Amy');
    const amy = await stage.open('amy', 'inc.1');
    for (const sender of ['A', 'a-b', 'a.b']) await stage.receiveMany('bob', sender, 1, 12);
    await stage.carry(amy, 'bob', 'one|\n');
    const second = await stage.carry(amy, 'bob', '');
    const expected = numbers(3, 12).map((n) => ({ n, check: checkFor(n), previous: checkFor(n - 1), text: `A ${n}` }));
    assert.deepEqual(await store.findReceived('bob', 'a', 3), expected);
    const { n, check: own, previous } = second;
    assert.deepEqual(await store.findReceived('bob', 'amy', 2), [{ n, check: own, previous, text: '' }]);
    assert.equal((await store.findReceived('bob', 'amy', 1))[0]?.text, 'one|\n');
    assert.deepEqual(await store.findReceived('bob', 'amy', 3), []);
    assert.deepEqual(await store.findReceived('bob', 'nobody', 1), []);
    assert.deepEqual(await store.findReceived('nobody', 'amy', 1), []);
    assert.deepEqual(await store.findReceived('amy', 'bob', 1), []);
  });

  check('many received messages are found in order', { waiting: 2_000 }, async (stage) => {
    await stage.addUsers('bob');
    for (const first of [1, 401, 801]) {
      await stage.receiveMany('bob', 'amy', first, first + 399);
      await stage.receiveMany('bob', 'cat', first, first + 399);
    }
    const found = await stage.store.findReceived('bob', 'amy', 5);
    assert.deepEqual(
      found.map(({ n }) => n),
      numbers(5, 1_200),
    );
  });

  check('what is left half-way: messages not settled, and friendships begun', async (stage) => {
    const { store } = stage;
    assert.equal(await store.readUnfinished('nobody'), undefined);
    await stage.addUsers('Bob', 'amy', 'cat');
    assert.deepEqual(await store.readUnfinished('bob'), { name: 'Bob', pending: [], friendships: [], untold: [] });
    const bob = await stage.open('bob', 'inc.1');
    await stage.carry(bob, 'amy', 'settled');
    await stage.send(bob, 'cat', 'one');
    await stage.send(bob, 'amy', 'two');
    await stage.send(bob, 'bob', 'note');
    await stage.befriend('add', 'amy', 'bob');
    await store.beginFriendship('bob', 'cat');
    const { name, pending, friendships } = (await store.readUnfinished('bob'))!;
    assert.equal(name, 'Bob');
    assert.deepEqual(pending, (await stage.reopen(bob)).pending);
    assert.deepEqual(
      pending.map(({ to, n, text }) => [to, n, text]),
      [
        ['cat', 1, 'one'],
        ['amy', 2, 'two'],
      ],
    );
    assert.deepEqual(friendships, [{ user: 'cat', name: 'cat', state: 'none', version: 0, isOpen: true }]);
  });

  check('who was compared after the last failover is not doubtful', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const author = await stage.author('bob', 'inc.1');
    const { failoverAt } = await store.beat('inc');
    for (const at of [failoverAt, failoverAt, failoverAt + 1, failoverAt]) {
      await store.markCompared('bob', at);
      assert.equal((await stage.reopen(author)).isDoubtful, false);
    }
    await store.markCompared('nobody', failoverAt + 1);
    assert.equal(await store.readAccount('nobody'), undefined);
    assert.equal(await store.look('nobody'), undefined);
  });
}

function checkDiverged(check: Check): void {
  check('another message under a number that is taken is told from a repeat, and changes nothing', async (stage) => {
    await stage.addUsers('bob', 'amy');
    await stage.receiveMany('bob', 'Amy', 1, 4);
    await stage.receiveMany('bob', 'cat', 1, 9);
    const before = [await stage.readAll('bob'), await peersOf(stage, 'bob')];
    const heard = await stage.listen('bob');
    for (const n of [1, 3, 4]) assert.deepEqual(await receiveOther(stage, 'bob', 'Amy', n), DIVERGED);
    for (const n of [1, 3, 4]) assertStored(await stage.receive('bob', 'Amy', n));
    assert.deepEqual([await stage.readAll('bob'), await peersOf(stage, 'bob')], before);
    await stage.receiveMany('bob', 'Amy', 5, 5);
    assert.equal((await heard.waitEntries(1)).length, 1);
  });

  check(
    'a message that does not follow the last one taken is told, unless what is missing is skipped',
    async (stage) => {
      const { store } = stage;
      await stage.addUsers('bob');
      await stage.receiveMany('bob', 'amy', 1, 2);
      const message = { from: 'amy', n: 3, check: 'ffffff', previous: 'eeeeee', time: 1_000, text: 'another' };
      const before = [await stage.readAll('bob'), await peersOf(stage, 'bob')];
      for (const previous of ['eeeeee', '', checkFor(1)]) {
        assert.deepEqual(await store.receive('bob', { ...message, previous }), DIVERGED);
      }
      assert.deepEqual([await stage.readAll('bob'), await peersOf(stage, 'bob')], before);
      assertStored(await store.receive('bob', { ...message, after: 2 }));
      assertStored(await store.receive('bob', message));
      assert.deepEqual(await stage.receive('bob', 'amy', 3, { after: 2 }), DIVERGED);
      assert.deepEqual(await stage.receive('bob', 'amy', 4), DIVERGED);
    },
  );

  check('what follows a number that was refused is not compared with it', { waiting: 1 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 1);
    assert.deepEqual(await stage.receive('bob', 'amy', 2), FULL);
    await stage.confirm('bob', 1);
    assertStored(await stage.receive('bob', 'amy', 3));
  });

  check('a number that was refused keeps its answer, whatever comes under it', { waiting: 2 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 2);
    for (const n of [3, 4]) assert.deepEqual(await stage.receive('bob', 'amy', n), FULL);
    for (const n of [3, 4]) assert.deepEqual(await receiveOther(stage, 'bob', 'amy', n), FULL);
    assert.deepEqual(await receiveOther(stage, 'bob', 'amy', 2), DIVERGED);
    await stage.confirm('bob', 2);
    await stage.receiveMany('bob', 'amy', 5, 5);
    assert.deepEqual(await receiveOther(stage, 'bob', 'amy', 4), FULL);
    assert.deepEqual(await receiveOther(stage, 'bob', 'amy', 5), DIVERGED);
  });

  check('where the log has dropped it, only the last number’s check is known', { logEntries: 10 }, async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 5);
    for (const from of [1, 101]) {
      await stage.receiveMany('bob', 'cat', from, from + 99);
      const { head } = await stage.store.readLog('bob', 0);
      await stage.confirm('bob', head);
    }
    await stage.receiveMany('bob', 'cat', 201, 300);
    assert.deepEqual(await stage.store.findReceived('bob', 'amy', 1), []);
    assertStored(await receiveOther(stage, 'bob', 'amy', 4));
    assert.deepEqual(await receiveOther(stage, 'bob', 'amy', 5), DIVERGED);
    assertStored(await stage.receive('bob', 'amy', 5));
  });
}

function checkConversations(check: Check): void {
  check(
    'both directions of a conversation are known with their last number and check',
    { waiting: 2 },
    async (stage) => {
      const { store } = stage;
      assert.equal(await store.readPeers('nobody'), undefined);
      await stage.addUsers('Bob', 'Amy', 'cat');
      assert.deepEqual(await peersOf(stage, 'bob'), { name: 'Bob', conversations: [], friendships: [] });
      const bob = await stage.open('bob', 'inc.1');
      const none = { n: 0, check: '' };
      const first = await stage.send(bob, 'Amy', 'one');
      const second = await stage.send(bob, 'Amy', 'two');
      await stage.send(bob, 'Bob', 'note');
      await stage.receiveMany('amy', 'Bob', 1, 2);
      const out = { n: 2, check: second.check };
      assert.deepEqual((await peersOf(stage, 'bob')).conversations, [
        { other: 'amy', out, unsettled: 1, in: none, delivered: 0 },
      ]);
      const into = { n: 2, check: checkFor(2) };
      assert.deepEqual((await peersOf(stage, 'amy')).conversations, [
        { other: 'bob', out: none, unsettled: 1, in: into, delivered: 0 },
      ]);
      await store.settle('bob', settled('amy', first.n));
      await stage.receive('amy', 'cat', 1);
      assert.deepEqual(await stage.receive('amy', 'Bob', 3), FULL);
      const [conversation] = (await peersOf(stage, 'bob', 'amy')).conversations;
      assert.deepEqual([conversation?.unsettled, conversation?.out], [2, out]);
      await store.settle('bob', settled('amy', second.n));
      assert.equal((await peersOf(stage, 'bob', 'amy')).conversations[0]?.unsettled, 3);
      assert.deepEqual(
        (await peersOf(stage, 'amy')).conversations.map(({ other, in: last }) => [other, last]),
        [
          ['bob', { n: 3, check: '' }],
          ['cat', { n: 1, check: checkFor(1) }],
        ],
      );
      await store.confirm('amy', (await stage.readMessages('amy'))[0]!.place);
      assert.equal((await peersOf(stage, 'amy', 'bob')).conversations[0]?.delivered, 1);
    },
  );

  check('one conversation alone can be asked for', async (stage) => {
    await stage.addUsers('bob', 'a', 'a-b', 'a.b');
    const bob = await stage.open('bob', 'inc.1');
    for (const to of ['a', 'a-b']) await stage.send(bob, to, 'hello');
    await stage.befriend('add', 'a', 'bob');
    await stage.befriend('add', 'a.b', 'bob');
    const others = async (other: string) => {
      const { conversations, friendships } = await peersOf(stage, 'bob', other);
      return [conversations.map((each) => each.other), friendships.map(({ user }) => user)];
    };
    assert.deepEqual(await others('a'), [['a'], ['a']]);
    assert.deepEqual(await others('a-b'), [['a-b'], []]);
    assert.deepEqual(await others('a.b'), [[], ['a.b']]);
    assert.deepEqual(await others('nobody'), [[], []]);
    assert.deepEqual(await others('bob'), [[], []]);
  });

  check('all copies of friendships are known, also of those that are over', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'b1', 'b2', 'b3', 'b4');
    await stage.befriend('add', 'amy', 'b1');
    await stage.befriend('add', 'b2', 'amy');
    await stage.befriend('accept', 'amy', 'b2');
    await stage.befriend('add', 'b3', 'amy');
    await stage.befriend('deny', 'amy', 'b3');
    await stage.befriend('delete', 'amy', 'b4');
    await store.beginFriendship('amy', 'b4');
    const copies = (await peersOf(stage, 'amy')).friendships;
    assert.deepEqual(copies, [
      { user: 'b1', name: 'b1', state: 'inviting', version: 1, isOpen: false },
      { user: 'b2', name: 'b2', state: 'friends', version: 2, isOpen: false },
      { user: 'b3', name: 'b3', state: 'none', version: 2, isOpen: false },
      { user: 'b4', name: 'b4', state: 'none', version: 0, isOpen: true },
    ]);
    await store.tellFriendship('amy', 'b4', await store.readFriendship('amy', 'b4'));
    assert.deepEqual((await peersOf(stage, 'amy')).friendships, copies.slice(0, -1));
    assert.deepEqual((await peersOf(stage, 'amy', 'b3')).friendships, [copies[2]]);
  });
}

function checkRestored(check: Check): void {
  const STATES = {
    friends: { areFriends: true, change: 'accept' },
    none: { areFriends: false, change: 'delete' },
    inviting: { areFriends: false, invitedBy: 'amy', change: 'invite', changedBy: 'amy' },
    invited: { areFriends: false, invitedBy: 'bob', change: 'invite', changedBy: 'bob' },
  } as const;
  const MIRRORED = { friends: 'friends', none: undefined, inviting: 'invited', invited: 'inviting' } as const;

  for (const state of ['friends', 'none', 'inviting', 'invited'] as const) {
    check(`a record that is behind a copy becomes it: ${state}`, async (stage) => {
      const { store } = stage;
      await stage.addUsers('amy', 'bob');
      await stage.befriend('add', state === 'invited' ? 'amy' : 'bob', state === 'invited' ? 'bob' : 'amy');
      const copy: Friendship = { user: 'bob', name: 'bob', state, version: 5, isOpen: false };
      await store.restoreFriendship('amy', copy);
      const record = await store.readFriendship('amy', 'bob');
      const { changedBy, ...rest } = record;
      assert.ok(changedBy === 'amy' || changedBy === 'bob');
      assert.deepEqual({ version: 5, changedBy, ...STATES[state] }, { ...rest, changedBy });
      await store.restoreFriendship('amy', copy);
      await store.restoreFriendship('amy', { ...copy, version: 4, state: 'inviting' });
      await store.restoreFriendship('bob', { ...copy, user: 'amy', name: 'amy', state: 'none' });
      assert.deepEqual(await store.readFriendship('bob', 'amy'), record);
      await store.tellFriendship('bob', 'amy', record);
      const [told] = await store.listFriendships('bob');
      assert.deepEqual([told?.state, told?.version ?? 5], [MIRRORED[state], 5]);
      const { change, version } = (await stage.readFriendEntries('bob')).at(-1)!;
      assert.deepEqual([change, version], [STATES[state].change, 5]);
    });
  }

  check('what is decided after a restoration goes on from it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    const operation = { op: 'before', type: 'add', by: 'amy', other: 'bob' } as const;
    const before = await store.decideFriendship(operation);
    const copy = { user: 'bob', name: 'bob', state: 'invited', version: 7, isOpen: false } as const;
    await store.restoreFriendship('amy', copy);
    assert.deepEqual(await store.decideFriendship(operation), before);
    const { isDone, version, areFriends } = await stage.befriend('accept', 'amy', 'bob');
    assert.deepEqual([isDone, version, areFriends], [true, 8, true]);
    assert.equal((await store.listFriendships('bob'))[0]?.state, 'friends');
  });
}
