/** How one entry of the log looks: a message with what became of it, or a change of friendship. */

import { identityOf, numberOf } from './entry.ts';
import type { HeldEntry } from './entry.ts';
import { isWithin } from './marks.ts';
import type { ConversationMark, FriendNote, Message, MessageState } from './view.ts';
import { toAsciiLower } from '../documents.ts';

/** Whose entries they are, and how far the conversation is. */
export interface Viewpoint {
  readonly user: string;
  readonly device: string;
  readonly mark: ConversationMark;
}

/** An entry of a client's storage as the client describes it in its conversation: with the same key. */
export function describeHeld(entry: HeldEntry, of: Viewpoint): Message | FriendNote {
  const isOwn = isBy(of.user, entry);
  const place = { number: numberOf(entry.at), time: Date.parse(entry.time ?? ''), isOwn };
  if (entry.name === 'FRIEND') return { kind: 'friend', key: entry.at, ...place, change: entry.type };
  const id = isOwn && entry.device === of.device ? Number(entry.id) : undefined;
  const key = id === undefined ? identityOf(entry) : outgoingKey(id);
  const { text, from, reason } = entry;
  return { kind: 'message', key, text, ...place, from, n: Number(entry.n), id, state: stateOf(entry, of), reason };
}

/** What became of an own message; undefined for what is none. */
export function stateOf(entry: HeldEntry, { user, mark }: Viewpoint): MessageState | undefined {
  if (entry.name !== 'MESSAGE' || !isBy(user, entry)) return undefined;
  const n = Number(entry.n);
  if (entry.reason !== undefined || isWithin(mark.refused, n)) return 'refused';
  if (mark.read >= n) return 'read';
  return mark.delivered >= n ? 'delivered' : 'sent';
}

/** An own message has the same key before and after it got its place. */
export function outgoingKey(id: number): string {
  return `own/${id}`;
}

function isBy(user: string, { from }: HeldEntry): boolean {
  return toAsciiLower(from) === toAsciiLower(user);
}
