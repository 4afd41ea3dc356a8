/** A client's storage in IndexedDB: one transaction a save, and one tab at a time that writes. */

import type { Change, EntryRange, Storage } from '../../../protocol/client.ts';
import { readKept } from './opening.ts';
import { connect, nameOf } from './schema.ts';
import type { Connection } from './schema.ts';
import { write } from './writing.ts';

/** Entries that a client has in memory. Chromium reads 200 rows in 3 ms, 1,000 in 21: the page waits for them. */
export const WINDOW = 200;
/** Tries of one save; after the last one the page goes on in memory. */
const TRIES = 3;
const PAUSE = 300;
/** Whose turn it is: each tab that takes over has the next number. */
const LEADER = 'leader';
const FIRST = 1;

export interface DatabaseOptions {
  /** The key of whose it is. */
  readonly user: string;
  /** Another tab writes from now on, or the database was removed: nothing is saved here any more. */
  lost(): void;
}

/** What was read, for the client: `kept`, `floor` and `window` are options of it. */
export class Database implements Storage {
  readonly window = WINDOW;
  readonly kept: ReadonlyMap<string, unknown>;
  readonly floor: number;
  readonly #options: DatabaseOptions;
  readonly #connection: Connection;
  readonly #turn: number;
  #state: 'open' | 'lost' | 'failed' | 'closed' = 'open';

  private constructor(options: DatabaseOptions, connection: Connection, { kept, floor, turn }: Opened) {
    this.#options = options;
    this.#connection = connection;
    this.#turn = turn;
    this.kept = kept;
    this.floor = floor;
  }

  /**
   * Opens the database of a user, or makes it. From this moment on no other tab writes there, also one that has slept all
   * the while. Rejects where the browser gives none.
   */
  static async takeOver(options: DatabaseOptions): Promise<Database> {
    let database: Database | undefined;
    const closed = (): void => {
      if (database) database.#lose();
    };
    const connection = await connect(options.user, { isMade: true, closed });
    try {
      const opened = await open(connection);
      const isMoved = opened.turn === FIRST && (await moveOld(connection, options.user));
      database = new Database(options, connection, isMoved ? await open(connection) : opened);
      return database;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** `saved` is called in order; never where another tab writes now. */
  save(changes: readonly Change[], saved: () => void, cleared: readonly EntryRange[] = []): void {
    void this.#keep(changes, cleared).then((isDone) => {
      if (isDone) saved();
    });
  }

  /** Nothing is saved any more; what was handed over is. */
  close(): void {
    if (this.#state === 'open') this.#state = 'closed';
    this.#connection.close();
  }

  /** Answers whether the client may go on as if it were kept. */
  async #keep(changes: readonly Change[], cleared: readonly EntryRange[]): Promise<boolean> {
    for (let tries = 1; this.#state === 'open'; tries += 1) {
      try {
        await this.#write(changes, cleared);
        return true;
      } catch {
        // Full, or cleared by the user. The gateway has the log: a reload begins from what was kept last.
        if (tries === TRIES) this.#fail();
        else await new Promise((done) => setTimeout(done, PAUSE * tries));
      }
    }
    return this.#state === 'failed';
  }

  async #write(changes: readonly Change[], cleared: readonly EntryRange[]): Promise<void> {
    const transaction = this.#connection.transaction(['kept', 'entries'], 'readwrite');
    const turn = transaction.objectStore('kept').get(LEADER);
    const checked = turn.then((now) => {
      if (now === this.#turn) return;
      this.#lose();
      transaction.abort();
    });
    await Promise.all([checked, ...write(transaction, this.#options.user, changes, cleared), transaction.done]);
  }

  #fail(): void {
    if (this.#state === 'open') this.#state = 'failed';
  }

  #lose(): void {
    if (this.#state === 'lost' || this.#state === 'closed') return;
    this.#state = 'lost';
    this.#options.lost();
  }
}

/** Removes the database of a user, as soon as every tab has let go of it: each does by itself. Resolves in any case. */
export async function removeDatabase(user: string): Promise<void> {
  await new Promise<void>((resolve) => {
    try {
      const request = indexedDB.deleteDatabase(nameOf(user));
      request.onsuccess = request.onerror = () => resolve();
    } catch {
      resolve();
    }
  });
}

interface Opened {
  readonly kept: ReadonlyMap<string, unknown>;
  readonly floor: number;
  readonly turn: number;
}

/** Takes the turn and reads, in one transaction: nobody writes in between or afterwards. */
async function open(connection: Connection): Promise<Opened> {
  const transaction = connection.transaction(['kept', 'entries'], 'readwrite');
  const store = transaction.objectStore('kept');
  const before = (await store.get(LEADER)) as number | undefined;
  const turn = (before ?? 0) + 1;
  const put = store.put(turn, LEADER);
  const [opened] = await Promise.all([readKept(transaction, WINDOW), put, transaction.done]);
  opened.kept.delete(LEADER);
  return { ...opened, turn };
}

/** What the page before this one kept, in a database for each tab. */
async function moveOld(connection: Connection, user: string): Promise<boolean> {
  const names = await indexedDB.databases?.().catch(() => []);
  if (!names?.some(({ name }) => name?.startsWith(`${nameOf(user)}/`))) return false;
  const { moveKept } = await import('./moving.ts');
  return moveKept(connection, user);
}
