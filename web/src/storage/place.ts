/** Where this tab keeps what belongs to a user: each tab of a browser has a place, and thus a device, of its own. */

import { MemoryStorage } from '../../../protocol/client.ts';
import type { Storage } from '../../../protocol/client.ts';
import { Database, removeDatabase } from './database.ts';
import { forget, recall, remember } from './tab.ts';

/** The most tabs of one user that keep something. */
const PLACES = 8;
/** A reload asks for its place while the page before may still let go of it, in milliseconds. */
const RETURN_PATIENCE = 1_000;
const NUMBER = 'ims.place';

export interface Place {
  readonly storage: Storage;
  readonly kept: ReadonlyMap<string, unknown>;
  /** What it has survives a reload. */
  readonly isLasting: boolean;
  /** Another tab has the first one. */
  readonly isSecond: boolean;
  /** Lets others have it; all is kept. */
  leave(): void;
  /** Removes all that this browser has of the user, other than what other tabs are using. */
  remove(): Promise<void>;
}

interface Held {
  readonly number: number;
  release(): void;
}

/** A place of this user that no other tab has; in memory where the browser keeps nothing. */
export async function openPlace(user: string): Promise<Place> {
  const held = await takePlace(user);
  const database = held && (await Database.open(nameOf(user, held.number)).catch(() => undefined));
  if (held === undefined || database === undefined) {
    held?.release();
    return openMemory();
  }
  const note = `${user}/${held.number}`;
  remember(NUMBER, note);
  const leave = (): void => {
    database.close();
    held.release();
  };
  return {
    storage: database,
    kept: database.kept,
    isLasting: true,
    isSecond: held.number > 0,
    leave,
    async remove() {
      leave();
      if (recall(NUMBER) === note) forget(NUMBER);
      // The own one may take a moment to be let go of.
      await clearPlace(user, held.number, { signal: AbortSignal.timeout(RETURN_PATIENCE) });
      for (let number = 0; number < PLACES; number += 1) await clearPlace(user, number, { ifAvailable: true });
    },
  };
}

export function openMemory(): Place {
  const storage = new MemoryStorage();
  return { storage, kept: storage.kept, isLasting: false, isSecond: false, leave() {}, async remove() {} };
}

function nameOf(user: string, number: number): string {
  return `ims/${user}/${number}`;
}

async function takePlace(user: string): Promise<Held | undefined> {
  // Absent where the page came over plain HTTP.
  if (!('locks' in navigator)) return undefined;
  const [owner, last] = (recall(NUMBER) ?? '').split('/');
  if (owner === user) {
    const release = await takeLock(nameOf(user, Number(last)), { signal: AbortSignal.timeout(RETURN_PATIENCE) });
    if (release) return { number: Number(last), release };
  }
  for (let number = 0; number < PLACES; number += 1) {
    const release = await takeLock(nameOf(user, number), { ifAvailable: true });
    if (release) return { number, release };
  }
  return undefined;
}

async function clearPlace(user: string, number: number, options: LockOptions): Promise<void> {
  const name = nameOf(user, number);
  const release = await takeLock(name, options);
  if (release === undefined) return;
  await removeDatabase(name);
  release();
}

/** Answers with what lets go of the lock; undefined where it cannot be had. */
function takeLock(name: string, options: LockOptions): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock !== null) return new Promise((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    navigator.locks.request(name, options, hold).catch(() => resolve(undefined));
  });
}
