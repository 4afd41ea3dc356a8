/** How a conversation stands on the page: days, groups written in one go, and what became of a friendship, in words. */

import type { Conversation, FriendNote, Message } from '../../../protocol/client.ts';
import { formats, t } from '../texts/texts.svelte.ts';

/** Messages of one side that are closer than this belong together. */
const GROUP_GAP = 5 * 60_000;

interface Row {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of its place in the log; undefined before it is there. */
  readonly number?: number | undefined;
  /** The day that begins here, in words. */
  readonly day?: string | undefined;
  /** What follows is new to the reader. */
  readonly isNewFrom: boolean;
  /** Something may be missing before it. */
  readonly isAfterGap: boolean;
}

export interface MessageRow extends Row {
  readonly message: Message;
  readonly isGroupStart: boolean;
  readonly isGroupEnd: boolean;
}

export interface NoteRow extends Row {
  readonly note: string;
}

export type TimelineRow = MessageRow | NoteRow;

type Item = Conversation['items'][number];

export interface Arrangement {
  /** The other user's. */
  readonly name: string;
  /** Milliseconds since the epoch: for "Today". */
  readonly now: number;
  /** The key of the item before which the new ones begin. */
  readonly newFrom?: string | undefined;
  /** From this number on nothing is missing on this device. */
  readonly completeFrom: number;
}

/** A row for each item. */
export function arrangeItems(items: readonly Item[], { name, now, newFrom, completeFrom }: Arrangement): TimelineRow[] {
  const days = items.map(({ time }) => new Date(time).setHours(0, 0, 0, 0));
  const starts = items.map((item, index) => {
    return days[index] !== days[index - 1] || item.key === newFrom || !belongTogether(items[index - 1], item);
  });
  return items.map((item, index) => {
    const { key, time, number } = item;
    const day = days[index] === days[index - 1] ? undefined : formats.day(time, now);
    const isAfterGap =
      (items[index - 1]?.number ?? Infinity) < completeFrom && (item.number ?? Infinity) >= completeFrom;
    const row = { key, time, number, day, isNewFrom: key === newFrom, isAfterGap };
    if (item.kind === 'friend') return { ...row, note: describeNote(item, items, name) };
    return { ...row, message: item, isGroupStart: starts[index] ?? true, isGroupEnd: starts[index + 1] ?? true };
  });
}

function describeNote(note: FriendNote, items: readonly Item[], name: string): string {
  const { change, isOwn } = note;
  if (change === 'accept') return t.notes.accepted(name);
  if (change === 'invite') return isOwn ? t.notes.youInvited(name) : t.notes.theyInvited(name);
  if (change === 'deny') return isOwn ? t.notes.youDenied : t.notes.theyDenied(name);
  const earlier = items.slice(0, items.indexOf(note)).findLast((item) => item.kind === 'friend');
  if (earlier?.change === 'invite') return isOwn ? t.notes.youWithdrew : t.notes.theyWithdrew(name);
  return t.notes.ended(name);
}

function belongTogether(before: Item | undefined, after: Item): boolean {
  if (before?.kind !== 'message' || after.kind !== 'message') return false;
  return before.isOwn === after.isOwn && after.time - before.time < GROUP_GAP;
}
