/** What judges screens and sockets finds what it is for, and nothing else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation, Message } from '../../protocol/client.ts';
import { Screen } from './screen.ts';
import { SocketLog } from './socket-log.ts';

/** `bob 3`: the third message of bob; `own 2`: the second of one's own; `own ?`: one that waits, with this text. */
function show(...items: readonly string[]): Conversation {
  const messages = items.map((item): Message => {
    const [from, number, text] = item.split(' ') as [string, string, string | undefined];
    const isOwn = from === 'own';
    const n = number === '?' ? undefined : Number(number);
    const key = isOwn ? `own/${text ?? n}` : `${from}#${n}`;
    return { kind: 'message', key, text: text ?? `${from} ${n}`, time: 0, isOwn, from, n };
  });
  const mark = { delivered: 0, read: 0, seen: 0, refused: '' };
  return { name: 'bob', items: messages, mark, unread: 0, isBlocked: false, isTyping: false };
}

function expectFaults(looks: readonly Conversation[], ...expected: string[]): void {
  const screen = new Screen('test');
  for (const conversation of looks) screen.look(conversation);
  assert.deepEqual(
    screen.faults.map(({ kind }) => kind),
    expected,
    screen.faults.map(({ what }) => what).join('\n'),
  );
}

test('what is well: more comes, what waits gets its number, those of another device come before an answered one', () => {
  expectFaults([
    show('bob 1', 'own ? a'),
    show('bob 1', 'own ? a', 'own ? b'),
    show('bob 1', 'own 2 a', 'own ? b'),
    show('bob 1', 'own 1', 'own 2 a', 'bob 2', 'own ? b'),
  ]);
});

test('gone: what was shown is not there any more, or is another text', () => {
  expectFaults([show('bob 1', 'bob 2'), show('bob 2')], 'gone');
  expectFaults([show('bob 1 x'), show('bob 1 y')], 'gone');
});

test('order: it stands elsewhere, or numbers fall', () => {
  expectFaults([show('bob 1', 'own 1'), show('own 1', 'bob 1')], 'order');
  expectFaults([show('bob 2', 'bob 1')], 'order');
});

test('hole: a number of the other user is left out, or comes later', () => {
  expectFaults([show('bob 1', 'bob 3')], 'hole');
  expectFaults([show('bob 1'), show('bob 1', 'bob 3'), show('bob 1', 'bob 2', 'bob 3')], 'hole');
});

test('twice: two items for one message, also where one waits', () => {
  expectFaults([show('bob 1 x', 'bob 2 x')], 'twice');
  expectFaults([show('own 1 a', 'own ? a')], 'twice');
});

test('told: of the same message twice, unless the device had lost its power', () => {
  const screen = new Screen('test');
  const [message] = show('bob 1').items as [Message];
  screen.tell(message);
  screen.turnOff();
  screen.tell(message);
  assert.equal(screen.faults.length, 0);
  screen.tell(message);
  assert.deepEqual(
    screen.faults.map(({ kind }) => kind),
    ['told'],
  );
});

test('where the log is another one, what was shown may go; after that it may not', () => {
  const screen = new Screen('test');
  screen.look(show('bob 1', 'bob 2'));
  assert.equal(screen.look(show('bob 1', 'bob 3'), true).length, 1);
  assert.deepEqual(screen.faults, []);
  screen.look(show('bob 3'));
  assert.equal(screen.faults.length, 1);
});

/** Of one owner: `+1` socket 1 is let in, `-1` it ends. */
function countGaps(...events: readonly string[]): number {
  const log = new SocketLog();
  const sockets = [1, 2, 3].map(() => log.begin('ann'));
  for (const event of events) {
    const notes = sockets[Number(event[1]) - 1]!;
    if (event.startsWith('+')) notes.received('<LOGIN user="ann" result="1" version="2"/>');
    else notes.ended();
  }
  return log.findGaps().length;
}

test('sockets: no gap where the next one is let in before the last one ends', () => {
  assert.equal(countGaps('+1', '+2', '-1', '+3', '-2'), 0);
  assert.equal(countGaps('-1', '+2'), 0, 'before the first login');
});

test('sockets: a gap where none is let in, also at the end, and where the next one is open only', () => {
  assert.equal(countGaps('+1', '-1', '+2'), 1);
  assert.equal(countGaps('+1', '+2', '-1', '-2'), 1);
  assert.equal(countGaps('+1', '-2', '+2', '-1'), 1, 'an answer that came to a connection that was given up');
  const log = new SocketLog();
  const [first, second] = [log.begin('ann'), log.begin('ann')];
  first.opened();
  for (const part of ['<LOGIN user="ann" res', 'ult="1"/>']) first.received(part);
  second.opened();
  second.received('<LOGIN user="ann" result="0"/>');
  first.ended();
  second.received('<LOGIN user="ann" result="1"/>');
  assert.equal(log.findGaps().length, 1);
  assert.equal(log.countLetIn('ann'), 2);
});
