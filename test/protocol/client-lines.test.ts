/** A client stays connected: it comes back, moves before it leaves, and knows when to stop. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelay } from '../../protocol/client/lines.ts';
import { answer, brief, createStage, enterStage, fromBob, PASS, place, shown, welcome } from './client-stage.ts';
import type { Stage } from './client-stage.ts';

const HERE = { name: 'ALIVE' } as const;

/** The connection has answered an ALIVE: it is worth coming back to at once. */
function prove({ clock, link }: Stage): void {
  clock.pass(5_000);
  assert.deepEqual(link.takeAll(), [HERE]);
  link.receive(HERE);
}

test('sends ALIVE every 5 s, and gives a connection up after 8 s in which nothing came', () => {
  const stage = enterStage();
  for (let beat = 0; beat < 5; beat++) prove(stage);
  const { link, clock, links } = stage;
  clock.pass(5_000 + 7_999);
  assert.equal(link.isClosed, false);
  clock.pass(1);
  assert.equal(link.isClosed, true);
  assert.equal(links.length, 2);
  assert.deepEqual(stage.client.connection, {
    state: 'offline',
    since: clock.now(),
    retryAt: undefined,
    reason: undefined,
  });
});

test('anything that comes is a sign of life', () => {
  const { clock, link, client } = enterStage();
  clock.pass(5_000 + 7_000);
  link.receive(fromBob(1, 1));
  clock.pass(4_999);
  assert.equal(client.connection.state, 'online');
});

test('comes back at once to a gateway that was there, then more and more slowly, up to 20 s', () => {
  const stage = enterStage();
  prove(stage);
  stage.link.cut();
  assert.equal(stage.links.length, 2);
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    stage.link.cut();
    const { connection } = stage.client;
    const retryAt = connection.state === 'offline' ? connection.retryAt! : NaN;
    waits.push((retryAt - stage.clock.now()) / 1000);
    const count: number = stage.links.length;
    stage.clock.pass(retryAt - stage.clock.now());
    assert.equal(stage.links.length, count + 1);
  }
  [1, 2, 4, 8, 16, 20, 20, 20].forEach((delay, round) => {
    assert.ok(waits[round]! >= delay / 2 && waits[round]! <= delay * 1.5, `${waits[round]} for ${delay}`);
  });
  assert.equal(new Set(waits.map((wait, round) => wait / [1, 2, 4, 8, 16, 20, 20, 20][round]!)).size, 8);
  assert.equal(retryDelay(0, 0.9), 0);
});

test('a gateway that lets in and drops at once is not asked all the time', () => {
  const stage = enterStage();
  for (let round = 0; round < 6; round++) {
    stage.link.cut();
    stage.clock.pass(30_000);
    stage.link.open();
    stage.link.enter();
  }
  stage.link.cut();
  const { connection } = stage.client;
  assert.ok(connection.state === 'offline' && connection.retryAt! - stage.clock.now() >= 10_000);
});

test('a connection that does not open, or does not answer LOGIN, is given up after 20 s', () => {
  const stage = createStage();
  stage.client.logIn('alice', PASS);
  stage.clock.pass(20_000);
  assert.equal(stage.link.isClosed, true);
  stage.clock.pass(2_000);
  stage.link.open();
  const { link } = stage;
  stage.clock.pass(20_000);
  assert.equal(link.isClosed, true);
});

test('the gateway says why it ends a connection', () => {
  const stage = enterStage();
  stage.link.receive({ name: 'ERROR', code: 'busy', text: 'too many' });
  stage.link.cut();
  const { connection } = stage.client;
  assert.ok(connection.state === 'offline' && connection.reason === 'too many');
  stage.clock.pass(2_000);
  stage.link.open();
  stage.link.enter();
  assert.equal(stage.client.connection.state, 'online');
});

