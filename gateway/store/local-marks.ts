/** Marks of the local stores: for each other user one record, and a version of all of them. */

import { toAsciiLower } from '../../protocol/documents.ts';
import type { Change } from './local-change.ts';
import { keys, readRecord, walkPrefix, writeRecord, type Reader } from './local-keys.ts';
import type { Mark, MarkPage, UserKey } from './store.ts';

const NO_MARK = { delivered: 0, read: 0, seen: 0, refused: '', isBlocked: false, v: 0 } as const;

/** What is marked; nothing where there is no record. */
export function readMark(reader: Reader, user: UserKey, other: UserKey): Omit<Mark, 'name'> {
  return readRecord<Mark>(reader, keys.mark(user, other)) ?? NO_MARK;
}

/** Whether the user has blocked the other one. */
export function isBlocked(reader: Reader, user: UserKey, other: UserKey): boolean {
  return readMark(reader, user, other).isBlocked;
}

/** The version of the user's marks. */
export function readVersion(reader: Reader, user: UserKey): number {
  return Number(reader.get(keys.marks(user)) ?? 0);
}

/** Writes fields of the mark for the user named, as a version of its own, and pushes it. */
export function changeMark(change: Change, user: UserKey, name: string, fields: Partial<Mark>): Mark {
  const other = toAsciiLower(name);
  const v = readVersion(change, user) + 1;
  const mark: Mark = { ...readMark(change, user, other), ...fields, name, v };
  writeRecord<Mark>(change, keys.mark(user, other), mark);
  change.put(keys.marks(user), String(v));
  change.push(user, { kind: 'mark', mark });
  return mark;
}

/**
 * Versions that a failover took may have been given again: those from now on are higher than any before it, of which one
 * change a millisecond is more than there are.
 */
export function renumberMarks(change: Change, user: UserKey, failoverAt: number): void {
  const version = String(Math.max(readVersion(change, user), failoverAt));
  change.put(keys.marks(user), version);
  change.put(keys.marksFrom(user), version);
}

/** Those from before the last failover are shown as of the version before the one that came after it. */
export function readMarks(reader: Reader, user: UserKey, since: number): MarkPage {
  const v = readVersion(reader, user);
  if (since === v) return { v, marks: [] };
  const from = Number(reader.get(keys.marksFrom(user)) ?? 0);
  const marks = [...walkPrefix(reader, keys.allMarks(user))]
    .map(([, value]) => JSON.parse(value) as Mark)
    .map((mark) => ({ ...mark, v: Math.max(mark.v, from - 1) }))
    .sort((a, b) => a.v - b.v);
  if (since < from) return { v, marks, from };
  return { v, marks: marks.filter((mark) => since > v || mark.v > since) };
}
