/** Where the client of a user keeps what must survive the tab that runs it: a database, of which one tab has the writing. */

import { Database, removeDatabase } from '../storage/database.ts';
import type { Place } from './host.ts';

/** How long the removal of a database may keep the next log-in waiting, in milliseconds. */
const PATIENCE = 2_000;

export interface LastingPlace extends Place {
  /** Nothing is written any more. */
  close(): void;
  /** Nothing of it is left in this browser. */
  remove(): Promise<void>;
}

/** `lost`: another tab writes from now on. Undefined where the browser keeps nothing. */
export async function openPlace(user: string, lost: () => void): Promise<LastingPlace | undefined> {
  const database = await Database.takeOver({ user, lost }).catch(() => undefined);
  if (database === undefined) return undefined;
  const { kept, window, floor } = database;
  return {
    storage: database,
    kept,
    window,
    floor,
    isLasting: true,
    close: () => database.close(),
    async remove() {
      database.close();
      // A tab that hangs keeps it for longer: then it goes when that one does. It is empty by now.
      await Promise.race([removeDatabase(user), new Promise((done) => setTimeout(done, PATIENCE))]);
    },
  };
}
