/** Who is there, who writes, who is a friend; and what is asked of the gateway about it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brief,
  createStage,
  enterStage,
  fromBob,
  mark,
  place,
  shown,
  SlowStorage,
  time,
  toBob,
} from './client-stage.ts';

test('TYPING goes out at most every 3 s for each conversation, and only over a connection', () => {
  const { client, link, clock } = enterStage();
  client.typing('bob');
  client.typing('Bob');
  client.typing('carol');
  assert.deepEqual(link.take(), [
    { name: 'TYPING', from: 'alice', to: 'bob' },
    { name: 'TYPING', from: 'alice', to: 'carol' },
  ]);
  clock.pass(2_999);
  client.typing('bob');
  assert.deepEqual(link.take(), []);
  clock.pass(1);
  client.typing('bob');
  assert.deepEqual(brief(link.take()), ['TYPING']);
  link.cut();
  client.typing('dave');
});

test('TYPING: after a message was sent the next key tells at once', () => {
  const { client, link } = enterStage();
  client.typing('bob');
  client.send('Bob', 'one');
  link.take();
  client.typing('bob');
  assert.deepEqual(brief(link.take()), ['TYPING']);
});

test('somebody is shown as writing for 6 s, until the message comes, or the connection goes', () => {
  const { client, link, clock } = enterStage();
  const typing = { name: 'TYPING', from: 'Bob', to: 'alice' } as const;
  const isTyping = (): boolean => client.conversation('bob').isTyping;
  link.receive(typing);
  clock.pass(4_000);
  link.receive(typing);
  clock.pass(5_999);
  assert.equal(isTyping(), true);
  clock.pass(1);
  assert.equal(isTyping(), false);
  link.receive(typing);
  link.receive(fromBob(1, 1));
  assert.equal(isTyping(), false);
  link.receive(typing);
  link.cut();
  assert.equal(isTyping(), false);
});

test('FRIENDS says who there is, PRESENCE what changed', () => {
  const { client, link } = enterStage();
  const since = time(5);
  link.receive({
    name: 'FRIENDS',
    friends: [
      { user: 'Zoe', status: -1 },
      { user: 'Bob', status: 0, since },
    ],
  });
  assert.deepEqual(client.friends, [
    { name: 'Bob', status: 0, since: Date.parse(since) },
    { name: 'Zoe', status: -1, since: undefined },
  ]);
  link.receive({ name: 'PRESENCE', user: 'Zoe', status: '2', since });
  assert.equal(client.friends[1]?.status, 2);
  link.receive({ name: 'FRIENDS', friends: [] });
  assert.deepEqual(client.friends, []);
});

test('a PRESENCE with the own name is of no friend: another device has set the status', () => {
  const { client, link, updates } = enterStage();
  link.receive({ name: 'FRIENDS', friends: [{ user: 'Bob', status: 0 }] });
  updates.length = 0;
  for (const status of ['1', '2']) link.receive({ name: 'PRESENCE', user: 'Alice', status });
  assert.deepEqual(
    updates.filter(({ kind }) => kind === 'status'),
    [
      { kind: 'status', status: 1 },
      { kind: 'status', status: 2 },
    ],
  );
  assert.deepEqual(
    client.friends.map(({ name }) => name),
    ['Bob'],
  );
});

test('invitations are open from their document to their entry; entries change the list of friends', () => {
  const stage = enterStage();
  const { client } = stage;
  const entry = (number: number, type: 'invite' | 'accept' | 'deny' | 'delete', from: string, to: string) =>
    ({ name: 'FRIEND', type, from, to, at: place(number), time: time(number) }) as const;
  stage.link.receive({ name: 'FRIEND', type: 'invite', to: 'alice', from: 'Bob' });
  stage.link.receive(entry(1, 'invite', 'Bob', 'alice'), entry(2, 'invite', 'Zoe', 'alice'));
  stage.link.receive(entry(3, 'invite', 'alice', 'Dave'));
  assert.deepEqual([client.invitations, client.invited], [['Bob', 'Zoe'], ['Dave']]);
  stage.link.receive(
    entry(4, 'accept', 'alice', 'Bob'),
    entry(5, 'deny', 'alice', 'Zoe'),
    entry(6, 'accept', 'Dave', 'alice'),
  );
  assert.deepEqual([client.invitations, client.invited], [[], []]);
  assert.deepEqual(
    client.friends.map(({ name, status }) => `${name} ${status}`),
    ['Bob -1', 'Dave -1'],
  );
  stage.link.receive(entry(7, 'delete', 'Dave', 'alice'));
  assert.deepEqual(
    createStage({ storage: stage.storage }).client.friends.map(({ name }) => name),
    ['Bob'],
  );
  stage.reopen();
  stage.link.enter({ after: place(7) });
  stage.link.receive({ name: 'FRIEND', type: 'invite', to: 'alice', from: 'Zoe' });
  assert.deepEqual([client.friends, client.invitations], [[], ['Zoe']]);
  stage.reopen();
  stage.link.enter({ after: place(7) });
  assert.deepEqual(client.invitations, [], 'withdrawn, and the entry did not come');
});

test('an invitation of who is blocked is not shown: nobody would tell its end', () => {
  const { client, link } = enterStage();
  for (const from of ['Bob', 'Zoe']) link.receive({ name: 'FRIEND', type: 'invite', to: 'alice', from });
  link.receive(mark(1, { blocked: '1' }));
  assert.deepEqual(client.invitations, ['Zoe']);
  link.receive(mark(2));
  assert.deepEqual(client.invitations, ['Zoe']);
});

test('without a network there are the people of before, all away; who was there is not kept', () => {
  const stage = enterStage();
  const friends = [
    { user: 'Bob', status: 0, since: time(1) },
    { user: 'Carol', status: -1 },
  ];
  stage.link.receive({ name: 'FRIENDS', friends });
  stage.link.receive({ name: 'FRIEND', type: 'invite', to: 'alice', from: 'Dave' });
  const entry = { name: 'FRIEND', type: 'invite', from: 'alice', to: 'Zoe', at: place(1), time: time(1) } as const;
  stage.link.receive(entry);
  // The log has no entry of most of this, or memory does not.
  const { client } = createStage({ storage: stage.storage });
  assert.deepEqual(
    client.friends.map(({ name, status }) => `${name} ${status}`),
    ['Bob -1', 'Carol -1'],
  );
  assert.deepEqual([client.invitations, client.invited], [['Dave'], ['Zoe']]);
});

test('who comes and goes is not worth a save', () => {
  const storage = new SlowStorage();
  const stage = enterStage({ storage });
  stage.link.receive({ name: 'FRIENDS', friends: [{ user: 'Bob', status: 0 }] });
  storage.confirm();
  const { saves } = storage;
  stage.link.receive({ name: 'PRESENCE', user: 'Bob', status: '-1' });
  stage.link.receive({ name: 'FRIENDS', friends: [{ user: 'Bob', status: 0 }] });
  assert.equal(storage.saves, saves);
});

test('requests are answered in the order of asking, each kind for itself', () => {
  const { client, link } = enterStage();
  const said: unknown[] = [];
  client.friend('add', 'bob', (outcome) => said.push('add', outcome));
  client.friend('accept', 'zoe', (outcome) => said.push('accept', outcome));
  client.askStatuses((statuses) => said.push(statuses));
  client.setStatus(2, (outcome) => said.push('set', outcome));
  client.block('eve', true, (outcome) => said.push('block', outcome));
  client.block('eve', false, (outcome) => said.push('unblock', outcome));
  client.askStatus((status) => said.push(status));
  assert.deepEqual(link.take(), [
    { name: 'FRIEND', user: 'alice', type: 'add', friend: 'bob' },
    { name: 'FRIEND', user: 'alice', type: 'accept', other: 'zoe' },
    { name: 'STATUS', user: 'alice', type: 'list' },
    { name: 'STATUS', user: 'alice', type: 'set', code: '2' },
    { name: 'BLOCK', user: 'eve' },
    { name: 'UNBLOCK', user: 'eve' },
    { name: 'STATUS', user: 'alice', type: 'get' },
  ]);
  link.receive({ name: 'FRIEND', type: 'add', result: '1' }, fromBob(1, 1));
  link.receive({ name: 'FRIEND', type: 'accept', result: '0' });
  link.receive({ name: 'STATUSLIST', statuses: [{ id: 0, name: 'Online' }] });
  link.receive({ name: 'STATUS', type: 'set', result: '1' });
  link.receive({ name: 'BLOCK', user: 'eve', result: '1' }, { name: 'UNBLOCK', user: 'eve', result: '1' });
  link.receive({ name: 'STATUS', type: 'get', result: '2' });
  const expected = ['add', 'done', 'accept', 'refused', [{ id: 0, name: 'Online' }], 'set', 'done'];
  assert.deepEqual(said, [...expected, 'block', 'done', 'unblock', 'done', 2]);
});

test('requests without a connection, or that lose it, end as unknown; a status goes along with the next LOGIN', () => {
  const stage = enterStage();
  const said: string[] = [];
  stage.client.friend('add', 'bob', (outcome) => said.push(outcome));
  stage.client.setStatus(1, (outcome) => said.push(outcome));
  stage.client.loadOlder((outcome) => said.push(outcome));
  stage.link.cut();
  assert.deepEqual(said, ['unknown', 'unknown', 'unknown']);
  stage.client.block('eve', true, (outcome) => said.push(outcome));
  assert.equal(said.length, 4);
  stage.clock.pass(2_000);
  assert.equal(stage.link.open()?.status, '1');
  stage.link.enter();
  assert.equal(stage.reopen()?.status, undefined);
});

test('requests that are made while the client moves are asked on the new connection', () => {
  const stage = enterStage();
  const [old] = stage.links;
  old!.receive({ name: 'RECONNECT', within: '10' });
  stage.link.open();
  let said = '';
  stage.client.friend('add', 'bob', (outcome) => (said = outcome));
  assert.deepEqual(old!.take(), []);
  stage.link.enter();
  assert.deepEqual(brief(stage.link.take()), ['FRIEND']);
  stage.link.receive({ name: 'FRIEND', type: 'add', result: '1' });
  assert.equal(said, 'done');
});

test('what one device sends stands in the other one, as the user’s own', () => {
  const stage = enterStage();
  stage.link.receive(
    toBob(1, 1, 'from the laptop', 'laptop', 7),
    toBob(2, 2, 'from a classic client'),
    mark(1, { read: '1' }),
  );
  assert.deepEqual(shown(stage.client), ['> from the laptop read', '> from a classic client sent']);
  assert.deepEqual(stage.news, []);
});

test('a conversation is the same object as long as it is the same', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1));
  const before = stage.client.conversation('bob');
  stage.link.receive({ name: 'MESSAGE', at: place(2), time: time(2), n: '1', from: 'Zoe', to: 'alice', text: 'hi' });
  assert.equal(stage.client.conversation('BOB'), before);
  assert.deepEqual(
    stage.client.conversations.map(({ name }) => name),
    ['Zoe', 'Bob'],
  );
  assert.deepEqual(
    stage.updates.flatMap((update) => (update.kind === 'conversation' ? [update.with] : [])),
    ['Bob', 'Zoe'],
  );
});
