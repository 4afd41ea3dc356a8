/** The embedded store: one process, one folder, LMDB. */

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { makeFolder } from './folder.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { keys, type Engine, type KeyValue, type Reader } from './local-keys.ts';
import { createLocalStore, type LocalSettings } from './local.ts';
import type { Store } from './store.ts';

const VERSION = '1';
const FILE = 'store.mdb';

/**
 * Opens the store in a folder, which is made if it is not there. Earlier processes that had sessions count as dead.
 * @throws Error with one line that names the folder: in use, not writable, not readable, of a newer version.
 */
export async function openEmbeddedStore(settings: LocalSettings & { readonly dataDir: string }): Promise<Store> {
  const folder = resolve(settings.dataDir);
  openFolder(folder);
  const lock = await lockFolder(folder);
  let engine: LmdbEngine | undefined;
  try {
    engine = new LmdbEngine(folder, lock);
    await engine.transact((keyValue) => prepare(keyValue, folder));
    return createLocalStore(engine, `embedded ${folder}`, settings);
  } catch (error) {
    await (engine ?? lock).close();
    throw error;
  }
}

function openFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Error(`the data folder ${folder} cannot be made: ${messageOf(error)}`);
  }
}

/**
 * LMDB writes changed pages to free places, flushes them and swaps the root last, so that a transaction is whole or
 * not there, wherever the process dies. `overlappingSync: false`: only after that a commit resolves and shows to
 * readers, so that an answer waits for its flush, and nothing is read that a power cut could take back. (By default
 * a commit resolves first and is flushed later.) A commit happens on a thread of its own; the transactions that are
 * asked for meanwhile share the next one. `eventTurnBatching: false`: when a commit fails, as on a full disk, the
 * promise of such a batch is rejected besides our own, and as nobody can catch it, it would end the process.
 */
function openDatabase(folder: string): RootDatabase<string, string> {
  try {
    assertIsDatabase(join(folder, FILE));
    return open<string, string>({
      path: join(folder, FILE),
      noSubdir: true,
      encoding: 'string',
      overlappingSync: false,
      eventTurnBatching: false,
    });
  } catch (error) {
    throw new Error(`the data folder ${folder} cannot be read: ${messageOf(error)}`);
  }
}

/** LMDB for Node 3.5 dies of a segmentation fault on a file that is no database. */
function assertIsDatabase(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const descriptor = openSync(file, 'r');
  const magic = Buffer.alloc(4);
  readSync(descriptor, magic, 0, magic.length, 24);
  closeSync(descriptor);
  if (magic.toString('hex') !== 'dec0efbe') throw new Error(`${FILE} is no database`);
}

function prepare(keyValue: KeyValue, folder: string): void {
  const version = keyValue.get(keys.version) ?? VERSION;
  if (version !== VERSION) {
    throw new Error(
      `the data folder ${folder} has version ${version}, made by a newer gateway; this one reads ${VERSION}`,
    );
  }
  keyValue.put(keys.version, VERSION);
}

class LmdbEngine implements Engine {
  readonly reader: Reader;
  readonly #database: RootDatabase<string, string>;
  readonly #keyValue: KeyValue;
  readonly #lock: FolderLock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, lock: FolderLock) {
    const database = openDatabase(folder);
    this.#lock = lock;
    this.#database = database;
    this.#keyValue = {
      get: (key) => database.get(key),
      range: (start, end, limit) => [...database.getRange({ start, end, limit })].map(({ key, value }) => [key, value]),
      // Inside a transaction these write at once, so that their promises say nothing.
      put: (key, value) => void database.put(key, value),
      remove: (key) => void database.remove(key),
    };
    this.reader = this.#keyValue;
  }

  transact<T>(change: (keyValue: KeyValue) => T): Promise<T> {
    // A child of the batch that shares the commit: where `change` throws, it alone is taken back.
    const done = this.#database.childTransaction(() => change(this.#keyValue)).catch(throwReason);
    this.#last = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    // LMDB would refuse what is queued.
    await this.#last;
    await this.#database.close();
    await this.#lock.close();
  }
}

/** A failed commit's reason comes as a promise of its own, which would end the process if nobody caught it. */
async function throwReason(error: Error & { commitError?: Promise<unknown> }): Promise<never> {
  await error.commitError?.catch((cause: unknown) => {
    throw new Error(`the embedded store cannot write: ${messageOf(cause)}`, { cause });
  });
  throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
