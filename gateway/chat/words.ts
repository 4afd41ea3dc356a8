/** What the chat says in words: messages, what became of them, friendships, connections, times. */

import { makeHarmless, makeLine } from './text.ts';
import type { Connection, Conversation, FriendNote, Message, OutReason } from '../../protocol/client/view.ts';
import type { Status } from '../../protocol/documents.ts';

export type Item = Conversation['items'][number];

/** Something to be shown once, with the time it is from. */
export interface Shown {
  readonly key: string;
  readonly time: number;
  /** Whose it is, in whose colour. */
  readonly name: string;
  /** What stands before the text; empty for what is no message. */
  readonly head: string;
  readonly text: string;
  /** What became of an own message. */
  readonly mark: string;
}

export const AWAY = 'away';

const MARKS = { queued: '…', sent: '✓', delivered: '✓✓', read: '✓✓ read', refused: '✗', failed: '✗' } as const;

const REASONS: Readonly<Record<string, string>> = {
  unknown: 'there is no such user',
  full: 'too many messages wait there already',
  invalid: 'the gateway did not take it',
  lost: 'the gateway has lost it; /again sends it once more',
  'id-used': 'the gateway knows this device with another message; /again sends it once more',
  unanswered: 'the connection broke before the answer: nobody knows whether it arrived; /again sends it once more',
};

const OUT: Readonly<Record<OutReason, string>> = {
  stopped: 'Not connected.',
  left: 'Logged out.',
  credentials: 'The name or the password is wrong, or the login has expired.',
  banned: 'This user is banned.',
  unsupported: 'This gateway does not know IMS 2: try --classic.',
  replaced: 'Another program uses the same login.',
  ended: 'An administrator ended the session, or this device was revoked.',
};

/** An item of the conversation with `peer`, as it is shown. */
export function describeItem(item: Item, peer: string): Shown {
  const other = makeLine(peer);
  const { key, time } = item;
  if (item.kind === 'friend') return { key, time, name: other, head: '', text: sayChange(item, other), mark: '' };
  const name = item.isOwn ? 'you' : makeLine(item.from);
  const head = item.isOwn ? `you → ${other}` : name;
  return { key, time, name, head, text: makeHarmless(item.text), mark: markOf(item) };
}

/** What became of an own message, as short as can be; empty for those of others. */
export function markOf({ state, reason }: Message): string {
  if (state === undefined) return '';
  return state === 'sent' && reason === 'waiting' ? '✓ waits' : MARKS[state];
}

/** Why a message did not arrive. */
export function sayReason({ reason = 'refused' }: Message): string {
  return REASONS[reason] ?? `the gateway refused it (${makeLine(reason)})`;
}

function sayChange({ change, isOwn }: FriendNote, other: string): string {
  switch (change) {
    case 'invite':
      return isOwn ? `You asked ${other} to be friends.` : `${other} wants to be friends.`;
    case 'accept':
      return `${isOwn ? `You accepted ${other}` : `${other} accepted`}: you are friends now.`;
    case 'deny':
      return isOwn ? `You declined to be friends with ${other}.` : `${other} declined to be friends.`;
    case 'delete':
      return isOwn ? `You ended it with ${other}: no friends any more.` : `${other} ended it: no friends any more.`;
  }
}

export function sayInvitation(name: string): string {
  const other = makeLine(name);
  return `${other} wants to be friends: /accept ${other} or /deny ${other}`;
}

export function sayOut(why: OutReason, reason?: string): string {
  return reason === undefined ? OUT[why] : `${OUT[why]} (${makeLine(reason)})`;
}

/** The connection in a few words; empty when all is well. */
export function sayConnection(connection: Connection): string {
  if (connection.state === 'online') return connection.isCaughtUp ? '' : 'catching up';
  return connection.state === 'out' ? 'not connected' : 'offline, trying again';
}

export function sayStatus(status: number, statuses: readonly Status[]): string {
  if (status < 0) return AWAY;
  const name = statuses.find(({ id }) => id === status)?.name;
  return name === undefined ? `status ${status}` : makeLine(name).toLowerCase();
}

/** `14:03`, local time. */
export function sayTime(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `Monday, 23 November 2026`, local time. */
export function sayDay(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
}
