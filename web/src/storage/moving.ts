/** What the page kept before all tabs of a browser had one database: that of its first tab moves, others go. */

import { deleteDB, openDB } from 'idb';
import type { Change } from '../../../protocol/client.ts';
import { nameOf } from './schema.ts';
import type { Connection } from './schema.ts';
import { write } from './writing.ts';

const STORE = 'kept';
const MOST_TABS = 8;

/** Answers whether something was moved. A tab that is still open with the old page keeps its own. */
export async function moveKept(connection: Connection, user: string): Promise<boolean> {
  const [first, ...others] = Array.from({ length: MOST_TABS }, (_, number) => `${nameOf(user)}/${number}`);
  const isMoved = await whenFree(first!, async (name) => {
    const changes = await readAll(name);
    const transaction = connection.transaction(['kept', 'entries'], 'readwrite');
    await Promise.all([...write(transaction, user, changes, []), transaction.done]);
    void deleteDB(name);
    return changes.length > 0;
  });
  for (const name of others) await whenFree(name, async (free) => void deleteDB(free));
  return isMoved === true;
}

/** The old page had a Web Lock of the same name for each of its databases. */
async function whenFree<T>(name: string, work: (name: string) => Promise<T>): Promise<T | undefined> {
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock === null ? undefined : work(name)));
}

async function readAll(name: string): Promise<readonly Change[]> {
  const database = await openDB(name, 1, { upgrade: (empty) => void empty.createObjectStore(STORE) });
  const store = database.transaction(STORE).store;
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  database.close();
  return keys.map((key, index) => ({ key: String(key), value: values[index] as unknown }));
}
