/** What a client begins with, out of a log of any length: small things, the newest entries, and some of each conversation. */

import type { IDBPTransaction } from 'idb';
import { ENTRY } from '../../../protocol/client.ts';
import type { Row, Schema } from './schema.ts';

/** After all numbers: arrays are. */
const LAST: never[] = [];

type Reading = IDBPTransaction<Schema, ('kept' | 'entries')[], 'readonly' | 'readwrite'>;

export interface Kept {
  readonly kept: Map<string, unknown>;
  /** The number from which on all entries are there; 0: all are. */
  readonly floor: number;
}

/** `window`: how many entries at least, where there are so many. */
export async function readKept(transaction: Reading, window: number): Promise<Kept> {
  const [kept, { rows, floor }] = await Promise.all([readSmall(transaction), readNewest(transaction, window)]);
  const standing = floor > 0 ? await readStanding(transaction, floor) : [];
  for (const { entry } of [...standing, ...rows]) kept.set(ENTRY + entry.at, entry);
  return { kept, floor };
}

async function readSmall(transaction: Reading): Promise<Map<string, unknown>> {
  const store = transaction.objectStore('kept');
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return new Map(keys.map((key, index) => [key, values[index]]));
}

async function readNewest(transaction: Reading, window: number): Promise<{ rows: readonly Row[]; floor: number }> {
  const store = transaction.objectStore('entries');
  const last = await store.openKeyCursor(null, 'prev');
  const first = await last?.advance(window);
  if (!first) return { rows: await store.getAll(), floor: 0 };
  // That one is not among them, nor another one with its number.
  const floor = first.key[0] + 1;
  return { rows: await store.getAll(IDBKeyRange.lowerBound([floor])), floor };
}

/** Below the floor: the last entry of each conversation, and the last message of the other user. */
async function readStanding(transaction: Reading, floor: number): Promise<readonly Row[]> {
  const store = transaction.objectStore('entries');
  const peers: string[] = [];
  const index = store.index('peer');
  for (
    let cursor = await index.openKeyCursor();
    cursor;
    cursor = await cursor.continue([cursor.key[0], LAST as never])
  ) {
    peers.push(cursor.key[0]);
  }
  const keys = await Promise.all(
    peers.flatMap((peer) => {
      const range = IDBKeyRange.bound([peer], [peer, LAST]);
      return [index, store.index('incoming')].map((one) => one.openKeyCursor(range, 'prev'));
    }),
  );
  const below = keys.flatMap((cursor) => (cursor && cursor.primaryKey[0] < floor ? [cursor.primaryKey] : []));
  const rows = await Promise.all(below.map((key) => store.get(key)));
  return rows.filter((row) => row !== undefined);
}
