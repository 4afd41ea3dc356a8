/** Log entries as text: one line a store can assemble without a parser. Versions 1 and 2. */

import type { Entry, FriendshipChange, MessageEntry, Place } from './store.ts';

/**
 * `1|kind|n|time|check|previous|total|name|text`, or where a device's message is kept with the device and the id
 * `2|kind|n|time|check|previous|total|device|id|name|text`. `n` is the friendship's version and `text` its change in
 * friend entries; `total` counts the bytes of all entries of the log up to this one, by which logs are trimmed.
 * Only `text` may hold a bar.
 */
export interface EntryFields {
  readonly kind: Entry['kind'];
  readonly n: number;
  readonly time: number;
  readonly check: string;
  readonly previous: string;
  readonly total: number;
  readonly by?: MessageEntry['by'];
  readonly name: string;
  readonly text: string;
}

/** How many fields come before the text, by the line's version. */
const FIELDS: Readonly<Record<string, number>> = { 1: 8, 2: 10 };

export function encodeEntry(fields: EntryFields): string {
  const { kind, n, time, check, previous, total, by, name, text } = fields;
  const version = by ? '2' : '1';
  const device = by ? `${by.device}|${by.id}|` : '';
  return `${version}|${kind}|${n}|${time}|${check}|${previous}|${total}|${device}${name}|${text}`;
}

/** The fields of a line; throws for a version this gateway does not know. */
export function decodeFields(line: string): EntryFields {
  const version = line.slice(0, line.indexOf('|'));
  const count = FIELDS[version];
  if (count === undefined) throw new Error(`log entry of version ${version}: written by a newer gateway`);
  const parts = line.split('|', count);
  const [, kind, n, time, check, previous, total] = parts as [string, Entry['kind'], ...string[]];
  const head = parts.reduce((length, part) => length + part.length + 1, 0);
  return {
    kind,
    n: Number(n),
    time: Number(time),
    check: check!,
    previous: previous!,
    total: Number(total),
    ...(version === '2' && { by: { device: parts[7]!, id: Number(parts[8]) } }),
    name: parts.at(-1)!,
    text: line.slice(head),
  };
}

export function decodeEntry(place: Place, line: string): Entry {
  const { kind, n, time, check, previous, by, name, text } = decodeFields(line);
  if (kind === 'friend-in' || kind === 'friend-out') {
    return { place, time, name, kind, change: text as FriendshipChange, version: n };
  }
  return { place, time, name, kind, n, check, previous, text, ...(by && { by }) } satisfies MessageEntry;
}

/** The check of a place. */
export function placeCheck(place: Place): string {
  return place.slice(place.indexOf('-') + 1);
}

/** The number of a place. */
export function placeNumber(place: Place): number {
  return Number.parseInt(place, 10);
}
