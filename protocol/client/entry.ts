/** An entry of the log as a client holds it: its place, and what makes it the same one elsewhere. */

import { toAsciiLower } from '../documents.ts';
import type { EntryDocument } from '../documents.ts';

/** An entry with its place; `reason`: why the own message was refused. */
export type HeldEntry = EntryDocument & { readonly at: string; readonly reason?: string | undefined };

/** The number of a place. */
export function numberOf(at: string): number {
  return Number(at.slice(0, at.indexOf('-')));
}

/** The check of a place. */
export function checkOf(at: string): string {
  return at.slice(at.indexOf('-') + 1);
}

/** What makes an entry the same one wherever it stands: direction, pair and number; for a change of a friendship its place. */
export function identityOf(entry: HeldEntry): string {
  if (entry.name !== 'MESSAGE' || entry.n === undefined) return entry.at;
  return `${toAsciiLower(entry.from)}>${toAsciiLower(entry.to)}#${entry.n}`;
}

/** Whether both are messages of one text. */
export function isSameText(held: HeldEntry | undefined, entry: HeldEntry): boolean {
  return held?.name === 'MESSAGE' && entry.name === 'MESSAGE' && held.text === entry.text;
}
