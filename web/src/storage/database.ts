/** A client's storage in IndexedDB: one database, one object store, one transaction a save. */

import type { Change, Storage } from '../../../protocol/client.ts';

const STORE = 'kept';
/** Tries of one save; after the last one the page goes on in memory. */
const TRIES = 3;
const PAUSE = 300;
/** Some browsers never answer: how long opening may take. */
const PATIENCE = 3_000;

export class Database implements Storage {
  readonly kept: ReadonlyMap<string, unknown>;
  readonly #database: IDBDatabase;
  /** Saving failed for good, or is over: what the database has stays as it is, and is a consistent older state. */
  #isGivenUp = false;

  private constructor(database: IDBDatabase, kept: ReadonlyMap<string, unknown>) {
    this.#database = database;
    this.kept = kept;
  }

  /** Rejects where the browser gives none: in some private windows, or by its settings. */
  static async open(name: string): Promise<Database> {
    const opening = openNamed(name);
    const database = await Promise.race([opening, new Promise<undefined>((done) => setTimeout(done, PATIENCE))]);
    if (database === undefined) {
      opening.then((late) => late.close()).catch(() => {});
      throw new Error('the browser does not open its database');
    }
    const store = database.transaction(STORE).objectStore(STORE);
    const [keys, values] = await Promise.all([answerOf(store.getAllKeys()), answerOf(store.getAll())]);
    return new Database(database, new Map(keys.map((key, index) => [String(key), values[index]])));
  }

  save(changes: readonly Change[], saved: () => void): void {
    void this.#keep(changes).then(saved);
  }

  /** Nothing is saved any more; what was handed over is. */
  close(): void {
    this.#isGivenUp = true;
    this.#database.close();
  }

  async #keep(changes: readonly Change[]): Promise<void> {
    for (let tries = 1; !this.#isGivenUp; tries += 1) {
      try {
        return await this.#write(changes);
      } catch {
        // Full, or cleared by the user. The gateway has the log: a reload begins from what was kept last.
        if (tries === TRIES) this.#isGivenUp = true;
        else await new Promise((done) => setTimeout(done, PAUSE * tries));
      }
    }
  }

  #write(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORE, 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
      const store = transaction.objectStore(STORE);
      for (const { key, value } of changes) {
        if (value === undefined) store.delete(key);
        else store.put(value, key);
      }
    });
  }
}

/** Removes a database, as soon as nobody has it open; resolves also where that fails. */
export async function removeDatabase(name: string): Promise<void> {
  await answerOf(indexedDB.deleteDatabase(name)).catch(() => {});
}

function openNamed(name: string): Promise<IDBDatabase> {
  // Where storage is forbidden the mere call may throw.
  return Promise.resolve().then(() => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    return answerOf(request);
  });
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser refused'));
  });
}
