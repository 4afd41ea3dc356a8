/** The ordered key space of the local stores: what lies where, and how it is read and walked. */

import type { DeviceId, Incarnation, SessionId, UserKey } from './store.ts';

export interface Reader {
  get(key: string): string | undefined;
  /** Pairs with `start <= key < end` in the order of their keys, at most `limit`. */
  range(start: string, end: string, limit: number): readonly (readonly [key: string, value: string])[];
}

export interface KeyValue extends Reader {
  put(key: string, value: string): void;
  remove(key: string): void;
}

/** An ordered map from strings to strings, changed by transactions that are whole or not there. */
export interface Engine {
  /** What is committed. */
  readonly reader: Reader;
  /**
   * Runs `change` alone and at once in one transaction. The promises resolve in the order of the calls, each when
   * its change is durable; where `change` throws, nothing is changed and the promise rejects.
   */
  transact<T>(change: (keyValue: KeyValue) => T): Promise<T>;
  /** Resolves after all earlier changes are durable. */
  close(): Promise<void>;
}

// No name of a user, a session or a device can hold a slash, so that no prefix runs into another one's keys.
export const keys = {
  version: 'v',
  probe: 'probe',
  accounts: 'account/',
  account: (user: UserKey) => `account/${user}`,
  /** All that a user has besides the account. */
  user: (user: UserKey) => `user/${user}/`,
  log: (user: UserKey) => `user/${user}/log`,
  entry: (user: UserKey, number: number) => `user/${user}/entry/${toDigits(number)}`,
  peer: (user: UserKey, other: UserKey) => `user/${user}/peer/${other}`,
  peers: (user: UserKey) => `user/${user}/peer/`,
  /** An own message by its receiver and `n`. */
  sent: (user: UserKey, to: UserKey, n: number) => `user/${user}/sent/${to}/${toDigits(n)}`,
  /** A message to the user by its sender and `n`. */
  received: (user: UserKey, from: UserKey, n: number) => `user/${user}/received/${from}/${toDigits(n)}`,
  /** The number of an own message that its receiver's copy gave back, by its receiver and check. */
  given: (user: UserKey, to: UserKey, check: string) => `user/${user}/given/${to}/${check}`,
  allPending: (user: UserKey) => `user/${user}/pending/`,
  pending: (user: UserKey, number: number) => `user/${user}/pending/${toDigits(number)}`,
  sessions: (user: UserKey) => `user/${user}/session/`,
  session: (user: UserKey, session: SessionId) => `user/${user}/session/${session}`,
  friends: (user: UserKey) => `user/${user}/friend/`,
  friend: (user: UserKey, other: UserKey) => `user/${user}/friend/${other}`,
  devices: (user: UserKey) => `user/${user}/device/`,
  device: (user: UserKey, device: DeviceId) => `user/${user}/device/${device}`,
  /** The last messages of a device with their answers. */
  answers: (user: UserKey, device: DeviceId) => `user/${user}/answers/${device}`,
  allMarks: (user: UserKey) => `user/${user}/mark/`,
  mark: (user: UserKey, other: UserKey) => `user/${user}/mark/${other}`,
  /** The version of the user's marks. */
  marks: (user: UserKey) => `user/${user}/marks`,
  /** The least version that is told since the last failover. */
  marksFrom: (user: UserKey) => `user/${user}/marks-from`,
  allUntold: (user: UserKey) => `user/${user}/untold/`,
  /** There while the other one is to be told how far the user has the messages. */
  untold: (user: UserKey, other: UserKey) => `user/${user}/untold/${other}`,
  /** The log's epoch. */
  epoch: (user: UserKey) => `user/${user}/epoch`,
  /** Since when the user has been there, or away. */
  there: (user: UserKey) => `user/${user}/there`,
  /** When the user's copies were last compared. */
  compared: (user: UserKey) => `user/${user}/compared`,
  formerFriends: (user: UserKey) => `user/${user}/former`,
  pair: (a: UserKey, b: UserKey) => (a < b ? `pair/${a}/${b}` : `pair/${b}/${a}`),
  incarnations: 'incarnation/',
  incarnation: (incarnation: Incarnation) => `incarnation/${incarnation}/`,
} as const;

const DIGITS = 12;

function toDigits(number: number): string {
  return String(number).padStart(DIGITS, '0');
}

/** The number at the end of an entry's or a pending message's key. */
export function keyNumber(key: string): number {
  return Number(key.slice(-DIGITS));
}

/** The part of a key after its last slash. */
export function keyName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The first possible key after `key`: `!` comes before every character that keys have. */
export function keyAfter(key: string): string {
  return `${key}!`;
}

/** The end of the keys that begin with `prefix`, which ends with a slash: `0` comes next to it. */
export function prefixEnd(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

const CHUNK = 256;

/** The pairs of a range, read in chunks; those walked over may be removed on the way. */
export function* walk(reader: Reader, start: string, end: string): Generator<readonly [string, string]> {
  for (let from = start; ;) {
    const chunk = reader.range(from, end, CHUNK);
    yield* chunk;
    if (chunk.length < CHUNK) return;
    from = keyAfter(chunk.at(-1)![0]);
  }
}

/** The pairs below a prefix that ends with a slash. */
export function walkPrefix(reader: Reader, prefix: string): Generator<readonly [string, string]> {
  return walk(reader, prefix, prefixEnd(prefix));
}

export function removePrefix(keyValue: KeyValue, prefix: string): void {
  for (const [key] of walkPrefix(keyValue, prefix)) keyValue.remove(key);
}

export function readRecord<T>(reader: Reader, key: string): T | undefined {
  const text = reader.get(key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export function writeRecord<T>(keyValue: KeyValue, key: string, record: T): void {
  keyValue.put(key, JSON.stringify(record));
}
