/** A client knows what became of its messages, who is there, who is writing and who wants to be a friend. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageState } from '../../protocol/client.ts';
import { answer, brief, createStage, enterStage, fromBob, mark, place, shown, time, toBob } from './client-stage.ts';
import type { Stage } from './client-stage.ts';

function states(stage: Stage): (MessageState | undefined)[] {
  return stage.client.conversation('bob').items.map((item) => (item.kind === 'message' ? item.state : undefined));
}

test('marks say what is delivered, read and refused; numbers only rise', () => {
  const stage = enterStage();
  for (const id of [1, 2, 3, 4]) {
    stage.client.send('bob', `m${id}`);
    stage.link.receive(answer(id, id, id));
  }
  stage.link.receive(mark(2, { delivered: '3', read: '1', refused: '4-4' }));
  assert.deepEqual(states(stage), ['read', 'delivered', 'delivered', 'refused']);
  stage.link.receive(mark(1, { delivered: '1' }));
  assert.deepEqual(states(stage), ['read', 'delivered', 'delivered', 'refused']);
  stage.link.receive(mark(3, { delivered: '3', read: '3', blocked: '1' }));
  assert.deepEqual(states(stage), ['read', 'read', 'read', 'sent']);
  assert.equal(stage.client.conversation('bob').isBlocked, true);
  assert.equal(stage.reopen()?.marks, '3');
  const again = createStage({ storage: stage.storage });
  assert.deepEqual(states(again), ['read', 'read', 'read', 'sent']);
});

test('a gateway whose marks are older than those held gets all of them asked for', () => {
  const stage = enterStage();
  stage.client.send('bob', 'one');
  stage.link.receive(answer(1, 1, 1), mark(9, { delivered: '1', read: '1' }));
  stage.reopen();
  stage.link.enter({ marks: '4', after: place(1) });
  stage.link.receive(mark(4, { delivered: '1' }));
  assert.deepEqual(states(stage), ['delivered']);
});

test('marks that the first connection brings while the second one enters are not doubted', () => {
  const stage = enterStage();
  const [old] = stage.links;
  stage.client.send('bob', 'one');
  old!.receive(answer(1, 1, 1), mark(1, { delivered: '1' }), { name: 'RECONNECT', within: '10' });
  assert.equal(stage.link.open()?.marks, '1');
  old!.receive(mark(2, { delivered: '1', read: '1' }));
  stage.link.enter({ marks: '1', after: place(1), sent: '1' });
  assert.deepEqual(states(stage), ['read']);
  stage.link.cut();
  stage.clock.pass(4_000);
  assert.equal(stage.link.open()?.marks, '2');
});

test('READ is told once, only rising, and again after a new login until a mark says so', () => {
  const stage = enterStage();
  const { client } = stage;
  stage.link.receive(fromBob(1, 1), fromBob(2, 2), fromBob(3, 3));
  stage.link.take();
  assert.equal(client.conversation('bob').unread, 3);
  client.read('bob', 2);
  client.read('bob', 1);
  client.read('bob', 2);
  assert.deepEqual(brief(stage.link.take()), ['READ bob 2']);
  assert.equal(client.conversation('bob').unread, 1);
  stage.reopen();
  stage.link.enter({ after: place(3) });
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`, 'READ bob 2']);
  stage.link.receive(mark(1, { seen: '2' }));
  client.read('bob', 99);
  assert.deepEqual(brief(stage.link.take()), ['READ bob 3']);
  stage.link.receive(mark(2, { seen: '3' }));
  stage.reopen();
  stage.link.enter({ after: place(3), marks: '2' });
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`]);
});

test('what was read without a connection is told later, also after a restart; what the log lost is not', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2));
  stage.link.cut();
  stage.client.read('Bob');
  const again = createStage({ storage: stage.storage });
  assert.equal(again.client.conversation('bob').unread, 0);
  again.client.start();
  again.link.open();
  again.link.enter({ epoch: 'e1' }, fromBob(1, 1));
  assert.deepEqual(brief(again.link.take()), [`ACK ${place(1)}`, 'READ Bob 1']);
});

test('seen on another device: nothing is unread', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), mark(1, { seen: '1' }));
  assert.equal(stage.client.conversation('bob').unread, 0);
  stage.client.read('bob');
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(1)}`]);
});

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
