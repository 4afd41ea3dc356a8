/** Friendships after a store that did not answer, or lost what it had: both lists say what was decided last. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServices } from '../../gateway/create-services.ts';
import type { Author, Store, UserKey } from '../../gateway/store/store.ts';
import { INFO } from '../contract/store-stage.ts';
import { createParts } from './listening.ts';

async function createStage() {
  const parts = createParts();
  const { store } = parts;
  const authors: Record<UserKey, Author> = {};
  for (const name of ['Alice', 'Bob']) {
    const user = name.toLowerCase();
    await store.addAccount({ name, pass: 'p', op: name });
    authors[user] = { user, session: `here.${name}`, generation: 1 };
    await store.openSession(authors[user], INFO);
  }
  const { friendships } = createServices(parts);
  const states = async () => {
    const [alice, bob] = await Promise.all([store.listFriendships('alice'), store.listFriendships('bob')]);
    return [alice[0]?.state ?? 'none', bob[0]?.state ?? 'none'];
  };
  return { store, friendships, alice: authors['alice']!, bob: authors['bob']!, states };
}

test('a change that failed half-way is told, though another one took the mark that tells of it', async () => {
  const { store, friendships, alice, states } = await createStage();
  const { tellFriendship } = store;
  const before = await store.readFriendship('alice', 'bob');
  store.tellFriendship = (user, ...rest) => {
    if (user === 'alice') return Promise.reject(new Error('the store did not answer'));
    return tellFriendship.call(store, user, ...rest);
  };
  await assert.rejects(friendships.change(alice, 'Alice', 'add', 'bob'));
  assert.deepEqual(await states(), ['none', 'invited']);
  await assert.rejects(friendships.heal('alice', 'Alice', []));
  Object.assign(store, { tellFriendship } satisfies Partial<Store>);
  await store.tellFriendship('alice', 'Bob', before);
  await friendships.heal('alice', 'Alice', []);
  assert.deepEqual(await states(), ['inviting', 'invited']);
});

test('a record that lost what the lists say is brought up to them before the next change', async () => {
  const { store, friendships, alice, bob, states } = await createStage();
  const denied = { version: 7, areFriends: false, change: 'deny', changedBy: 'bob' } as const;
  await store.beginFriendship('bob', 'Alice');
  await store.tellFriendship('bob', 'Alice', denied);
  assert.equal(await friendships.change(alice, 'Alice', 'add', 'bob'), true);
  assert.equal((await store.readFriendship('alice', 'bob')).version, 8);
  assert.deepEqual(await states(), ['inviting', 'invited']);
  await store.tellFriendship('alice', 'Bob', { version: 20, areFriends: true, change: 'accept', changedBy: 'bob' });
  await friendships.endAll(bob.user, 'Bob');
  assert.deepEqual(await states(), ['none', 'none']);
});
