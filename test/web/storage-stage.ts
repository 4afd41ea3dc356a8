/** The page's storage of alice, used in a browser from a test: databases by name, and one archive beside them. */

import type { Page } from 'playwright-core';
import type { Change, EntryRange, HeldEntry } from '../../protocol/client.ts';

/** Number, sender (of what alice wrote the receiver is Bob, or the fourth), text. */
export type EntryRow = readonly [number: number, from: string, text: string, to?: string];

export interface SearchOptions {
  readonly peer?: string;
  readonly limit: number;
  readonly before?: number;
}

interface Database {
  readonly kept: ReadonlyMap<string, unknown>;
  readonly floor: number;
  save(changes: readonly Change[], saved: () => void, cleared?: readonly EntryRange[]): void;
  close(): void;
}

interface Archive {
  before(peer: string, number: number | undefined, limit: number): Promise<readonly HeldEntry[]>;
  after(peer: string, number: number, limit: number): Promise<readonly HeldEntry[]>;
  search(text: string, options: SearchOptions): Promise<readonly HeldEntry[]>;
}

/** What is there in the browser. */
declare const ims: {
  Database: { takeOver(options: { user: string; lost(): void }): Promise<Database> };
  removeDatabase(user: string): Promise<void>;
  openArchive(user: string): Promise<Archive>;
};
declare const held: { databases: Map<string, Database>; lost: Set<string>; archive: Archive };

export type PageStorage = Awaited<ReturnType<typeof connectStorage>>;

export async function connectStorage(page: Page, script: string) {
  await page.addScriptTag({ content: script });
  await page.evaluate(async () => {
    const archive = await ims.openArchive('alice');
    Object.assign(globalThis, { held: { databases: new Map(), lost: new Set(), archive } });
  });
  return {
    entries: toChanges,
    async takeOver(name: string): Promise<{ keys: string[]; floor: number }> {
      return page.evaluate(async (name) => {
        const database = await ims.Database.takeOver({ user: 'alice', lost: () => held.lost.add(name) });
        held.databases.set(name, database);
        return { keys: [...database.kept.keys()].sort(), floor: database.floor };
      }, name);
    },
    /** False where it is not confirmed within a moment. */
    async save(name: string, changes: readonly Change[], cleared: readonly EntryRange[] = []): Promise<boolean> {
      return page.evaluate(
        ([name, changes, cleared]) => {
          const saved = new Promise<boolean>((done) =>
            held.databases.get(name)!.save(changes, () => done(true), cleared),
          );
          return Promise.race([saved, new Promise<boolean>((done) => setTimeout(() => done(false), 1_000))]);
        },
        [name, changes, cleared] as const,
      );
    },
    isLost: (name: string) => page.evaluate((name) => held.lost.has(name), name),
    remove: () => page.evaluate(() => ims.removeDatabase('alice')),
    names: () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)),
    before: (peer: string, number: number | undefined, limit: number) =>
      page.evaluate((args) => held.archive.before(...args), [peer, number, limit] as const),
    after: (peer: string, number: number, limit: number) =>
      page.evaluate((args) => held.archive.after(...args), [peer, number, limit] as const),
    search: (text: string, options: SearchOptions) =>
      page.evaluate((args) => held.archive.search(...args), [text, options] as const),
    makeOld: (place: number, pairs: readonly (readonly [string, unknown])[], text: string) =>
      page.evaluate(makeOld, [
        place,
        [...pairs, ...toChanges([[1, 'Bob', text]]).map(({ key, value }) => [key, value] as const)],
      ] as const),
    fill: (name: string, first: number, last: number) => page.evaluate(fill, [name, first, last] as const),
    /** Milliseconds, the median of five. */
    measureOpening: () => page.evaluate(measureOpening),
    measureSearch: (text: string, options: SearchOptions) => page.evaluate(measureSearch, [text, options] as const),
  };
}

function toChanges(rows: readonly EntryRow[]): Change[] {
  return rows.map(([number, from, text, other = 'Bob']) => {
    const at = `${number}-c`;
    const to = from === 'alice' ? other : 'alice';
    const time = new Date(1_700_000_000_000 + number * 1_000).toISOString();
    return { key: `entry/${at}`, value: { name: 'MESSAGE', at, time, n: String(number), from, to, text } };
  });
}

/** A database as a tab of the page before this one had it. */
async function makeOld([place, pairs]: readonly [number, readonly (readonly [string, unknown])[]]): Promise<void> {
  const opening = indexedDB.open(`ims/alice/${place}`, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('kept');
  await new Promise((done) => (opening.onsuccess = done));
  const transaction = opening.result.transaction('kept', 'readwrite');
  for (const [key, value] of pairs) transaction.objectStore('kept').put(value, key);
  await new Promise((done) => (transaction.oncomplete = done));
  opening.result.close();
}

/** A conversation with Bob, saved as a client saves it. */
async function fill([name, first, last]: readonly [string, number, number]): Promise<void> {
  const step = 2_000;
  for (let start = first; start <= last; start += step) {
    const changes: Change[] = [];
    for (let number = start; number < start + step && number <= last; number += 1) {
      const at = `${number}-c`;
      const words = Array.from({ length: 3 }, (_, index) => `w${(number * 31 + index * 7) % 97}`).join(' ');
      const text = `${number} ${words} ${number % 30_000 === 0 ? 'rare' : ''} always`;
      const time = new Date(1_700_000_000_000 + number * 1_000).toISOString();
      changes.push({
        key: `entry/${at}`,
        value: { name: 'MESSAGE', at, time, n: String(number), from: 'Bob', to: 'alice', text },
      });
    }
    await new Promise<void>((saved) => held.databases.get(name)!.save(changes, saved));
  }
}

async function measureOpening(): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const start = performance.now();
    const database = await ims.Database.takeOver({ user: 'alice', lost() {} });
    times.push(performance.now() - start);
    database.close();
  }
  const latest = await ims.Database.takeOver({ user: 'alice', lost() {} });
  held.databases.set('one', latest);
  return times.sort((a, b) => a - b)[2]!;
}

async function measureSearch([text, options]: readonly [string, SearchOptions]) {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ type: 'longtask' });
  const start = performance.now();
  const found = await held.archive.search(text, options);
  const ms = performance.now() - start;
  await new Promise((done) => setTimeout(done, 100));
  observer.disconnect();
  return { found: found.length, ms, longest };
}
