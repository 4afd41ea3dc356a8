/** The history checker finds what it is for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from './history.ts';

/** A history in which alice sent bob three messages, the third without an answer. */
function begin(): History {
  const history = new History();
  for (const state of ['ok', 'ok', 'unknown'] as const) history.invoke('alice', 'bob').sending.state = state;
  return history;
}

function listen(history: History, user: string, texts: readonly string[], isOrderly = false): void {
  const listening = history.listen(user);
  listening.texts.push(...texts);
  listening.isOrderly = isOrderly;
}

test('what is well', () => {
  const history = begin();
  listen(history, 'bob', ['alice>bob#1']);
  listen(history, 'bob', ['alice>bob#1', 'alice>bob#2', 'alice>bob#3'], true);
  listen(history, 'bob', [], true);
  assert.deepEqual(history.check(), []);
});

test('lost', () => {
  const history = begin();
  listen(history, 'bob', ['alice>bob#2']);
  assert.deepEqual(history.check(), ['lost: alice>bob#1']);
});

test('phantom: never sent, or to somebody else', () => {
  const history = begin();
  listen(history, 'bob', ['alice>bob#1', 'alice>bob#2', 'alice>bob#4']);
  listen(history, 'carol', ['alice>bob#1']);
  assert.deepEqual(history.check(), ['phantom: alice>bob#4 at bob', 'phantom: alice>bob#1 at carol']);
});

test('refused and arrived', () => {
  const history = begin();
  history.invoke('alice', 'bob').sending.state = 'refused';
  listen(history, 'bob', ['alice>bob#1', 'alice>bob#2', 'alice>bob#4']);
  assert.deepEqual(history.check(), ['refused and arrived: alice>bob#4']);
});

test('out of order, or twice', () => {
  const history = begin();
  listen(history, 'bob', ['alice>bob#2', 'alice>bob#1', 'alice>bob#2']);
  assert.equal(history.check().length, 2);
});

test('again after an orderly end', () => {
  const history = begin();
  listen(history, 'bob', ['alice>bob#1', 'alice>bob#2'], true);
  listen(history, 'bob', ['alice>bob#2']);
  assert.deepEqual(history.check(), ['again after an orderly end: alice>bob#2']);
});
