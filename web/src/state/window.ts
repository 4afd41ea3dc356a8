/** The part of a conversation that is at hand: a stretch of its entries, which may end with the newest as the client has them. */

import type { Conversation, ConversationMark, MessageState } from '../../../protocol/client.ts';

export type Item = Conversation['items'][number];

/** So many of the newest are always in a window that ends with them. */
const TAIL = 120;

export interface Window {
  /** By their numbers; those that have none yet last. */
  readonly items: readonly Item[];
  /** It ends with the newest. Otherwise later ones are in the archive. */
  readonly isLive: boolean;
}

/** The number of the first item that has a place in the log; Infinity for none. */
export function firstNumber(items: readonly Item[]): number {
  return items.find(({ number }) => number !== undefined)?.number ?? Infinity;
}

/** The number of the last item that has a place in the log; 0 for none. */
export function lastNumber(items: readonly Item[]): number {
  return items.findLast(({ number }) => number !== undefined)?.number ?? 0;
}

/** The window with everything that the client knows by now: its newest items, and what became of those before. */
export function follow(window: Window, { items: newest, mark }: Pick<Conversation, 'items' | 'mark'>): Window {
  const byKey = new Map(newest.map((item) => [item.key, item]));
  const latest = window.items.map((item) => byKey.get(item.key) ?? restate(item, mark));
  if (!window.isLive) return { ...window, items: latest };
  const tail = newest.slice(startOfTail(newest, lastNumber(window.items)));
  const first = firstNumber(tail);
  const tailKeys = new Set(tail.map(({ key }) => key));
  const earlier = latest.filter(({ key, number }) => number !== undefined && number < first && !tailKeys.has(key));
  return { items: [...earlier, ...tail], isLive: true };
}

/** Where the newest begin that a window has to have: with the first that it has not, where many came at once. */
function startOfTail(newest: readonly Item[], known: number): number {
  const start = Math.max(0, newest.length - TAIL);
  const next = known === 0 ? -1 : newest.findIndex(({ number }) => number !== undefined && number > known);
  return next < 0 ? start : Math.min(start, next);
}

/** Puts entries before and after those of the window; what is there already, or stands elsewhere, is left out. */
export function extend(window: Window, before: readonly Item[], after: readonly Item[]): Window {
  const [low, high] = [firstNumber(window.items), lastNumber(window.items)];
  const keys = new Set(window.items.map(({ key }) => key));
  const earlier = before.filter(({ key, number }) => number! < low && !keys.has(key));
  const later = after.filter(({ key, number }) => number! > high && !keys.has(key));
  return { ...window, items: [...earlier, ...window.items, ...later] };
}

/** Whether what the client holds does not follow what it held: the log has other entries now, or there is a gap. */
export function isReplaced(before: readonly Item[], now: readonly Item[]): boolean {
  if (before === now) return false;
  const first = firstNumber(now);
  // More came than the client holds.
  if (lastNumber(before) > 0 && first !== Infinity && first > lastNumber(before)) return true;
  const numbers = new Map(now.map(({ key, number }) => [key, number]));
  return before.some(({ key, number }) => number !== undefined && number >= first && numbers.get(key) !== number);
}

/** An own message with what the marks say of it now; the same object where that is nothing new. */
function restate(item: Item, mark: ConversationMark): Item {
  if (item.kind !== 'message' || item.n === undefined) return item;
  if (item.state !== 'sent' && item.state !== 'delivered') return item;
  const state = stateOf(item.n, mark);
  return state === item.state ? item : { ...item, state };
}

function stateOf(n: number, { delivered, read, refused }: ConversationMark): MessageState {
  if (isWithin(refused, n)) return 'refused';
  if (n <= read) return 'read';
  return n <= delivered ? 'delivered' : 'sent';
}

/** Whether a number is in ranges such as `3-5 9-9`. */
function isWithin(ranges: string, n: number): boolean {
  return ranges.split(' ').some((range) => {
    const [first = NaN, last = NaN] = range.split('-').map(Number);
    return n >= first && n <= last;
  });
}
