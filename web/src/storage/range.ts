/** The end of a range of keys: a database reads many rows quickly only from the first one on. */

import type { IDBPIndex, IDBPObjectStore } from 'idb';
import type { Schema } from './schema.ts';

type Source = IDBPObjectStore<Schema, ['entries'], 'entries'> | IDBPIndex<Schema, ['entries'], 'entries', 'peer'>;

/** The last `count` keys of a range, or all where there are no more. */
export async function lastOf(source: Source, range: IDBKeyRange, count: number): Promise<IDBKeyRange> {
  const cursor = await source.openKeyCursor(range, 'prev');
  // The same object then stands elsewhere.
  const last = cursor?.key;
  const first = count > 1 ? await cursor?.advance(count - 1) : cursor;
  return first ? IDBKeyRange.bound(first.key, last) : range;
}
