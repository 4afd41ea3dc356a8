/** The window over a conversation: what it takes of the newest, how it grows, and when it is to be read anew. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSource } from './load-source.ts';

interface Item {
  readonly kind: 'message';
  readonly key: string;
  readonly number?: number | undefined;
  readonly n?: number | undefined;
  readonly isOwn: boolean;
  readonly state?: string | undefined;
}
interface Window {
  readonly items: readonly Item[];
  readonly isLive: boolean;
}
interface Module {
  follow(window: Window, conversation: { items: readonly Item[]; mark: object }): Window;
  extend(window: Window, before: readonly Item[], after: readonly Item[]): Window;
  isReplaced(before: readonly Item[], now: readonly Item[]): boolean;
}
interface Unread {
  findUnread(items: readonly Item[], mark: object): Item | undefined;
}

const { findUnread } = await loadSource<Unread>('web/src/state/unread.ts');
const { follow, extend, isReplaced } = await loadSource<Module>('web/src/state/window.ts');

const NO_MARK = { delivered: 0, read: 0, seen: 0, refused: '' };

/** Messages of the other one with these numbers, from the first to the last. */
function range(first: number, last: number): readonly Item[] {
  return Array.from({ length: last - first + 1 }, (_, index) => item(first + index));
}

function item(number: number, more: Partial<Item> = {}): Item {
  return { kind: 'message', key: `k${number}`, number, n: number, isOwn: false, ...more };
}

function numbers({ items }: Window): readonly (number | undefined)[] {
  return items.map(({ number }) => number);
}

test('a window at the end takes everything that comes, also more than it shows of the newest at first', () => {
  const start = follow({ items: [], isLive: true }, { items: range(1, 1_000), mark: NO_MARK });
  assert.equal(start.items.length, 120);
  const later = follow(start, { items: range(301, 1_300), mark: NO_MARK });
  assert.deepEqual(numbers(later), numbers({ items: range(881, 1_300), isLive: true }));
});

test('what waits to be sent stands last, and keeps its key when it gets its place', () => {
  const waiting = item(0, { key: 'own/1', number: undefined, n: undefined, isOwn: true, state: 'queued' });
  const before = follow({ items: [], isLive: true }, { items: [...range(1, 3), waiting], mark: NO_MARK });
  assert.deepEqual(numbers(before), [1, 2, 3, undefined]);
  const sent = item(4, { key: 'own/1', isOwn: true, state: 'sent' });
  const after = follow(before, { items: [...range(1, 3), sent, item(5)], mark: NO_MARK });
  assert.deepEqual(numbers(after), [1, 2, 3, 4, 5]);
});

test('what the client has let go of still learns what became of it', () => {
  const own = [1, 2, 3, 4].map((number) => item(number, { isOwn: true, state: 'sent' }));
  const window: Window = { items: own, isLive: false };
  const mark = { delivered: 3, read: 1, seen: 0, refused: '2-2' };
  const { items } = follow(window, { items: range(500, 510), mark });
  assert.deepEqual(
    items.map(({ state }) => state),
    ['read', 'refused', 'delivered', 'sent'],
  );
  assert.equal(items[3], own[3]);
});

test('it grows at both ends, and nothing is in it twice', () => {
  const window: Window = { items: range(10, 20), isLive: false };
  assert.deepEqual(numbers(extend(window, range(5, 12), [])), numbers({ items: range(5, 20), isLive: false }));
  assert.deepEqual(numbers(extend(window, [], range(18, 25))), numbers({ items: range(10, 25), isLive: false }));
  assert.deepEqual(numbers(extend(window, [item(9, { key: 'k15' })], [])), numbers(window));
});

test('it is read anew where the log has other entries, or more came than the client holds', () => {
  assert.ok(!isReplaced([], range(1, 3)));
  assert.ok(!isReplaced(range(1, 3), range(1, 4)));
  assert.ok(!isReplaced(range(1, 10), range(5, 12)), 'the oldest were let go of');
  assert.ok(isReplaced(range(1, 10), range(11, 20)), 'a gap');
  assert.ok(isReplaced(range(1, 10), [...range(1, 8), item(9, { key: 'other' })]), 'another entry');
  assert.ok(isReplaced(range(1, 10), range(1, 9)), 'one is gone');
  assert.ok(isReplaced(range(1, 3), [item(1), item(2), item(7, { key: 'k3' })]), 'it stands elsewhere');
});

test('what was not read begins after what was', () => {
  const items = [...range(1, 3), item(4, { isOwn: true }), ...range(5, 6)];
  assert.equal(findUnread(items, { ...NO_MARK, seen: 3 })?.number, 5);
  assert.equal(findUnread(items, { ...NO_MARK, seen: 6 }), undefined);
});
