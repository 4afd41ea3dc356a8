/** What a user of the local stores and each other one have sent each other, and what of it is not settled. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { readAccount } from './local-accounts.ts';
import { listAllFriendships } from './local-friendships.ts';
import { keyAfter, keyName, keyNumber, keys, readRecord, walk, walkPrefix, writeRecord } from './local-keys.ts';
import type { KeyValue, Reader } from './local-keys.ts';
import { readEntry } from './local-log.ts';
import type { Ranges } from './local-ranges.ts';
import type { Conversation, MessageCopy, MessageEntry, Peers, PendingMessage } from './store.ts';
import type { RefusedReason, UserKey } from './store.ts';

export interface Peer {
  /** The last number sent, and its check. */
  out: number;
  outCheck: string;
  /** The last number received, taken or refused, and its check where it was taken. */
  in: number;
  inCheck: string;
  /** How many of the received are in the log after the delivered mark. */
  waiting: number;
  /** The highest number that was delivered. */
  delivered: number;
  /** The last numbers that were refused. */
  refused: (readonly [n: number, reason: RefusedReason])[];
  /** The last numbers that are used up though nothing was stored: the sender was blocked. */
  blocked: Ranges;
}

/** An own message: where it is in the log, and why it was refused if it was. */
export interface Sent {
  readonly number: number;
  readonly refused?: RefusedReason;
}

/** An own message and where it is in the log. */
export interface SentMessage extends PendingMessage, Sent {
  readonly isPending: boolean;
  readonly by?: MessageEntry['by'];
}

const NO_PEER: Peer = { out: 0, outCheck: '', in: 0, inCheck: '', waiting: 0, delivered: 0, refused: [], blocked: [] };

export function readPeer(reader: Reader, user: UserKey, other: UserKey): Peer {
  return { ...NO_PEER, ...readRecord<Peer>(reader, keys.peer(user, other)) };
}

export function writePeer(keyValue: KeyValue, user: UserKey, other: UserKey, peer: Peer): void {
  writeRecord(keyValue, keys.peer(user, other), peer);
}

/** What waits to be settled, oldest first. */
export function listPending(reader: Reader, user: UserKey): readonly PendingMessage[] {
  return [...walkPrefix(reader, keys.allPending(user))].flatMap(([key]) => readMessage(reader, user, keyNumber(key)));
}

function readMessage(reader: Reader, user: UserKey, number: number): PendingMessage[] {
  const entry = readEntry(reader, user, number);
  if (!entry) return [];
  const { name: to, n, check, previous, time, text } = entry;
  return [{ to, n, check, previous, time, text }];
}

/** The user's own messages to `to` with numbers from `first` to `last` that the log still has, refused ones too. */
export function listSent(
  reader: Reader,
  user: UserKey,
  to: UserKey,
  first: number,
  last: number,
): readonly SentMessage[] {
  const pairs = walk(reader, keys.sent(user, to, first), keyAfter(keys.sent(user, to, last)));
  return [...pairs].flatMap(([, value]) => {
    const sent = JSON.parse(value) as Sent;
    const isPending = reader.get(keys.pending(user, sent.number)) !== undefined;
    const by = readEntry(reader, user, sent.number)?.by;
    return readMessage(reader, user, sent.number).map((message) => ({
      ...message,
      ...sent,
      isPending,
      ...(by && { by }),
    }));
  });
}

export function findSent(
  reader: Reader,
  user: UserKey,
  to: UserKey,
  first: number,
  last: number,
): readonly PendingMessage[] {
  return listSent(reader, user, to, first, last)
    .filter(({ refused }) => refused === undefined)
    .map(({ to: name, n, check, previous, time, text }) => ({ to: name, n, check, previous, time, text }));
}

export function findReceived(reader: Reader, user: UserKey, from: UserKey, first: number): readonly MessageCopy[] {
  const pairs = walk(reader, keys.received(user, from, first), keyAfter(keys.received(user, from, LAST)));
  return [...pairs].flatMap(([, number]) => {
    const entry = readEntry(reader, user, Number(number));
    return entry ? [{ n: entry.n, check: entry.check, previous: entry.previous, text: entry.text }] : [];
  });
}

/** No number is higher. */
const LAST = 999_999_999_999;

export function readPeers(reader: Reader, user: UserKey, other?: UserKey): Peers | undefined {
  const account = readAccount(reader, user);
  if (!account) return undefined;
  const isMeant = (key: UserKey) => key !== user && (other === undefined || key === other);
  const pending = listPending(reader, user);
  return {
    name: account.name,
    conversations: [...walkPrefix(reader, keys.peers(user))]
      .map(([key]) => keyName(key))
      .filter(isMeant)
      .map((key) => readConversation(reader, user, key, pending)),
    friendships: listAllFriendships(reader, user).filter((friendship) => isMeant(friendship.user)),
  };
}

function readConversation(
  reader: Reader,
  user: UserKey,
  other: UserKey,
  pending: readonly PendingMessage[],
): Conversation {
  const peer = readPeer(reader, user, other);
  const waiting = pending.filter(({ to }) => toAsciiLower(to) === other).map(({ n }) => n);
  return {
    other,
    out: { n: peer.out, check: peer.outCheck },
    unsettled: Math.min(peer.out + 1, ...waiting),
    in: { n: peer.in, check: peer.inCheck },
    delivered: peer.delivered,
  };
}
