/** How what is held looks: conversations, their names, and what was read of them. */

import type { HeldEntry } from './entry.ts';
import { isOwnName } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import type { Conversation, ConversationMark, FriendNote, Message } from './view.ts';
import { toAsciiLower } from '../documents.ts';
import type { MessageDocument } from '../documents.ts';

/** The keys of all with whom there is a message or a change of friendship, and of who is blocked. */
export function listPeers({ log, outbox, marks }: Holdings): ReadonlySet<string> {
  return new Set([...log.entries.peers, ...outbox.items.map(({ to }) => toAsciiLower(to)), ...marks.blocked]);
}

/** The conversation with one user; an empty one where there is nothing. */
export function describeConversation(holdings: Holdings, name: string): Conversation {
  const { log, outbox, marks, people, account, described } = holdings;
  const mark = markOf(holdings, name);
  const of = { user: account.user, device: account.device, mark };
  const outgoing = outbox.items.filter(({ to }) => toAsciiLower(to) === toAsciiLower(name));
  return {
    name: findName(holdings, name),
    items: [
      ...log.entries.newest(name).map((entry) => described.entry(entry, of)),
      ...outgoing.map((item) => described.outgoing(item, account.user)),
    ],
    mark,
    unread: countUnread(holdings, name),
    isBlocked: marks.of(name).isBlocked,
    isTyping: people.isTyping(name),
  };
}

export function describeEntry(holdings: Holdings, entry: HeldEntry): Message | FriendNote {
  const { log, account, described } = holdings;
  const mark = markOf(holdings, log.entries.peerOf(entry));
  return described.entry(entry, { user: account.user, device: account.device, mark });
}

/** Whether an entry is a message of another user. */
export function isIncoming(holdings: Holdings, entry: HeldEntry): entry is MessageDocument & HeldEntry {
  return entry.name === 'MESSAGE' && !isOwnName(holdings, entry.from);
}

/** The newest number among the messages of another user that are held; 0 for none. */
export function lastIncoming(holdings: Holdings, name: string): number {
  return incomingNumbers(holdings, name).reduce((last, n) => Math.max(last, n), 0);
}

/** The name of a user as it was seen last. */
export function findName({ log, outbox }: Holdings, name: string): string {
  const key = toAsciiLower(name);
  return log.entries.nameOf(key) ?? outbox.items.find(({ to }) => toAsciiLower(to) === key)?.to ?? name;
}

function markOf({ marks, described }: Holdings, name: string): ConversationMark {
  const { delivered, read, refused } = marks.of(name);
  return described.mark(toAsciiLower(name), { delivered, read, seen: marks.seen(name), refused });
}

function countUnread(holdings: Holdings, name: string): number {
  const seen = holdings.marks.seen(name);
  const unread = incomingNumbers(holdings, name).filter((n) => n > seen);
  // The numbers of a direction have no gaps, but for what was refused: so many more are in the storage alone.
  const unheld = holdings.log.entries.floor > 0 ? (unread[0] ?? seen + 1) - seen - 1 : 0;
  return unread.length + unheld;
}

function incomingNumbers(holdings: Holdings, name: string): readonly number[] {
  return holdings.log.entries.with(name).flatMap((entry) => (isIncoming(holdings, entry) ? [Number(entry.n)] : []));
}
