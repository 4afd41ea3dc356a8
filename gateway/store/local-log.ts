/** Logs of the local stores: appending, reading, what was delivered, and what is kept. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { decodeEntry, decodeFields, encodeEntry, placeCheck, placeNumber, type EntryFields } from './entry.ts';
import type { Change } from './local-change.ts';
import { keyAfter, keyNumber, keys, prefixEnd, readRecord, walk, writeRecord, type Reader } from './local-keys.ts';
import { PAGE, PAGE_SIZE, type BackPage, type Entry, type LogPage, type Place, type UserKey } from './store.ts';

interface Log {
  /** The last entry's number, time and total of bytes. */
  head: number;
  time: number;
  total: number;
  /** The number and the total of the last entry that was dropped. */
  dropped: number;
  droppedTotal: number;
  /** The last entry that is a message to the user. */
  arrived: number;
  delivered: number;
}

/** An entry to be: its `check` is that of its place unless it has one; that of its place is new unless it is given. */
export type NewEntry = Pick<EntryFields, 'kind' | 'n' | 'previous' | 'by' | 'name' | 'text'> & {
  readonly check?: string;
  readonly placeCheck?: string;
};

/** How many messages of one sender were passed, and the number of the last. */
interface Passed {
  readonly count: number;
  readonly last: number;
}

/** What an entry's number, time, marks and place are reckoned to take, besides names and text. */
const ENTRY_BYTES = 64;
const TRIM_EVERY = 64;
const CHECK_LENGTH = 6;
const FIRST_EPOCH = '0';

function readLogRecord(reader: Reader, user: UserKey): Log {
  const empty = { head: 0, time: 0, total: 0, dropped: 0, droppedTotal: 0, arrived: 0, delivered: 0 };
  return readRecord<Log>(reader, keys.log(user)) ?? empty;
}

/** The number up to which nothing waits to be delivered: own messages and changes of friendships never do. */
function deliveredOf({ head, arrived, delivered }: Log): number {
  return delivered < arrived ? delivered : head;
}

/** Appends to the user's log and pushes the entry. */
export function append(change: Change, user: UserKey, { placeCheck: given, ...entry }: NewEntry): Entry {
  const log = readLogRecord(change, user);
  const check = given ?? change.newCheck();
  log.delivered = deliveredOf(log);
  log.head += 1;
  if (entry.kind === 'in' || entry.kind === 'self') log.arrived = log.head;
  log.time = Math.max(log.time, change.now);
  log.total += countBytes(entry);
  const line = encodeEntry({ check, ...entry, time: log.time, total: log.total });
  change.put(keys.entry(user, log.head), check + line);
  if (log.head % TRIM_EVERY === 0) trim(change, user, log);
  writeRecord(change, keys.log(user), log);
  const appended = decodeEntry(`${log.head}-${check}`, line);
  change.push(user, { kind: 'entry', entry: appended });
  return appended;
}

function countBytes({ by, name, text }: Pick<NewEntry, 'by' | 'name' | 'text'>): number {
  const device = by ? `${by.device}${by.id}` : '';
  return ENTRY_BYTES + Buffer.byteLength(device + name + text);
}

export function readEpoch(reader: Reader, user: UserKey): string {
  return reader.get(keys.epoch(user)) ?? FIRST_EPOCH;
}

/** The log was changed otherwise than by appending, or has lost its end. */
export function beginEpoch(change: Change, user: UserKey): string {
  const epoch = change.newCheck();
  change.put(keys.epoch(user), epoch);
  change.push(user, { kind: 'epoch', epoch });
  return epoch;
}

/** The place of the first entry; undefined for an empty log. */
export function readFirst(reader: Reader, user: UserKey): Place | undefined {
  const { head, dropped } = readLogRecord(reader, user);
  const [first] = reader.range(keys.entry(user, dropped + 1), keyAfter(keys.entry(user, head)), 1);
  return first && decodeStored(...first).place;
}

/** The place of the last entry; undefined for an empty log. */
export function readHead(reader: Reader, user: UserKey): Place | undefined {
  const { head } = readLogRecord(reader, user);
  const value = reader.get(keys.entry(user, head));
  return value === undefined ? undefined : `${head}-${value.slice(0, CHECK_LENGTH)}`;
}

export function readEntry(reader: Reader, user: UserKey, number: number): EntryFields | undefined {
  const value = reader.get(keys.entry(user, number));
  return value === undefined ? undefined : decodeFields(value.slice(CHECK_LENGTH));
}

