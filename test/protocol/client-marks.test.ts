/** How far things got: what marks say is delivered, read, refused and seen; and what the client tells of its own reading. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageState } from '../../protocol/client.ts';
import { answer, brief, createStage, enterStage, fromBob, mark, place } from './client-stage.ts';
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

test('marks that a failover took are not held any more: who was blocked is not, and READ is told again', () => {
  const stage = enterStage();
  const { client, link } = stage;
  const blocked = { with: 'eve', blocked: '1' };
  link.receive(fromBob(1, 1), fromBob(2, 2), mark(1, blocked), mark(2, { seen: '1' }));
  link.receive(mark(3, { with: 'dave', seen: '1', blocked: '1' }));
  client.read('bob');
  link.take();
  link.receive(mark(999, blocked));
  assert.deepEqual(brief(link.take()), []);
  link.receive({ name: 'MARK', v: '1000' });
  assert.deepEqual(brief(link.take()), ['READ bob 2', 'READ dave 1']);
  const isBlocked = (name: string): boolean => client.conversation(name).isBlocked;
  assert.deepEqual([isBlocked('eve'), isBlocked('dave'), client.conversation('bob').unread], [true, false, 0]);
  assert.equal(stage.reopen()?.marks, '1000');
});

test('READ that no mark has confirmed is told again after a failover', () => {
  const stage = enterStage();
  const { link, client } = stage;
  link.receive(mark(15, { seen: '1' }), fromBob(1, 1), fromBob(2, 2), fromBob(3, 3));
  link.take();
  client.read('bob', 3);
  assert.deepEqual(brief(link.take()), ['READ bob 3']);
  link.receive(mark(999, { seen: '1' }));
  assert.deepEqual(brief(link.take()), []);
  link.receive({ name: 'MARK', v: '1000' });
  assert.deepEqual(brief(link.take()), ['READ bob 3']);
});

test('marks that a failover took from another log than the one that was held are nothing', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), mark(1, { seen: '1', blocked: '1' }));
  stage.reopen();
  stage.link.enter({ epoch: 'e1', marks: '1000' }, fromBob(1, 1));
  stage.link.receive({ name: 'MARK', v: '1000' });
  const { unread, isBlocked } = stage.client.conversation('bob');
  assert.deepEqual([unread, isBlocked], [1, false]);
});

test('seen on another device: nothing is unread', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), mark(1, { seen: '1' }));
  assert.equal(stage.client.conversation('bob').unread, 0);
  stage.client.read('bob');
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(1)}`]);
});
