/** What a client needs from its host: connections, a place to keep things, time and chance. */

import { numberOf } from './entry.ts';
import type { Update } from './view.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

/** One connection to a gateway, with reader and writer. */
export interface Link {
  /** Documents to be written in this order. Without effect when the connection is over. */
  send(...documents: readonly ClientDocument[]): void;
  /** Ends it, after what was sent. Nothing is reported of it any more. */
  close(): void;
}

/** What the host reports of a link; never before `open` returned it. */
export interface LinkListener {
  opened(): void;
  /** Documents that came in one go, in order. What is no {@link ServerDocument} (such as an echo) is left out. */
  received(...documents: readonly ServerDocument[]): void;
  /** It broke, was closed by the other side, or could not be opened. */
  closed(): void;
}

/** A key with its new value (anything JSON can say); undefined removes it. */
export interface Change {
  readonly key: string;
  readonly value: unknown;
}

/** Numbers of places: from the first one up to the other, which is not among them. */
export interface EntryRange {
  readonly from: number;
  readonly to: number;
}

/** What the key of an entry begins with; the rest is its place. The value is a held entry. */
export const ENTRY = 'entry/';

/** The number of the place of an entry that is kept under this key; undefined for what is no entry. */
export function entryNumber(key: string): number | undefined {
  return key.startsWith(ENTRY) ? numberOf(key.slice(ENTRY.length)) : undefined;
}

/** Where a client keeps what must survive it. An IndexedDB object store, a file, or a Map will do. */
export interface Storage {
  /**
   * Keeps all of the changes or none, then calls `saved`: at once or later. The next call comes only after that. As long as
   * it is not called nothing that depends on it is sent: where saving fails it is to be tried again.
   *
   * `cleared`, which only a client with a window gives: before the changes, all entries with these numbers go, also those
   * that the client was never given. Entries are what has an {@link entryNumber}.
   */
  save(changes: readonly Change[], saved: () => void, cleared?: readonly EntryRange[]): void;
}

export interface Timing {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once; the returned function prevents it. */
  after(ms: number, action: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
}

export interface ClientPorts {
  /** Opens a connection; never throws: what cannot be opened is reported as closed. A client has two at once while it moves. */
  open(listener: LinkListener): Link;
  readonly storage: Storage;
  readonly timing: Timing;
  /**
   * Something is different. What the host sends from inside `message` is kept in one step with that message: a bot that
   * dies comes back with both or with neither.
   */
  update(update: Update): void;
}

/** A storage in memory: for tests, and where nothing needs to survive. */
export class MemoryStorage implements Storage {
  /** To be given to the next client. */
  readonly kept = new Map<string, unknown>();

  save(changes: readonly Change[], saved: () => void, cleared: readonly EntryRange[] = []): void {
    for (const { from, to } of cleared) this.#clear(from, to);
    for (const { key, value } of changes) {
      if (value === undefined) this.kept.delete(key);
      else this.kept.set(key, value);
    }
    saved();
  }

  #clear(from: number, to: number): void {
    for (const key of this.kept.keys()) {
      const number = entryNumber(key) ?? NaN;
      if (number >= from && number < to) this.kept.delete(key);
    }
  }
}
