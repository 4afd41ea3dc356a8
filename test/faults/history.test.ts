/** The history checker finds what it is for, and nothing else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, type Operation, type Session } from './history.ts';

/** A history in which alice sent bob three messages in one session, the third without an answer. */
function begin(): { history: History; alice: Session; sent: Operation[] } {
  const history = new History();
  const alice = history.begin('alice');
  const sent = [1, 2, 3].map(() => alice.invoke('bob'));
  sent[0]!.ok();
  sent[1]!.ok();
  sent[2]!.unknown();
  return { history, alice, sent };
}

/** A session of bob's, or of somebody else's, that receives bob's messages with these numbers. */
function receive(history: History, numbers: readonly number[], how?: 'orderly' | 'broken', user = 'bob'): Session {
  const session = history.begin(user);
  for (const n of numbers) session.receive(`alice>bob#${n}`);
  if (how === 'orderly') session.drain();
  if (how) session.end(how);
  return session;
}

function expectKinds(history: History, ...expected: string[]): void {
  const found = history.violations().map(({ kind, about }) => `${kind} ${about}`);
  assert.deepEqual(found, expected, history.check().join('\n'));
}

test('what is well: unanswered ones may arrive or not, and a broken session may be given all of it again', () => {
  const { history } = begin();
  receive(history, [1]);
  receive(history, [1, 2], 'broken');
  receive(history, [1, 2, 3], 'orderly');
  receive(history, [], 'orderly');
  expectKinds(history);
  assert.equal(history.countRepeats(), 3);
});

test('what is well: a session that began before the orderly end of another has the same', () => {
  const { history } = begin();
  const [phone, desk] = [history.begin('bob'), history.begin('bob')];
  for (const session of [phone, desk]) {
    session.receive('alice>bob#1');
    session.receive('alice>bob#2');
    session.drain();
    session.end('orderly');
  }
  expectKinds(history);
});

test('what is well: an unanswered message comes after those of a later session', () => {
  const { history } = begin();
  history.begin('alice').invoke('bob').ok();
  receive(history, [1, 2, 4, 3], 'orderly');
  expectKinds(history);
});

test('lost', () => {
  const { history } = begin();
  receive(history, [2], 'orderly');
  expectKinds(history, 'lost alice>bob#1');
  const lines = history.check()[0]!.split('\n');
  assert.match(lines[0]!, /^lost: alice>bob#1 was answered, and never arrived$/);
  assert.match(lines[1]!, /^ +#1 +\d+\.\d{3} s {2}alice\/1 {2}invoke alice>bob#1$/);
  assert.match(lines[2]!, /^ +#4 +\d+\.\d{3} s {2}alice\/1 {2}ok alice>bob#1$/);
  assert.match(lines[3]!, /^ +#9 +\d+\.\d{3} s {2}bob\/1 {2}drained$/);
});

test('lost: nobody can say so of a receiver who did not take what waited', () => {
  const { history } = begin();
  receive(history, [2], 'broken');
  assert.throws(() => history.check(), /alice>bob#1 is lost: its receiver did not log in and drain/);
});

test('phantom: never sent, or to somebody else, or refused', () => {
  const { history, alice } = begin();
  alice.invoke('bob').fail();
  receive(history, [1, 2, 4, 5], 'orderly');
  receive(history, [1], 'orderly', 'carol');
  expectKinds(history, 'phantom alice>bob#4', 'phantom alice>bob#5', 'phantom alice>bob#1');
});

test('duplicate: twice in a session', () => {
  const { history } = begin();
  receive(history, [1, 2, 1], 'orderly');
  expectKinds(history, 'duplicate alice>bob#1');
});

test('duplicate: again after an orderly end', () => {
  const { history } = begin();
  receive(history, [1, 2], 'orderly');
  receive(history, [2], 'broken');
  expectKinds(history, 'duplicate alice>bob#2');
  assert.match(history.check()[0]!, /receive alice>bob#2\n.* end orderly\n.* receive alice>bob#2$/);
});

test('order: within a session, answered or not', () => {
  const { history } = begin();
  receive(history, [2, 1, 3], 'orderly');
  expectKinds(history, 'order alice>bob#1');
  const unanswered = begin();
  unanswered.alice.invoke('bob').unknown();
  receive(unanswered.history, [1, 2, 4, 3], 'orderly');
  expectKinds(unanswered.history, 'order alice>bob#3');
});

test('order: something new in a later session', () => {
  const { history, alice } = begin();
  alice.invoke('bob').ok();
  receive(history, [1, 2, 4], 'broken');
  receive(history, [3], 'orderly');
  expectKinds(history, 'order alice>bob#3');
});

test('late: answered, left out by a session that had later ones', () => {
  const { history } = begin();
  receive(history, [2, 3], 'broken');
  receive(history, [1, 2, 3], 'orderly');
  expectKinds(history, 'late alice>bob#1');
});

test('facts: what was answered last is what is read', () => {
  const history = new History();
  const alice = history.begin('alice');
  const read = (value: string): void => alice.read('status of alice').ok(value);
  read('');
  alice.write('status of alice', '1').ok();
  const second = alice.write('status of alice', '2');
  read('1');
  read('2');
  second.unknown();
  read('1');
  expectKinds(history);
  alice.write('status of alice', '0').ok();
  read('2');
  alice.write('status of alice', '7').fail();
  read('1');
  read('7');
  read('9');
  read('');
  expectKinds(
    history,
    'lost status of alice',
    'phantom status of alice',
    'phantom status of alice',
    'lost status of alice',
  );
});
