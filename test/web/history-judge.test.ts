/** What judges the screens of pages finds what it is for, and nothing else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation, ShownRow } from './history-lens.ts';
import { TabScreen } from './history-screen.ts';
import { Ticks } from './history-ticks.ts';

type Look = Extract<Observation, { kind: 'look' }>;

/** `bob 3`: the third message of bob; `own 2 Sent`: the second of one's own, with what is said of it. */
function show(...items: readonly string[]): Look {
  const rows = items.map((item): ShownRow => {
    const [from, number, state = ''] = item.split(' ') as [string, string, string | undefined];
    const isOwn = from === 'own';
    return { key: isOwn ? `own/${number}` : `bob>alice#${number}`, text: `${from} ${number}`, isOwn, state };
  });
  return { kind: 'look', peer: 'bob', rows, isWhole: true, at: 0 };
}

function expectFaults(looks: readonly Look[], ...expected: string[]): void {
  const screen = new TabScreen('test');
  for (const look of looks) screen.look(look);
  assert.deepEqual(
    screen.faults.map((fault) => fault.split(':')[0]),
    expected,
  );
}

test('what is well: more comes, a message gets its tick, rows are drawn in parts', () => {
  const part: Look = { ...show('bob 2'), isWhole: false };
  expectFaults([part, show('bob 1', 'bob 2', 'own 1'), show('bob 1', 'bob 2', 'own 1 Sent', 'bob 3'), part]);
});

test('a message that stands there twice, elsewhere, or not any more, and one that was left out', () => {
  expectFaults([show('bob 1', 'bob 1')], 'twice', 'order');
  expectFaults([show('bob 1', 'own 1 Sent'), show('own 1 Sent', 'bob 1')], 'order');
  expectFaults([show('bob 1', 'bob 2'), show('bob 2')], 'gone');
  expectFaults([show('own 1 Sent'), show('own 1')], 'gone');
  expectFaults([show('bob 1', 'bob 3')], 'hole');
  expectFaults([{ ...show('bob 2', 'bob 1'), isWhole: false }], 'order');
});

test('what stands there for the first time is told once for each document', () => {
  const screen = new TabScreen('test');
  assert.equal(screen.look(show('bob 1', 'own 1')).length, 2);
  assert.deepEqual(
    screen.look(show('bob 1', 'own 1 Sent', 'bob 2')).map(({ text }) => text),
    ['bob 2'],
  );
  screen.turnOff();
  assert.equal(screen.look(show('bob 1')).length, 1);
  assert.deepEqual(screen.faults, []);
});

test('ticks that were earned', () => {
  const ticks = new Ticks();
  ticks.note('a', 'Sending', undefined, 'test', 1, 1);
  ticks.note('a', 'Sent', 'Sending', 'test', 2, 2);
  ticks.noteArrived('a', 3);
  ticks.note('a', 'Delivered', 'Sent', 'test', 4, 4);
  ticks.noteSeen('a', 5);
  ticks.note('a', 'Read', 'Delivered', 'test', 6, 6);
  assert.deepEqual(ticks.judge(), []);
});

test('ticks that were not earned, or are taken back', () => {
  const judge = (act: (ticks: Ticks) => void): number => {
    const ticks = new Ticks();
    act(ticks);
    return ticks.judge().length;
  };
  assert.equal(
    judge((ticks) => ticks.note('a', 'Delivered', 'Sent', 'test', 10, 10)),
    1,
  );
  assert.equal(
    judge((ticks) => (ticks.note('a', 'Delivered', 'Sent', 'test', 10, 10), ticks.noteArrived('a', 20))),
    1,
  );
  const arrived = (ticks: Ticks): void => ticks.noteArrived('a', 5);
  assert.equal(
    judge((ticks) => (arrived(ticks), ticks.note('a', 'Read', 'Sent', 'test', 10, 10))),
    1,
  );
  assert.equal(
    judge((ticks) => (arrived(ticks), ticks.note('a', 'Sent', 'Delivered', 'test', 10, 10))),
    1,
  );
  assert.equal(
    judge((ticks) => ticks.note('a', 'Sending', 'Sent', 'test', 10, 10)),
    1,
  );
  assert.equal(
    judge((ticks) => ticks.note('a', 'Not sent', 'Sending', 'test', 10, 10)),
    1,
  );
});
