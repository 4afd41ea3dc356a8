/** Finds rows by the beginnings of their words, newest first, in small steps: the page stays smooth meanwhile. */

import type { SearchOptions } from './archive.ts';
import { lastOf } from './range.ts';
import type { Connection, Row } from './schema.ts';

/** Rows that are read in one step. */
const STEP = 100;
/** A word that stands in no more rows than this is looked up; what is more frequent is met by walking through the log. */
const RARE = 4_000;

type Key = readonly [number, string];

/** Whether each of the words begins one of the row's. */
export function hasWords(row: Row, words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => row.words.some((other) => other.startsWith(word)));
}

/** `words`: as `toWords` makes them. */
export async function searchRows(
  connection: Connection,
  words: readonly string[],
  options: SearchOptions,
): Promise<readonly Row[]> {
  const rarest = await findRarest(connection, words);
  if (rarest === undefined || rarest.count === 0) return [];
  const steps = rarest.count > RARE ? walk(connection, options) : lookUp(connection, rarest.word, options);
  const found: Row[] = [];
  for await (const rows of steps) {
    found.push(...rows.filter((row) => isWanted(row, options) && hasWords(row, words)));
    if (found.length >= options.limit || options.signal?.aborted === true) break;
  }
  return found.slice(0, options.limit);
}

async function findRarest(
  connection: Connection,
  words: readonly string[],
): Promise<{ readonly word: string; readonly count: number } | undefined> {
  const counted = words.map(async (word) => ({
    word,
    count: await connection.countFromIndex('entries', 'words', begins(word)),
  }));
  return (await Promise.all(counted)).sort((a, b) => a.count - b.count)[0];
}

/** The rows with a word that begins so, newest first. */
async function* lookUp(
  connection: Connection,
  word: string,
  { before = Infinity }: SearchOptions,
): AsyncIterable<Row[]> {
  const keys: readonly Key[] = await connection.getAllKeysFromIndex('entries', 'words', begins(word));
  const numbers = [...new Set(keys.map(([number]) => number))].filter((number) => number < before);
  numbers.sort((a, b) => b - a);
  for (let start = 0; start < numbers.length; start += STEP) {
    const { store } = connection.transaction('entries');
    const step = numbers.slice(start, start + STEP);
    const rows = await Promise.all(step.map((number) => store.getAll(IDBKeyRange.bound([number], [number + 1]))));
    yield rows.flat();
  }
}

/** All rows, or those of one conversation, newest first. */
async function* walk(connection: Connection, { peer, before }: SearchOptions): AsyncIterable<Row[]> {
  let end = before;
  for (;;) {
    const rows: Row[] = await (peer === undefined ? stepOf(connection, end) : stepWith(connection, peer, end));
    const [first] = rows;
    if (first === undefined) return;
    yield rows.reverse();
    end = first.number;
  }
}

async function stepOf(connection: Connection, end = Infinity): Promise<Row[]> {
  const { store } = connection.transaction('entries');
  return store.getAll(await lastOf(store, IDBKeyRange.upperBound([end], true), STEP));
}

async function stepWith(connection: Connection, peer: string, end = Infinity): Promise<Row[]> {
  const index = connection.transaction('entries').store.index('peer');
  return index.getAll(await lastOf(index, IDBKeyRange.bound([peer], [peer, end], false, true), STEP));
}

function isWanted(row: Row, { peer }: SearchOptions): boolean {
  return peer === undefined || row.peer === peer;
}

function begins(word: string): IDBKeyRange {
  return IDBKeyRange.bound(word, `${word}\uffff`);
}
