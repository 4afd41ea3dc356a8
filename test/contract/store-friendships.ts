/** The store's contract: what the pair's record decides. */

import assert from 'node:assert/strict';
import type { FriendshipOperation, FriendshipRecord } from '../../gateway/store/store.ts';
import { numbers, type Check, type Stage } from './store-stage.ts';

type Type = FriendshipOperation['type'];

const TYPES: readonly Type[] = ['add', 'accept', 'deny', 'delete'];

/** Ways to each state, by whom. */
const WAYS = {
  none: [],
  'amy invited': [['add', 'amy']],
  'bob invited': [['add', 'bob']],
  friends: [
    ['add', 'amy'],
    ['accept', 'bob'],
  ],
  'no friends any more': [
    ['add', 'amy'],
    ['accept', 'bob'],
    ['delete', 'amy'],
  ],
} as const satisfies Record<string, readonly (readonly [Type, string])[]>;

/** What amy's operation does in each state: the change and the state after it, or whether it was done without one. */
const EXPECTED: Record<keyof typeof WAYS, Record<Type, readonly [change: string, after: string] | boolean>> = {
  none: { add: ['invite', 'amy invited'], accept: false, deny: false, delete: false },
  'amy invited': { add: true, accept: false, deny: false, delete: ['delete', 'none'] },
  'bob invited': { add: ['accept', 'friends'], accept: ['accept', 'friends'], deny: ['deny', 'none'], delete: false },
  friends: { add: false, accept: false, deny: false, delete: ['delete', 'none'] },
  'no friends any more': { add: ['invite', 'amy invited'], accept: false, deny: false, delete: false },
};

const RECORDS: Record<string, Pick<FriendshipRecord, 'areFriends' | 'invitedBy'>> = {
  none: { areFriends: false },
  'amy invited': { areFriends: false, invitedBy: 'amy' },
  'bob invited': { areFriends: false, invitedBy: 'bob' },
  friends: { areFriends: true },
};

function decide({ store }: Stage, op: string, type: Type, by: string, other = by === 'amy' ? 'bob' : 'amy') {
  return store.decideFriendship({ op, type, by, other });
}

export function checkFriendships(check: Check): void {
  for (const [state, expectations] of Object.entries(EXPECTED)) {
    for (const type of TYPES) {
      const expected = expectations[type];
      check(`${state}: ${type} by amy`, async (stage) => {
        for (const [step, by] of WAYS[state as keyof typeof WAYS]) await decide(stage, `${step} ${by}`, step, by);
        const before = await stage.store.readFriendship('amy', 'bob');
        const { op, isDone, ...record } = await decide(stage, 'tested', type, 'amy');
        assert.equal(op, 'tested');
        assert.equal(isDone, expected !== false);
        if (typeof expected === 'boolean') {
          assert.deepEqual(record, before);
        } else {
          const [change, after] = expected;
          assert.deepEqual(record, { version: before.version + 1, ...RECORDS[after], change, changedBy: 'amy' });
        }
        assert.deepEqual(await stage.store.readFriendship('amy', 'bob'), record);
        assert.deepEqual(await stage.store.readFriendship('bob', 'amy'), record);
      });
    }
  }

  check('a pair begins at version 0, as strangers', async ({ store }) => {
    assert.deepEqual(await store.readFriendship('amy', 'bob'), { version: 0, areFriends: false });
  });

  check('nobody befriends oneself', async (stage) => {
    for (const type of TYPES) assert.equal((await decide(stage, type, type, 'amy', 'amy')).isDone, false);
    assert.equal((await stage.store.readFriendship('amy', 'amy')).version, 0);
  });

  check('a repeated operation gets the first answer, whatever has happened since', async (stage) => {
    const invite = await decide(stage, 'op 1', 'add', 'amy');
    const tooEarly = await decide(stage, 'op 2', 'accept', 'amy');
    const accept = await decide(stage, 'op 3', 'accept', 'bob');
    const end = await decide(stage, 'op 4', 'delete', 'bob');
    const before = await stage.store.readFriendship('amy', 'bob');
    assert.deepEqual(await decide(stage, 'op 1', 'add', 'amy'), invite);
    assert.deepEqual(await decide(stage, 'op 2', 'accept', 'amy'), tooEarly);
    assert.deepEqual(await decide(stage, 'op 3', 'accept', 'bob'), accept);
    assert.deepEqual(await decide(stage, 'op 4', 'delete', 'bob'), end);
    assert.deepEqual(await stage.store.readFriendship('amy', 'bob'), before);
  });

  check('the answers of the last 16 operations are kept', async (stage) => {
    const type = (n: number): Type => (n % 2 === 1 ? 'add' : 'delete');
    const answers = [];
    for (const n of numbers(1, 40)) answers.push(await decide(stage, `op-${n}`, type(n), 'amy'));
    for (const n of numbers(25, 40)) assert.deepEqual(await decide(stage, `op-${n}`, type(n), 'amy'), answers[n - 1]);
    assert.equal((await stage.store.readFriendship('amy', 'bob')).version, 40);
  });

  check('operations with close names are told apart', async (stage) => {
    const ops = ['1', '11', '111', 'a.b', 'axb', 'a-b', '%d+', '.*'];
    for (const [index, op] of ops.entries()) {
      const { isDone } = await decide(stage, op, index % 2 === 0 ? 'add' : 'delete', 'amy');
      assert.equal(isDone, true, op);
    }
    assert.equal((await stage.store.readFriendship('amy', 'bob')).version, ops.length);
  });

  check('of operations at once each is decided once', async (stage) => {
    const decisions = await Promise.all([
      ...numbers(1, 5).map(() => decide(stage, 'amy adds', 'add', 'amy')),
      ...numbers(1, 5).map(() => decide(stage, 'bob adds', 'add', 'bob')),
    ]);
    assert.deepEqual(
      decisions.map(({ isDone }) => isDone),
      numbers(1, 10).map(() => true),
    );
    assert.equal(new Set(decisions.map(({ op, version }) => `${op} ${version}`)).size, 2);
    const { version, areFriends, change } = await stage.store.readFriendship('amy', 'bob');
    assert.deepEqual([version, areFriends, change], [2, true, 'accept']);
  });

  check('pairs with close names are told apart', async (stage) => {
    const pairs = [
      ['a', 'b'],
      ['a', 'b-'],
      ['a-', 'b'],
      ['a.b', 'c'],
      ['a', 'b.c'],
      ['b', 'c'],
      ['aa', 'b'],
      ['a', 'ab'],
    ];
    for (const [by, other] of pairs)
      assert.equal((await decide(stage, `${by} ${other}`, 'add', by!, other)).version, 1);
    for (const [by, other] of pairs) {
      assert.equal((await stage.store.readFriendship(other!, by!)).invitedBy, by);
    }
  });
}
