/** The database that this browser has of one user: what a client keeps, and its log with what it can be searched by. */

import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { numberOf } from '../../../protocol/client.ts';
import type { HeldEntry } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';
import { toWords } from './words.ts';

/** An entry of the log. */
export interface Row {
  /** Of its place. */
  readonly number: number;
  /** The key of the other user. */
  readonly peer: string;
  /** The same, where it is a message of that one. */
  readonly incoming?: string;
  /** Those of a message, each once, as `toWords` makes them. */
  readonly words: readonly string[];
  readonly entry: HeldEntry;
}

export interface Schema extends DBSchema {
  kept: { key: string; value: unknown };
  entries: {
    /** Number and place. */
    key: [number, string];
    value: Row;
    indexes: { peer: [string, number]; incoming: [string, number]; words: string };
  };
}

export type Connection = IDBPDatabase<Schema>;
export type Writing = IDBPTransaction<Schema, ('kept' | 'entries')[], 'readwrite'>;

const VERSION = 1;
/** Some browsers never answer: how long opening may take, in milliseconds. */
const PATIENCE = 3_000;

/** `user`: the key of whose it is. */
export function nameOf(user: string): string {
  return `ims/${user}`;
}

export interface OpenOptions {
  /** Whether it is made where there is none; otherwise opening it fails. */
  readonly isMade: boolean;
  /** It was closed: removed by another tab, or by the browser. */
  closed(): void;
}

/** Rejects where the browser gives none: in some private windows, or by its settings. */
export async function connect(user: string, { isMade, closed }: OpenOptions): Promise<Connection> {
  // Where storage is forbidden the mere call may throw.
  const opening = Promise.resolve().then(() => {
    return openDB<Schema>(nameOf(user), VERSION, {
      upgrade(database, _before, _after, transaction) {
        if (isMade) makeStores(database);
        else refuse(transaction);
      },
      blocking(_now, _wanted, event) {
        (event.target as IDBDatabase).close();
        closed();
      },
      terminated: closed,
    });
  });
  const connection = await Promise.race([opening, new Promise<undefined>((done) => setTimeout(done, PATIENCE))]);
  if (connection) return connection;
  opening.then((late) => late.close()).catch(() => {});
  throw new Error('the browser does not open its database');
}

/** `user`: the key of whose log it is. */
export function toRow(user: string, entry: HeldEntry): Row {
  const [from, to] = [toAsciiLower(entry.from), toAsciiLower(entry.to)];
  const number = numberOf(entry.at);
  if (entry.name !== 'MESSAGE') return { number, peer: from === user ? to : from, words: [], entry };
  const words = toWords(entry.text);
  return from === user ? { number, peer: to, words, entry } : { number, peer: from, incoming: from, words, entry };
}

/** The browser then has no such database either. */
function refuse(transaction: { abort(): void; readonly done: Promise<void> }): void {
  // That opening fails says it all.
  transaction.done.catch(() => {});
  transaction.abort();
}

function makeStores(database: Connection): void {
  database.createObjectStore('kept');
  const entries = database.createObjectStore('entries', { keyPath: ['number', 'entry.at'] });
  entries.createIndex('peer', ['peer', 'number']);
  entries.createIndex('incoming', ['incoming', 'number']);
  entries.createIndex('words', 'words', { multiEntry: true });
}
