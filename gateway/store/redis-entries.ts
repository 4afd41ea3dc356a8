/** Places and entries as a Redis stream has them: an id of two decimal numbers, one field with the line. */

import { randomBytes } from 'node:crypto';
import { decodeEntry, placeCheck, placeNumber } from './entry.ts';
import type { Entry, PendingMessage, Place } from './store.ts';

/** What XRANGE answers for an entry. */
export type StreamEntry = [id: string, fields: [name: string, line: string]];

/** The random part of a place, or of an epoch. */
export function createCheck(): string {
  return randomBytes(3).toString('hex');
}

/** `100-8634866` → `100-83c1f2`. */
export function toPlace(id: string): Place {
  const [number, check] = id.split('-') as [string, string];
  return `${number}-${Number(check).toString(16).padStart(6, '0')}`;
}

/** `100-83c1f2` → `100-8634866`. */
export function toStreamId(place: Place): string {
  return `${placeNumber(place)}-${Number.parseInt(placeCheck(place), 16)}`;
}

export function toEntry([id, fields]: StreamEntry): Entry {
  return decodeEntry(toPlace(id), fields[1]);
}

/** What HGETALL answers inside a script. */
export function toRecord(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
}

/** Own messages that are pending, oldest first. */
export function toPending(entries: readonly StreamEntry[]): PendingMessage[] {
  return entries
    .map(toEntry)
    .sort((a, b) => placeNumber(a.place) - placeNumber(b.place))
    .flatMap((entry) => toSent(entry) ?? []);
}

/** The own message that an entry is; undefined for another entry. */
export function toSent(entry: Entry): PendingMessage | undefined {
  if (entry.kind !== 'out') return undefined;
  const { n, check, previous, time, name, text } = entry;
  return { n, check, previous, to: name, time, text };
}
