/** A client knows when to stop: logged out, ended, replaced by another one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerDocument } from '../../protocol/documents.ts';
import { brief, enterStage, fromBob, PASS, shown, welcome } from './client-stage.ts';

test('replaced by another client of the same device: stops; by its own LOGIN that came late: comes back', () => {
  const stage = enterStage();
  stage.link.receive({ name: 'ERROR', code: 'replaced', text: 'another' });
  assert.deepEqual(stage.client.connection, { state: 'out', why: 'replaced', reason: 'another' });
  assert.equal(stage.client.start(), true);

  const own = enterStage();
  own.reopen();
  own.link.cut();
  own.clock.pass(4_000);
  own.link.open();
  own.link.enter();
  // The LOGIN before was not answered: it may have come after this one.
  own.link.receive({ name: 'ERROR', code: 'replaced', text: 'another' });
  own.clock.pass(10_000);
  own.link.open();
  own.link.enter();
  assert.equal(own.client.connection.state, 'online');
  own.link.receive({ name: 'ERROR', code: 'replaced', text: 'another' });
  assert.equal(own.client.connection.state, 'out');
});

test('LOGOUT by the user: it is sent, everything is forgotten, and the link closes with the answer or soon', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1));
  stage.link.take();
  stage.client.logOut();
  assert.deepEqual(stage.link.take(), [{ name: 'LOGOUT', user: 'alice' }]);
  assert.equal(stage.link.isClosed, false);
  assert.deepEqual(stage.client.connection, { state: 'out', why: 'left', reason: undefined });
  assert.equal(stage.client.conversations.length, 0);
  assert.equal(stage.client.start(), false);
  assert.deepEqual([...(stage.storage as unknown as { kept: Map<string, unknown> }).kept], []);
  stage.link.receive(fromBob(2, 2), { name: 'LOGOUT', result: '1' });
  assert.equal(stage.link.isClosed, true);
  assert.deepEqual(stage.news, ['bob 1']);

  const silent = enterStage();
  silent.client.logOut();
  silent.clock.pass(2_000);
  assert.equal(silent.link.isClosed, true);
  silent.clock.pass(60_000);
  assert.equal(silent.links.length, 1);
});

test('LOGOUT unasked: the token is tried once; refused, it is forgotten, the history is not', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), { name: 'LOGOUT', user: 'alice', result: '1' });
  assert.equal(stage.links.length, 2);
  assert.equal(stage.links[0]!.isClosed, true);
  assert.equal(stage.link.open()?.token, 'alice~d~secret');
  stage.link.receive(welcome({ result: '0' }));
  assert.deepEqual(stage.client.connection, { state: 'out', why: 'ended', reason: undefined });
  assert.equal(stage.link.isClosed, true);
  stage.clock.pass(60_000);
  assert.equal(stage.links.length, 2);
  assert.equal(stage.client.start(), false);
  assert.deepEqual(shown(stage.client), ['< bob 1']);
  // A password that is wrong is that, not the end of a session.
  stage.client.logIn('alice', PASS);
  stage.link.open();
  stage.link.receive(welcome({ result: '0' }));
  assert.deepEqual(stage.client.connection, { state: 'out', why: 'credentials', reason: undefined });
});

test('LOGOUT unasked: one session was ended, the device goes on; ended again at once, it stays out', () => {
  const kick: ServerDocument = { name: 'LOGOUT', user: 'alice', result: '1' };
  const stage = enterStage();
  stage.link.receive(kick);
  stage.link.open();
  stage.link.enter();
  assert.deepEqual(stage.client.connection, { state: 'online', isCaughtUp: true, isMoving: false });
  stage.clock.pass(1_000);
  stage.link.receive(kick);
  assert.deepEqual(stage.client.connection, { state: 'out', why: 'ended', reason: undefined });
  assert.equal(stage.client.start(), false);

  const later = enterStage();
  later.link.receive(kick);
  later.link.open();
  later.link.enter();
  for (let seconds = 0; seconds < 61; seconds += 1) {
    later.clock.pass(1_000);
    later.link.receive({ name: 'ALIVE' });
  }
  later.link.receive(kick);
  assert.equal(later.link.open()?.token, 'alice~d~secret');
});

test('stop closes everything and keeps everything', () => {
  const stage = enterStage();
  stage.client.send('bob', 'one');
  stage.client.stop();
  assert.equal(stage.link.isClosed, true);
  stage.clock.pass(60_000);
  assert.equal(stage.links.length, 1);
  assert.equal(stage.client.start(), true);
  stage.link.open();
  stage.link.enter();
  assert.deepEqual(brief(stage.link.take()), ['MESSAGE 1 one']);
});
