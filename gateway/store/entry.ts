/** Log entries as text: one line a store can assemble without a parser. Version 1. */

import type { Entry, FriendshipChange, MessageEntry, Place } from './store.ts';

/**
 * `1|kind|n|time|check|previous|total|name|text`. `n` is the friendship's version and `text` its change in
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
  readonly name: string;
  readonly text: string;
}

export function encodeEntry(fields: EntryFields): string {
  const { kind, n, time, check, previous, total, name, text } = fields;
  return `1|${kind}|${n}|${time}|${check}|${previous}|${total}|${name}|${text}`;
}

/** The fields of a line; throws for a version this gateway does not know. */
export function decodeFields(line: string): EntryFields {
  const parts = line.split('|', 8);
  if (parts[0] !== '1') throw new Error(`log entry of version ${parts[0]}: written by a newer gateway`);
  const [, kind, n, time, check, previous, total, name] = parts as [string, Entry['kind'], ...string[]];
  const head = parts.reduce((length, part) => length + part.length + 1, 0);
  return {
    kind,
    n: Number(n),
    time: Number(time),
    check: check!,
    previous: previous!,
    total: Number(total),
    name: name!,
    text: line.slice(head),
  };
}

export function decodeEntry(place: Place, line: string): Entry {
  const { kind, n, time, check, previous, name, text } = decodeFields(line);
  if (kind === 'friend-in' || kind === 'friend-out') {
    return { place, time, name, kind, change: text as FriendshipChange, version: n };
  }
  return { place, time, name, kind, n, check, previous, text } satisfies MessageEntry;
}

/** The check of a place. */
export function placeCheck(place: Place): string {
  return place.slice(place.indexOf('-') + 1);
}

/** The number of a place. */
export function placeNumber(place: Place): number {
  return Number.parseInt(place, 10);
}
