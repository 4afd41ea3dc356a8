/** How a conversation stands on the page: days, groups written in one go, and what became of a friendship, in words. */

import type { Conversation, FriendNote, Message } from '../../../protocol/client.ts';

/** Messages of one side that are closer than this belong together. */
const GROUP_GAP = 5 * 60_000;

interface Row {
  readonly key: string;
  /** The day that begins here, in words. */
  readonly day?: string | undefined;
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

const DAY = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** `now` in milliseconds since the epoch, for "Today"; `skipped`: how many of the oldest are not shown. */
export function arrangeItems({ items, name }: Conversation, skipped: number, now: number): TimelineRow[] {
  const shown = items.slice(skipped);
  const days = shown.map(({ time }) => describeDay(time, now));
  const starts = shown.map((item, index) => {
    return days[index] !== days[index - 1] || !belongTogether(shown[index - 1], item);
  });
  return shown.map((item, index) => {
    const row = { key: item.key, day: days[index] === days[index - 1] ? undefined : days[index] };
    if (item.kind === 'friend') return { ...row, note: describeNote(item, items, name) };
    return { ...row, message: item, isGroupStart: starts[index] ?? true, isGroupEnd: starts[index + 1] ?? true };
  });
}

export function describeTime(time: number): string {
  return TIME.format(time);
}

/** The time for today, else the day in short. */
export function describeMoment(time: number, now: number): string {
  const day = describeDay(time, now);
  if (day === 'Today') return describeTime(time);
  return day === 'Yesterday' ? day : new Date(time).toLocaleDateString(undefined, { dateStyle: 'short' });
}

function describeDay(time: number, now: number): string {
  const day = new Date(time).toDateString();
  if (day === new Date(now).toDateString()) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return day === yesterday.toDateString() ? 'Yesterday' : DAY.format(time);
}

function describeNote(note: FriendNote, items: readonly Item[], name: string): string {
  const { change, isOwn } = note;
  if (change === 'accept') return `You and ${name} are friends now`;
  if (change === 'invite') return isOwn ? `You invited ${name}` : `${name} invited you`;
  if (change === 'deny') return isOwn ? `You denied the invitation` : `${name} denied your invitation`;
  const earlier = items.slice(0, items.indexOf(note)).findLast((item) => item.kind === 'friend');
  if (earlier?.change === 'invite') return isOwn ? 'You withdrew the invitation' : `${name} withdrew the invitation`;
  return `You and ${name} are not friends any more`;
}

function belongTogether(before: Item | undefined, after: Item): boolean {
  if (before?.kind !== 'message' || after.kind !== 'message') return false;
  return before.isOwn === after.isOwn && after.time - before.time < GROUP_GAP;
}
