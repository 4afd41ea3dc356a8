/** What a tab reads of the log that this browser keeps, however long it is. */

import { ENTRY, numberOf } from '../../../protocol/client.ts';
import type { HeldEntry } from '../../../protocol/client.ts';
import { lastOf } from './range.ts';
import { connect, toRow } from './schema.ts';
import type { Connection, Row } from './schema.ts';
import { toWords } from './words.ts';

export interface SearchOptions {
  /** The key of the other user; everywhere where absent. */
  readonly peer?: string | undefined;
  readonly limit: number;
  /** Only what has a lower number: that of the last one that was found. */
  readonly before?: number | undefined;
  /** Ends a search that nobody waits for any more: it answers with what it has. */
  readonly signal?: AbortSignal | undefined;
}

/** Peers are keys: names in lower case. Where there is no database, or it fails, every answer is empty. */
export interface Archive {
  /** The newest entries of a conversation with numbers below this one; oldest first. */
  before(peer: string, number: number | undefined, limit: number): Promise<readonly HeldEntry[]>;
  /** The oldest entries of a conversation with numbers above this one; oldest first. */
  after(peer: string, number: number, limit: number): Promise<readonly HeldEntry[]>;
  /** Messages where each word of the text begins a word; newest first. Without words there is nothing to be found. */
  search(text: string, options: SearchOptions): Promise<readonly HeldEntry[]>;
  close(): void;
}

/** The archive of a user, given by the key: as it is at the time of each question, also before there is a database. */
export async function openArchive(user: string): Promise<Archive> {
  const archive = new DatabaseArchive(user);
  await archive.open();
  return archive;
}

/** Numbers are below it: arrays come after all of them. */
const END: never[] = [];

class DatabaseArchive implements Archive {
  readonly #user: string;
  #connection: Promise<Connection | undefined> | undefined;
  #isOver = false;

  constructor(user: string) {
    this.#user = user;
  }

  /** The connection; it may go at any time, when somebody logs out, and come back. */
  open(): Promise<Connection | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  before(peer: string, number: number | undefined, limit: number): Promise<readonly HeldEntry[]> {
    return this.#read(async (connection) => {
      const index = connection.transaction('entries').store.index('peer');
      const range = IDBKeyRange.bound([peer], [peer, number ?? END], false, true);
      return toEntries(await index.getAll(await lastOf(index, range, limit)));
    });
  }

  after(peer: string, number: number, limit: number): Promise<readonly HeldEntry[]> {
    return this.#read(async (connection) => {
      const range = IDBKeyRange.bound([peer, number], [peer, END], true, true);
      return toEntries(await connection.getAllFromIndex('entries', 'peer', range, limit));
    });
  }

  search(text: string, options: SearchOptions): Promise<readonly HeldEntry[]> {
    return this.#read(async (connection) => {
      const { searchRows } = await import('./search.ts');
      return toEntries(await searchRows(connection, toWords(text), options));
    });
  }

  close(): void {
    const opened = this.#connection;
    this.#isOver = true;
    this.#connection = undefined;
    void opened?.then((connection) => connection?.close());
  }

  async #connect(): Promise<Connection | undefined> {
    const closed = (): void => {
      this.#connection = undefined;
    };
    try {
      return await connect(this.#user, { isMade: false, closed });
    } catch {
      closed();
      return undefined;
    }
  }

  async #read(work: (connection: Connection) => Promise<readonly HeldEntry[]>): Promise<readonly HeldEntry[]> {
    const connection = await this.open();
    // The database may go at any moment: then there is nothing to be read.
    return connection === undefined ? [] : work(connection).catch(() => []);
  }
}

/** The archive of a client that keeps everything in memory. `kept`: its storage, as it is at the time of each question. */
export function openMemoryArchive(user: string, kept: ReadonlyMap<string, unknown>): Archive {
  const rows = (peer?: string): Row[] => {
    const entries = [...kept].flatMap(([key, value]) => (key.startsWith(ENTRY) ? [value as HeldEntry] : []));
    const sorted = entries.sort((a, b) => numberOf(a.at) - numberOf(b.at)).map((entry) => toRow(user, entry));
    return peer === undefined ? sorted : sorted.filter((row) => row.peer === peer);
  };
  return {
    async before(peer, number = Infinity, limit) {
      return toEntries(rows(peer).filter((row) => row.number < number)).slice(-limit);
    },
    async after(peer, number, limit) {
      return toEntries(rows(peer).filter((row) => row.number > number)).slice(0, limit);
    },
    async search(text, { peer, limit, before = Infinity }) {
      const { hasWords } = await import('./search.ts');
      const words = toWords(text);
      const found = rows(peer).filter((row) => row.number < before && hasWords(row, words));
      return toEntries(found.reverse()).slice(0, limit);
    },
    close() {},
  };
}

function toEntries(rows: readonly Row[]): readonly HeldEntry[] {
  return rows.map(({ entry }) => entry);
}
