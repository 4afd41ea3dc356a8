/** The store's contract: each user's list of friendships, which follows what the pairs' records decide. */

import assert from 'node:assert/strict';
import type { FriendshipChange, FriendshipDecision } from '../../gateway/store/store.ts';
import { CLOSE_NAMES, numbers, type Check, type Stage } from './store-stage.ts';

async function copy({ store }: Stage, user: string, other: string) {
  const found = (await store.listFriendships(user)).find((friendship) => friendship.user === other);
  return found && { state: found.state, version: found.version, isOpen: found.isOpen };
}

async function changes(stage: Stage, user: string): Promise<readonly string[]> {
  return (await stage.readFriendEntries(user)).map(({ kind, change, version }) => `${kind} ${change} ${version}`);
}

/** The decision as whoever heals a list reads it: without the operation. */
async function heal({ store }: Stage, user: string, other: string): Promise<void> {
  await store.tellFriendship(user, other, await store.readFriendship(user, other));
}

export function checkFriendshipCopies(check: Check): void {
  check('a begun change is in the list, open, until it is told', async (stage) => {
    const { store } = stage;
    await stage.addUsers('Amy', 'bob');
    assert.deepEqual(await store.beginFriendship('bob', 'Amy'), { outcome: 'begun' });
    const begun = { user: 'amy', name: 'Amy', state: 'none', version: 0, isOpen: true } as const;
    assert.deepEqual(await store.listFriendships('bob'), [begun]);
    assert.deepEqual(await store.beginFriendship('amy', 'bob'), { outcome: 'begun' });
    const decision = await store.decideFriendship({ op: '1', type: 'add', by: 'amy', other: 'bob' });
    assert.deepEqual(await store.listFriendships('bob'), [begun]);
    await store.tellFriendship('bob', 'Amy', decision);
    await store.tellFriendship('amy', 'bob', decision);
    const told = { user: 'amy', name: 'Amy', state: 'invited', version: 1, isOpen: false } as const;
    assert.deepEqual(await store.listFriendships('bob'), [told]);
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'inviting', version: 1, isOpen: false });
  });

  check('each change is logged for both and told once', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    for (const [type, by] of [
      ['add', 'amy'],
      ['accept', 'bob'],
      ['delete', 'bob'],
      ['add', 'bob'],
      ['deny', 'amy'],
    ] as const) {
      const other = by === 'amy' ? 'bob' : 'amy';
      const decision = await stage.befriend(type, by, other);
      await stage.tell(decision, by, other);
      await heal(stage, by, other);
    }
    const made: readonly FriendshipChange[] = ['invite', 'accept', 'delete', 'invite', 'deny'];
    const ways = (user: string, bys: readonly string[]) =>
      made.map((change, index) => `friend-${bys[index] === user ? 'out' : 'in'} ${change} ${index + 1}`);
    for (const user of ['amy', 'bob']) {
      assert.deepEqual(await changes(stage, user), ways(user, ['amy', 'bob', 'bob', 'bob', 'amy']));
    }
    const [entry] = await stage.readFriendEntries('bob');
    assert.match(entry!.place, /^1-[0-9a-f]{6}$/);
    const { place, time } = entry!;
    assert.deepEqual(entry, { kind: 'friend-in', place, time, name: 'amy', change: 'invite', version: 1 });
    assert.deepEqual(await store.listFriendships('amy'), []);
    assert.deepEqual(await store.listFriendships('bob'), []);
  });

  check('an old version told late changes nothing; a newer one may come first', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    const invite = await stage.decide('add', 'amy', 'bob', '1');
    const accept = await stage.decide('accept', 'bob', 'amy', '2');
    await store.tellFriendship('amy', 'bob', accept);
    await store.tellFriendship('amy', 'bob', invite);
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'friends', version: 2, isOpen: false });
    assert.deepEqual(await changes(stage, 'amy'), ['friend-in accept 2']);
  });

  check('what was not done closes the copy and changes nothing else', async (stage) => {
    await stage.addUsers('amy', 'bob');
    assert.equal((await stage.befriend('accept', 'amy', 'bob')).isDone, false);
    assert.deepEqual(await stage.store.listFriendships('amy'), []);
    await stage.befriend('add', 'amy', 'bob');
    assert.equal((await stage.befriend('add', 'amy', 'bob')).isDone, true);
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'inviting', version: 1, isOpen: false });
    assert.deepEqual(await changes(stage, 'amy'), ['friend-out invite 1']);
    assert.deepEqual(await changes(stage, 'bob'), ['friend-in invite 1']);
  });

  check('a list is healed from what the pair decided, or did not', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob', 'cat');
    await stage.decide('add', 'amy', 'bob', '1');
    await store.beginFriendship('amy', 'cat');
    await heal(stage, 'amy', 'bob');
    await heal(stage, 'amy', 'cat');
    await heal(stage, 'bob', 'amy');
    assert.deepEqual(
      (await store.listFriendships('amy')).map(({ user, state, isOpen }) => [user, state, isOpen]),
      [['bob', 'inviting', false]],
    );
    assert.deepEqual(await changes(stage, 'amy'), ['friend-out invite 1']);
    assert.deepEqual(await changes(stage, 'bob'), ['friend-in invite 1']);
  });

  check('a copy stays open while another operation is begun and may be decided', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    const first = await stage.decide('add', 'amy', 'bob', '1');
    const second = await stage.decide('accept', 'bob', 'amy', '2');
    await store.tellFriendship('amy', 'bob', first);
    await store.tellFriendship('amy', 'bob', first);
    // Were the second one's gateway to die here, its change would be found by this mark.
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'inviting', version: 1, isOpen: true });
    await store.tellFriendship('amy', 'bob', second);
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'friends', version: 2, isOpen: false });
  });

  check('a copy stays open where the second operation makes the first one’s state none', async (stage) => {
    await stage.addUsers('amy', 'bob');
    await stage.befriend('add', 'amy', 'bob');
    const withdrawn = await stage.decide('delete', 'amy', 'bob', '1');
    await stage.decide('add', 'bob', 'amy', '2');
    await stage.tell(withdrawn, 'amy', 'bob');
    assert.deepEqual(await copy(stage, 'bob', 'amy'), { state: 'none', version: 2, isOpen: true });
    await heal(stage, 'bob', 'amy');
    assert.deepEqual(await copy(stage, 'bob', 'amy'), { state: 'inviting', version: 3, isOpen: false });
  });

  check('a copy that has left the list is not brought back by an old change told again', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    const told: FriendshipDecision[] = [];
    for (const type of ['add', 'delete'] as const) told.push(await stage.befriend(type, 'amy', 'bob'));
    for (const decision of told) await stage.tell(decision, 'amy', 'bob');
    assert.deepEqual(await store.listFriendships('bob'), []);
    // Also where something new was begun meanwhile.
    const denied = await stage.decide('deny', 'bob', 'amy', 'late');
    for (const decision of told) await stage.tell(decision, 'amy', 'bob');
    assert.deepEqual(await copy(stage, 'bob', 'amy'), { state: 'none', version: 2, isOpen: true });
    await stage.tell(denied, 'amy', 'bob');
    assert.deepEqual(await store.listFriendships('bob'), []);
    assert.deepEqual(await changes(stage, 'bob'), ['friend-in invite 1', 'friend-in delete 2']);
    await stage.befriend('add', 'bob', 'amy');
    assert.deepEqual(await copy(stage, 'amy', 'bob'), { state: 'invited', version: 3, isOpen: false });
  });

  check('operations at once on one pair end with equal, closed copies', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    for (const _round of numbers(1, 10)) {
      await Promise.all([
        stage.befriend('add', 'amy', 'bob'),
        stage.befriend('delete', 'bob', 'amy'),
        stage.befriend('add', 'bob', 'amy'),
        stage.befriend('deny', 'amy', 'bob'),
      ]);
      const { version, areFriends, invitedBy } = await store.readFriendship('amy', 'bob');
      for (const user of ['amy', 'bob']) {
        const found = await copy(stage, user, user === 'amy' ? 'bob' : 'amy');
        const isInviting = invitedBy === user ? 'inviting' : 'invited';
        const state = areFriends ? 'friends' : isInviting;
        const isNothing = !areFriends && invitedBy === undefined;
        assert.deepEqual(found, isNothing ? undefined : { state, version, isOpen: false });
        assert.equal((await stage.readFriendEntries(user)).at(-1)?.version, version);
      }
    }
  });

  check('the list is sorted by key', async (stage) => {
    await stage.addUsers(...CLOSE_NAMES);
    for (const name of CLOSE_NAMES) if (name !== 'z') await stage.befriend('add', name, 'z');
    const listed = (await stage.store.listFriendships('z')).map(({ user }) => user);
    assert.deepEqual(listed, [...CLOSE_NAMES].sort().slice(0, -1));
    assert.deepEqual(await stage.store.listFriendships('nobody'), []);
  });

  check('a list has room for so many friends and open invitations', { friendships: 3 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'b1', 'b2', 'b3', 'b4');
    await stage.befriend('add', 'amy', 'b1');
    await stage.befriend('accept', 'b1', 'amy');
    await stage.befriend('add', 'b2', 'amy');
    await stage.befriend('deny', 'amy', 'b4');
    await stage.befriend('add', 'amy', 'b3');
    assert.deepEqual(await store.beginFriendship('amy', 'b4'), { outcome: 'full' });
    assert.equal(await copy(stage, 'amy', 'b4'), undefined);
    assert.equal((await stage.befriend('accept', 'amy', 'b2')).isDone, true);
    assert.deepEqual(await store.beginFriendship('b4', 'amy'), { outcome: 'begun' });
    await stage.befriend('delete', 'amy', 'b1');
    await stage.befriend('add', 'amy', 'b4');
    assert.equal((await copy(stage, 'amy', 'b4'))?.state, 'inviting');
  });

  check('nothing is begun for nobody, or for a removed account; telling it is no error', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    assert.deepEqual(await store.beginFriendship('nobody', 'amy'), { outcome: 'unknown' });
    const decision = await stage.decide('add', 'amy', 'bob', '1');
    await store.removeAccount('bob');
    await stage.tell(decision, 'amy', 'bob');
    assert.deepEqual(await store.beginFriendship('bob', 'amy'), { outcome: 'unknown' });
    assert.deepEqual(await store.listFriendships('bob'), []);
    assert.deepEqual(await store.readLog('bob', 0), { entries: [], head: 0, delivered: 0 });
  });

  check('with an author the session is compared', async (stage) => {
    const { store } = stage;
    await stage.addUsers('amy', 'bob');
    const amy = await stage.open('amy', 'inc.1');
    assert.deepEqual(await store.beginFriendship('amy', 'bob', amy), { outcome: 'begun' });
    await heal(stage, 'amy', 'bob');
    await store.endSessions('amy');
    assert.deepEqual(await store.beginFriendship('amy', 'bob', amy), { outcome: 'fenced' });
    assert.deepEqual(await store.listFriendships('amy'), []);
    assert.deepEqual(await store.beginFriendship('amy', 'bob'), { outcome: 'begun' });
  });
}
