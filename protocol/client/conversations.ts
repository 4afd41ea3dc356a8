/** How what is held looks: conversations, and messages with what became of them. */

import { identityOf } from './entry.ts';
import type { HeldEntry } from './entry.ts';
import { isOwnName } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import { isWithin } from './marks.ts';
import type { Outgoing } from './outbox.ts';
import type { Conversation, FriendNote, Message, MessageState } from './view.ts';
import { toAsciiLower } from '../documents.ts';
import type { MessageDocument } from '../documents.ts';

/** The keys of all with whom there is a message or a change of friendship. */
export function listPeers({ log, outbox }: Holdings): ReadonlySet<string> {
  return new Set([...log.peers, ...outbox.items.map(({ to }) => toAsciiLower(to))]);
}

/** The conversation with one user; an empty one where there is nothing. */
export function describeConversation(holdings: Holdings, name: string): Conversation {
  const { log, outbox, marks, people } = holdings;
  const entries = log.with(name);
  const outgoing = outbox.items.filter(({ to }) => toAsciiLower(to) === toAsciiLower(name));
  const seen = marks.seen(name);
  return {
    name: findName(holdings, name),
    items: [
      ...entries.map((entry) => describeEntry(holdings, entry)),
      ...outgoing.map((item) => describeOutgoing(holdings, item)),
    ],
    unread: entries.filter((entry) => isIncoming(holdings, entry) && Number(entry.n) > seen).length,
    isBlocked: marks.of(name).isBlocked,
    isTyping: people.isTyping(name),
  };
}

/** Whether an entry is a message of another user. */
export function isIncoming(holdings: Holdings, entry: HeldEntry): entry is MessageDocument & HeldEntry {
  return entry.name === 'MESSAGE' && !isOwnName(holdings, entry.from);
}

/** The newest number among the messages of another user that are held; 0 for none. */
export function lastIncoming(holdings: Holdings, name: string): number {
  return holdings.log.with(name).reduce((last, entry) => {
    return isIncoming(holdings, entry) ? Math.max(last, Number(entry.n)) : last;
  }, 0);
}

export function describeEntry(holdings: Holdings, entry: HeldEntry): Message | FriendNote {
  const time = Date.parse(entry.time ?? '');
  const isOwn = isOwnName(holdings, entry.from);
  if (entry.name === 'FRIEND') return { kind: 'friend', key: entry.at, time, isOwn, change: entry.type };
  return describeMessage(holdings, entry, time, isOwn);
}

function describeMessage(
  holdings: Holdings,
  entry: MessageDocument & HeldEntry,
  time: number,
  isOwn: boolean,
): Message {
  const id = isOwn && entry.device === holdings.account.device ? Number(entry.id) : undefined;
  const n = Number(entry.n);
  const { text, from, reason } = entry;
  const key = id === undefined ? identityOf(entry) : keyOf(id);
  const state = isOwn ? stateOf(holdings, entry, n) : undefined;
  return { kind: 'message', key, text, time, isOwn, from, n, id, state, reason };
}

function describeOutgoing({ account }: Holdings, { id, text, time, failed }: Outgoing): Message {
  const state = failed === undefined ? 'queued' : 'failed';
  return { kind: 'message', key: keyOf(id), text, time, isOwn: true, from: account.user, id, state, reason: failed };
}

function stateOf({ marks }: Holdings, { to, reason }: HeldEntry, n: number): MessageState {
  const mark = marks.of(to);
  if (reason !== undefined || isWithin(mark.refused, n)) return 'refused';
  if (mark.read >= n) return 'read';
  return mark.delivered >= n ? 'delivered' : 'sent';
}

/** An own message has the same key before and after it got its place. */
function keyOf(id: number): string {
  return `own/${id}`;
}

/** The name of a user as it was seen last. */
export function findName({ log, outbox }: Holdings, name: string): string {
  const key = toAsciiLower(name);
  return log.nameOf(key) ?? outbox.items.find(({ to }) => toAsciiLower(to) === key)?.to ?? name;
}
