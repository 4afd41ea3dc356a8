/** The keys' table, the way from one conversation to the next, and whom a few letters mean. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loadSource } from './load-source.ts';

interface Press {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly altKey?: boolean;
  readonly shiftKey?: boolean;
}

type Find = (press: Required<Press>, isMac: boolean, mayBeLone: boolean) => string | undefined;
type Next = (
  keys: string[],
  from?: string,
  step?: 1 | -1,
  wanted?: (key: string) => boolean,
  isRound?: boolean,
) => string;
type Fit = readonly (readonly [number, number])[];
type Match = (items: string[], nameOf: (item: string) => string, typed: string) => { item: string; fit: Fit }[];

let find: Find;
let findNext: Next;
let findMatches: Match;
let cut: (name: string, fit: Fit) => { text: string; isFit: boolean }[];

before(async () => {
  ({ findAction: find } = await loadSource<{ findAction: Find }>('web/src/hands/keys.ts'));
  ({ findNext } = await loadSource<{ findNext: Next }>('web/src/hands/walk.ts'));
  ({ findMatches, cut } = await loadSource<{ findMatches: Match; cut: typeof cut }>('web/src/hands/matching.ts'));
});

function actionOf(press: Press, isMac = false, mayBeLone = true): string | undefined {
  const nothing = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return find({ ...nothing, ...press }, isMac, mayBeLone);
}

test('keys: Ctrl, or Cmd on a Mac; nothing with one more or one less', () => {
  assert.equal(actionOf({ key: 'k', ctrlKey: true }), 'switcher');
  assert.equal(actionOf({ key: 'K', ctrlKey: true }), 'switcher', 'Caps Lock');
  assert.equal(actionOf({ key: 'k', metaKey: true }), undefined);
  assert.equal(actionOf({ key: 'k', metaKey: true }, true), 'switcher');
  assert.equal(actionOf({ key: 'k', ctrlKey: true }, true), undefined);
  assert.equal(actionOf({ key: 'K', ctrlKey: true, shiftKey: true }), undefined);
  assert.equal(actionOf({ key: 'ArrowDown', altKey: true }), 'next');
  assert.equal(actionOf({ key: 'ArrowDown', altKey: true, shiftKey: true }), 'nextUnread');
  assert.equal(actionOf({ key: 'ArrowDown' }), undefined);
});

test('keys: letters and signs alone only where they may be; on any keyboard', () => {
  assert.equal(actionOf({ key: 'c' }), 'compose');
  assert.equal(actionOf({ key: 'c' }, false, false), undefined);
  assert.equal(actionOf({ key: '/', ctrlKey: true }, false, false), 'help');
  assert.equal(actionOf({ key: '/', ctrlKey: true, shiftKey: true }), 'help', 'a German keyboard');
  assert.equal(actionOf({ key: '?', shiftKey: true }), 'help');
  assert.equal(actionOf({ key: 'ؤ', code: 'KeyC' }), 'compose', 'an Arabic one');
  assert.equal(actionOf({ key: '؟', code: 'Slash', shiftKey: true }), 'help');
  assert.equal(actionOf({ key: 'ن', code: 'KeyK', ctrlKey: true }), 'switcher');
});

test('from one conversation to the next', () => {
  const keys = ['a', 'b', 'c', 'd'];
  assert.equal(findNext(keys, 'b', 1), 'c');
  assert.equal(findNext(keys, 'b', -1), 'a');
  assert.equal(findNext(keys, 'd', 1), undefined);
  assert.equal(findNext(keys, undefined, 1), 'a');
  assert.equal(findNext(keys, undefined, -1), 'd');
  const isUnread = (key: string): boolean => key === 'a';
  assert.equal(findNext(keys, 'c', 1, isUnread), undefined);
  assert.equal(findNext(keys, 'c', 1, isUnread, true), 'a');
  assert.equal(findNext(keys, 'a', 1, isUnread, true), undefined, 'it is open');
});

test('whom a few letters mean: the closest first, else as they come', () => {
  const names = ['bob', 'carol.baker', 'Ba', 'cabaret', 'barbara', 'erin'];
  const find = (typed: string): string[] => findMatches(names, (name) => name, typed).map(({ item }) => item);
  assert.deepEqual(find(' '), names);
  assert.deepEqual(find('BA'), ['Ba', 'barbara', 'carol.baker', 'cabaret']);
  assert.deepEqual(find('cbr'), ['carol.baker', 'cabaret']);
  assert.deepEqual(find('xyz'), []);
  const [first] = findMatches(['carol.baker'], (name) => name, 'cbr');
  const pieces = cut('carol.baker', first!.fit).map(({ text, isFit }) => (isFit ? `[${text}]` : text));
  assert.equal(pieces.join(''), '[c]arol.[b]ake[r]');
});