/** Whether the log has this very place. */
export function hasPlace(reader: Reader, user: UserKey, place: Place): boolean {
  const value = reader.get(keys.entry(user, placeNumber(place)));
  return value !== undefined && value.slice(0, CHECK_LENGTH) === placeCheck(place);
}

/** How far the log is, and how far it was delivered. */
export function readProgress(reader: Reader, user: UserKey): Pick<LogPage, 'head' | 'delivered'> {
  const log = readLogRecord(reader, user);
  return { head: log.head, delivered: deliveredOf(log) };
}

/** The page after `after`. */
export function readPage(reader: Reader, user: UserKey, after: number): LogPage {
  const { head, delivered } = readProgress(reader, user);
  const pairs = reader.range(keys.entry(user, after + 1), keyAfter(keys.entry(user, head)), PAGE);
  let size = 0;
  const tooMany = pairs.findIndex(([, value]) => size >= PAGE_SIZE || ((size += value.length), false));
  const fitting = tooMany < 0 ? pairs : pairs.slice(0, tooMany);
  return { entries: fitting.map(([key, value]) => decodeStored(key, value)), head, delivered };
}

/** The newest entries before `before`; holes in the log do not count. */
export function readBack(reader: Reader, user: UserKey, before: number | undefined, limit: number): BackPage {
  const { head, dropped } = readLogRecord(reader, user);
  let from = Math.min(before ?? Infinity, head + 1);
  const entries: Entry[] = [];
  while (from > dropped + 1 && entries.length < limit) {
    const end = keys.entry(user, from);
    from = Math.max(dropped + 1, from - (limit - entries.length));
    const pairs = reader.range(keys.entry(user, from), end, limit);
    entries.unshift(...pairs.map(([key, value]) => decodeStored(key, value)));
  }
  const [first, last] = [readFirst(reader, user), readHead(reader, user)];
  return { entries, ...(first && { first }), ...(last && { head: last }) };
}

/** An entry is stored as the check of its place and its line. */
function decodeStored(key: string, value: string): Entry {
  return decodeEntry(`${keyNumber(key)}-${value.slice(0, CHECK_LENGTH)}`, value.slice(CHECK_LENGTH));
}

/** Raises the delivered mark; gives which messages of others it passed, by sender. */
export function raiseDelivered(change: Change, user: UserKey, upto: number): ReadonlyMap<UserKey, Passed> {
  const passed = new Map<UserKey, Passed>();
  const log = readLogRecord(change, user);
  if (upto <= log.delivered) return passed;
  for (const [, { kind, n, name }] of walkEntries(change, user, log.delivered, upto)) {
    const sender = toAsciiLower(name);
    if (kind === 'in') passed.set(sender, { count: (passed.get(sender)?.count ?? 0) + 1, last: n });
  }
  writeRecord<Log>(change, keys.log(user), { ...log, delivered: upto });
  return passed;
}

/** The entries with numbers after `after`, up to `upto`. */
function* walkEntries(reader: Reader, user: UserKey, after: number, upto: number): Generator<[number, EntryFields]> {
  for (const [key, value] of walk(reader, keys.entry(user, after + 1), keyAfter(keys.entry(user, upto)))) {
    yield [keyNumber(key), decodeFields(value.slice(CHECK_LENGTH))];
  }
}

/** Drops what is beyond the limits, but nothing that is still to be delivered or to be carried on. */
function trim(change: Change, user: UserKey, log: Log): void {
  const { logEntries, logAge, logBytes } = change.limits;
  const upto = Math.min(deliveredOf(log), firstPending(change, user) - 1);
  for (const [number, { kind, n, name, time, total }] of walkEntries(change, user, log.dropped, upto)) {
    const isTooMany = number <= log.head - logEntries || log.total - log.droppedTotal > logBytes;
    if (!isTooMany && time >= change.now - logAge) break;
    change.remove(keys.entry(user, number));
    if (kind === 'out') change.remove(keys.sent(user, toAsciiLower(name), n));
    if (kind === 'in') change.remove(keys.received(user, toAsciiLower(name), n));
    log.dropped = number;
    log.droppedTotal = total;
  }
}

function firstPending(reader: Reader, user: UserKey): number {
  const prefix = keys.allPending(user);
  const [first] = reader.range(prefix, prefixEnd(prefix), 1);
  return first ? keyNumber(first[0]) : Infinity;
}
