/** Brings a client's changes to the stores of its database. */

import { ENTRY, entryNumber } from '../../../protocol/client.ts';
import type { Change, EntryRange, HeldEntry } from '../../../protocol/client.ts';
import { toRow } from './schema.ts';
import type { Writing } from './schema.ts';

/** `user`: the key of whose database it is. The answers are those of the single requests: all of them, or none. */
export function write(
  transaction: Writing,
  user: string,
  changes: readonly Change[],
  cleared: readonly EntryRange[],
): readonly Promise<unknown>[] {
  const [kept, entries] = [transaction.objectStore('kept'), transaction.objectStore('entries')];
  const clearing = cleared.map(({ from, to }) => entries.delete(IDBKeyRange.bound([from], [to], false, true)));
  const changing = changes.map(({ key, value }) => {
    const number = entryNumber(key);
    if (number === undefined) return value === undefined ? kept.delete(key) : kept.put(value, key);
    if (value === undefined) return entries.delete([number, key.slice(ENTRY.length)]);
    return entries.put(toRow(user, value as HeldEntry));
  });
  return [...clearing, ...changing];
}