test('RECONNECT: logs in on a second connection, and only then closes the first, which serves until then', () => {
  const stage = enterStage();
  const [old] = stage.links;
  assert.ok(old);
  old.receive({ name: 'RECONNECT', within: '10' });
  assert.equal(stage.links.length, 2);
  assert.deepEqual(stage.client.connection, { state: 'online', isCaughtUp: true, isMoving: true });
  stage.client.send('bob', 'while it opens');
  assert.deepEqual(brief(old.take()), ['MESSAGE 1 while it opens']);
  old.receive(answer(1, 1, 1), fromBob(2, 1));
  old.take();
  const login = stage.link.open();
  assert.equal(login?.after, place(2));
  assert.equal(login?.device, stage.client.device);
  stage.client.send('bob', 'while it enters');
  assert.deepEqual(old.take(), [], 'the first one may be fenced by now');
  old.receive(fromBob(3, 2));
  assert.deepEqual(shown(stage.client), ['> while it opens sent', '< bob 1', '< bob 2', '> while it enters queued']);
  assert.equal(old.isClosed, false);
  stage.link.receive(welcome({ after: place(2), sent: '1' }));
  assert.equal(old.isClosed, true);
  assert.deepEqual(brief(stage.link.take()), ['MESSAGE 2 while it enters']);
  stage.link.receive(fromBob(3, 2), { name: 'FRIENDS', friends: [] });
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`]);
  assert.deepEqual(stage.news, ['bob 1', 'bob 2']);
  assert.deepEqual(stage.client.connection, { state: 'online', isCaughtUp: true, isMoving: false });
});

test('LOGIN on the second connection waits a moment for what the first has not answered', () => {
  const stage = enterStage();
  const [old] = stage.links;
  assert.ok(old);
  stage.client.send('bob', 'one');
  old.receive({ name: 'RECONNECT', within: '10' });
  assert.equal(stage.link.open(), undefined);
  stage.client.send('bob', 'two');
  old.receive(answer(1, 1, 1));
  assert.deepEqual(brief(stage.link.take()), ['LOGIN']);
  assert.deepEqual(brief(old.take()), ['MESSAGE 1 one']);

  const slow = enterStage();
  slow.client.send('bob', 'one');
  slow.link.receive({ name: 'RECONNECT', within: '10' });
  slow.link.open();
  slow.clock.pass(1_000);
  assert.deepEqual(brief(slow.link.take()), ['LOGIN']);
  slow.link.enter();
  assert.deepEqual(brief(slow.link.take()), ['MESSAGE 1 one'], 'with the same id');
});

test('a second connection that cannot be opened within the time is tried again while the first lives', () => {
  const stage = enterStage();
  prove(stage);
  const [old] = stage.links;
  old!.receive({ name: 'RECONNECT', within: '2' });
  stage.link.cut();
  stage.clock.pass(2_000);
  assert.equal(stage.links.length, 3);
  const third = stage.link;
  stage.clock.pass(2_000);
  assert.equal(third.isClosed, true, 'it was silent for too long');
  assert.equal(stage.client.connection.state, 'online');
  old!.receive(HERE);
  stage.clock.pass(3_000);
  assert.equal(stage.links.length, 4);
  stage.client.send('bob', 'still here');
  assert.deepEqual(brief(old!.take()), ['MESSAGE 1 still here']);
  old!.receive(answer(1, 1, 1));
  stage.link.open();
  stage.link.cut();
  stage.client.send('bob', 'again');
  assert.deepEqual(brief(old!.take()), ['MESSAGE 2 again'], 'the first serves on');
  old!.cut();
  assert.equal(stage.client.connection.state, 'offline');
});

test('LOGIN on a second connection is not given up when the time is over: another one would not be answered sooner', () => {
  const stage = enterStage();
  const [old] = stage.links;
  old!.receive({ name: 'RECONNECT', within: '1' });
  assert.equal(stage.link.open()?.name, 'LOGIN');
  stage.clock.pass(3_000);
  assert.equal(stage.links.length, 2);
  stage.link.enter();
  assert.deepEqual([stage.client.connection.state, old!.isClosed], ['online', true]);

  const silent = enterStage();
  silent.link.receive({ name: 'RECONNECT', within: '1' });
  silent.link.open();
  silent.clock.pass(4_000);
  silent.links[0]!.receive(HERE);
  silent.clock.pass(5_000);
  assert.equal(silent.links[1]!.isClosed, true, 'but it is when nothing comes');
});

test('the first connection breaks while the second one enters: nobody opens a third', () => {
  const stage = enterStage();
  const [old] = stage.links;
  old!.receive({ name: 'RECONNECT', within: '10' });
  stage.link.open();
  old!.cut();
  stage.clock.pass(3_000);
  assert.equal(stage.links.length, 2);
  assert.equal(stage.client.connection.state, 'offline');
  stage.link.enter();
  assert.equal(stage.client.connection.state, 'online');
});

test('after a wake-up a connection that is silent gets a second one beside it; one that answers does not', () => {
  const stage = enterStage();
  const [old] = stage.links;
  stage.client.wake();
  assert.deepEqual(old!.takeAll(), [HERE]);
  stage.clock.pass(1_000);
  old!.receive(HERE);
  stage.clock.pass(2_000);
  assert.equal(stage.links.length, 1);
  stage.client.wake();
  stage.clock.pass(1_500);
  assert.equal(stage.links.length, 2);
  assert.equal(old!.isClosed, false);
  stage.link.open();
  stage.link.enter();
  assert.equal(old!.isClosed, true);
});

test('a connection that is silent after a wake-up is lost as soon as there is no way to another one', () => {
  const stage = enterStage();
  const [old] = stage.links;
  const state = (): string => stage.client.connection.state;
  stage.client.wake();
  stage.clock.pass(1_500);
  assert.equal(state(), 'online');
  stage.link.cut();
  assert.equal(old!.isClosed, true);
  assert.equal(state(), 'offline');
  stage.clock.pass(2_000);
  stage.link.open();
  stage.link.enter();
  assert.equal(state(), 'online');
});

test('a connection that answered after a wake-up outlives a second one that fails', () => {
  const stage = enterStage();
  const [old] = stage.links;
  stage.client.wake();
  stage.clock.pass(1_500);
  old!.receive(HERE);
  stage.link.cut();
  assert.equal(old!.isClosed, false);
  assert.equal(stage.client.connection.state, 'online');
});

test('a wake-up ends a long wait, and an attempt that was begun long ago', () => {
  const stage = enterStage();
  stage.link.cut();
  stage.client.wake();
  assert.equal(stage.links.length, 2);
  stage.clock.pass(4_000);
  stage.client.wake();
  assert.equal(stage.links[1]!.isClosed, true);
  assert.equal(stage.links.length, 3);
  stage.client.wake();
  assert.equal(stage.links.length, 3);
});

test('the first connection is told that it was replaced before the second one is let in', () => {
  const stage = enterStage();
  const [old] = stage.links;
  stage.client.send('bob', 'one');
  old!.receive({ name: 'RECONNECT', within: '10' });
  stage.link.open();
  stage.clock.pass(1_000);
  old!.receive({ name: 'ERROR', code: 'replaced', text: '' });
  assert.equal(old!.isClosed, true);
  stage.link.take();
  stage.link.enter();
  assert.deepEqual(brief(stage.link.take()), ['MESSAGE 1 one']);
  assert.equal(stage.links.length, 2);
});
