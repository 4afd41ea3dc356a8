/** How the messages of a conversation stand on the page: days, and groups written in one go. */

import type { Message } from './conversation.svelte.ts';

/** Messages of one side that are closer than this belong together. */
const GROUP_GAP = 5 * 60_000;

export interface TimelineRow {
  readonly message: Message;
  /** The day that begins with this message, in words. */
  readonly day?: string | undefined;
  readonly isGroupStart: boolean;
  readonly isGroupEnd: boolean;
}

const DAY = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** `now` in milliseconds since the epoch, for "Today". */
export function arrangeMessages(messages: readonly Message[], now: number): TimelineRow[] {
  const days = messages.map(({ time }) => describeDay(time, now));
  const starts = messages.map((message, index) => {
    return days[index] !== days[index - 1] || !belongTogether(messages[index - 1], message);
  });
  return messages.map((message, index) => ({
    message,
    day: days[index] === days[index - 1] ? undefined : days[index],
    isGroupStart: starts[index] ?? true,
    isGroupEnd: starts[index + 1] ?? true,
  }));
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

function belongTogether(before: Message | undefined, after: Message): boolean {
  if (before === undefined) return false;
  const isSameSide = (before.delivery === undefined) === (after.delivery === undefined);
  return isSameSide && after.time - before.time < GROUP_GAP;
}
