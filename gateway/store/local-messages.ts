/** Messages of the local stores: sender first, then the receiver, then what became of it. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { placeCheck, placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import { FENCED, type Change } from './local-change.ts';
import { keyAfter, keyNumber, keys, readRecord, walk, walkPrefix, writeRecord, type Reader } from './local-keys.ts';
import { append, hasPlace, raiseDelivered, readEntry } from './local-log.ts';
import { isFenced, presenceOf, readSession, writeSession } from './local-sessions.ts';
import type {
  Author,
  PendingMessage,
  Place,
  ReceiveAnswer,
  ReceiveRequest,
  RefusedReason,
  SendAnswer,
  SendRequest,
  Settlement,
  UserKey,
} from './store.ts';

/** What a user and another one have sent each other. */
interface Peer {
  /** The last number sent, and its check. */
  out: number;
  outCheck: string;
  /** The last number received, taken or refused. */
  in: number;
  /** How many of the received are in the log after the delivered mark. */
  waiting: number;
  /** The highest number that was delivered. */
  delivered: number;
  /** The last numbers that were refused. */
  refused: (readonly [n: number, reason: RefusedReason])[];
}

/** An own message: where it is in the log, and why it was refused if it was. */
interface Sent {
  readonly number: number;
  readonly refused?: RefusedReason;
}

const REFUSED_KEPT = 16;

function readPeer(reader: Reader, user: UserKey, other: UserKey): Peer {
  const fresh = { out: 0, outCheck: '', in: 0, waiting: 0, delivered: 0, refused: [] };
  return readRecord<Peer>(reader, keys.peer(user, other)) ?? fresh;
}

/** @throws Error when `op` is lower than the session's last one: its answer is not known any more. */
export function send(change: Change, author: Author, request: SendRequest): SendAnswer {
  const { user, session } = author;
  const record = readSession(change, user, session);
  // Before the fence: what was appended before the session was ended is not to be denied.
  if (record?.last?.op === request.op) return record.last.answer;
  if (!record || isFenced(change, author)) return FENCED;
  if (record.last && request.op < record.last.op) throw new Error(`operation ${request.op} after ${record.last.op}`);
  settle(change, user, request.settled);
  const answer = appendSent(change, user, request);
  writeSession(change, user, session, { ...record, last: { op: request.op, answer } });
  return answer;
}

function appendSent(change: Change, user: UserKey, { to: name, text }: SendRequest): SendAnswer {
  const to = toAsciiLower(name);
  const peer = readPeer(change, user, to);
  const [n, previous] = [peer.out + 1, peer.outCheck];
  const kind = to === user ? 'self' : 'out';
  const { place, time } = append(change, user, { kind, n, previous, name, text });
  const check = placeCheck(place);
  writeRecord<Peer>(change, keys.peer(user, to), { ...peer, out: n, outCheck: check });
  if (kind === 'out') {
    const number = placeNumber(place);
    writeRecord<Sent>(change, keys.sent(user, to, n), { number });
    change.put(keys.pending(user, number), '1');
  }
  return { outcome: 'appended', place, time, n, check, previous };
}

export function receive(change: Change, user: UserKey, request: ReceiveRequest): ReceiveAnswer {
  const { n, check, previous, from: name, text, skipMissing } = request;
  const account = readAccount(change, user);
  if (!account) return { outcome: 'refused', reason: 'unknown' };
  const from = toAsciiLower(name);
  const peer = readPeer(change, user, from);
  const presence = presenceOf(change, user, account);
  const { unconfirmed, waiting } = change.limits;
  if (n <= peer.in) {
    const reason = peer.refused.find(([refused]) => refused === n)?.[1];
    return reason ? { outcome: 'refused', reason } : { outcome: 'stored', presence };
  }
  if (n > peer.in + 1 && !skipMissing) return { outcome: 'ahead', last: peer.in };
  const isFull = peer.waiting >= (presence.sessions.length > 0 ? unconfirmed : waiting);
  peer.in = n;
  if (isFull) peer.refused = [...peer.refused, [n, 'full'] as const].slice(-REFUSED_KEPT);
  else peer.waiting += 1;
  writeRecord(change, keys.peer(user, from), peer);
  if (isFull) return { outcome: 'refused', reason: 'full' };
  append(change, user, { kind: 'in', n, check, previous, name, text });
  return { outcome: 'stored', presence };
}

export function settle(change: Change, user: UserKey, settled: readonly Settlement[]): void {
  for (const { to, n, refused } of settled) {
    const sent = readRecord<Sent>(change, keys.sent(user, to, n));
    if (!sent || change.get(keys.pending(user, sent.number)) === undefined) continue;
    change.remove(keys.pending(user, sent.number));
    if (refused) writeRecord<Sent>(change, keys.sent(user, to, n), { ...sent, refused });
  }
}

/** What waits to be settled, oldest first. */
export function listPending(reader: Reader, user: UserKey): readonly PendingMessage[] {
  return [...walkPrefix(reader, keys.allPending(user))].flatMap(([key]) => readMessage(reader, user, keyNumber(key)));
}

export function findSent(
  reader: Reader,
  user: UserKey,
  to: UserKey,
  first: number,
  last: number,
): readonly PendingMessage[] {
  const pairs = walk(reader, keys.sent(user, to, first), keyAfter(keys.sent(user, to, last)));
  return [...pairs].flatMap(([, value]) => readMessage(reader, user, (JSON.parse(value) as Sent).number));
}

function readMessage(reader: Reader, user: UserKey, number: number): PendingMessage[] {
  const entry = readEntry(reader, user, number);
  if (!entry) return [];
  const { name: to, n, check, previous, time, text } = entry;
  return [{ to, n, check, previous, time, text }];
}

export function confirm(change: Change, user: UserKey, upto: Place, senders: ReadonlyMap<UserKey, number>): void {
  if (!hasPlace(change, user, upto)) return;
  const passed = raiseDelivered(change, user, placeNumber(upto));
  for (const sender of new Set([...passed.keys(), ...senders.keys()])) {
    const peer = readPeer(change, user, sender);
    if (peer.in === 0) continue;
    peer.waiting -= passed.get(sender) ?? 0;
    peer.delivered = Math.max(peer.delivered, Math.min(senders.get(sender) ?? 0, peer.in));
    writeRecord(change, keys.peer(user, sender), peer);
  }
}
