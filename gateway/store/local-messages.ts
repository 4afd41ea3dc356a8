/** Messages of the local stores: sender first, then the receiver, then what became of it. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { placeCheck, placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import { UNLISTED, type Appended, type Change } from './local-change.ts';
import { findAnswer, readDeviceRecord, rememberAnswer } from './local-devices.ts';
import { keys, readRecord, writeRecord, type Reader } from './local-keys.ts';
import { append, readEntry } from './local-log.ts';
import { changeMark, readMark } from './local-marks.ts';
import { readPeer, writePeer, type Peer, type Sent } from './local-peers.ts';
import { presenceOf } from './local-presence.ts';
import { addNumber, formatRanges, hasNumber, parseRanges } from './local-ranges.ts';
import { fence, readSession, writeSession } from './local-sessions.ts';
import type {
  Author,
  DeviceId,
  MessageEntry,
  Presence,
  ReceiveAnswer,
  ReceiveRequest,
  SendAnswer,
  SendRequest,
  Settlement,
  UserKey,
} from './store.ts';

const REFUSED_KEPT = 16;

/** @throws Error when a classic session's `op` is lower than its last one: the answer is not known any more. */
export function send(change: Change, author: Author, request: SendRequest): SendAnswer {
  const { device } = author;
  return device === undefined ? sendClassic(change, author, request) : sendFrom(change, author, device, request);
}

function sendFrom(change: Change, author: Author, device: DeviceId, request: SendRequest): SendAnswer {
  const { user } = author;
  const { op: id, settled } = request;
  // Before the fence: what was appended before the session was replaced or ended is not to be denied.
  const isUsed = id <= (readDeviceRecord(change, user, device)?.sent ?? 0);
  const given = findGiven(change, user, request);
  const first = findAnswer(change, user, device, request) ?? (isUsed ? given : undefined);
  if (first) return first;
  const fenced = fence(change, author);
  if (fenced) return fenced;
  if (isUsed) return { outcome: 'used' };
  settle(change, user, settled);
  const answer = given ?? appendSent(change, user, request, { device, id });
  rememberAnswer(change, user, device, { ...request, answer });
  return answer;
}

/** A failover had taken the message with its device's answers, and the receiver's copy gave it back. */
function findGiven(reader: Reader, user: UserKey, { to, text, check }: SendRequest): Appended | undefined {
  const number = check && reader.get(keys.given(user, toAsciiLower(to), check));
  const entry = number ? readEntry(reader, user, Number(number)) : undefined;
  if (!check || entry?.check !== check || entry.text !== text) return undefined;
  const { n, time, previous } = entry;
  return { outcome: 'appended', place: `${number}-${check}`, time, n, check, previous };
}

function sendClassic(change: Change, author: Author, request: SendRequest): SendAnswer {
  const { user, session } = author;
  const record = readSession(change, user, session);
  const last = record?.last;
  // Before the fence: what was appended before the session was ended is not to be denied.
  if (last?.answer && last.op === request.op) return last.answer;
  const fenced = fence(change, author);
  if (fenced || !record) return fenced ?? UNLISTED;
  if (last && request.op <= last.op) throw new Error(`operation ${request.op} after ${last.op}`);
  settle(change, user, request.settled);
  const answer = appendSent(change, user, request);
  writeSession(change, user, session, { ...record, last: { op: request.op, answer } });
  return answer;
}

function appendSent(change: Change, user: UserKey, request: SendRequest, by?: MessageEntry['by']): Appended {
  const { to: name, text, check: given } = request;
  const to = toAsciiLower(name);
  const peer = readPeer(change, user, to);
  const [n, previous] = [peer.out + 1, peer.outCheck];
  const kind = to === user ? 'self' : 'out';
  const origin = { ...(by && { by }), ...(given !== undefined && { placeCheck: given }) };
  const { place, time } = append(change, user, { kind, n, previous, name, text, ...origin });
  const check = placeCheck(place);
  writePeer(change, user, to, { ...peer, out: n, outCheck: check });
  if (kind === 'out') {
    const number = placeNumber(place);
    writeRecord<Sent>(change, keys.sent(user, to, n), { number });
    change.put(keys.pending(user, number), '1');
  }
  return { outcome: 'appended', place, time, n, check, previous };
}

export function receive(change: Change, user: UserKey, request: ReceiveRequest): ReceiveAnswer {
  const { n, previous, from: name, after } = request;
  const account = readAccount(change, user);
  if (!account) return { outcome: 'refused', reason: 'unknown' };
  const from = toAsciiLower(name);
  const peer = readPeer(change, user, from);
  const presence = presenceOf(change, user, account, from);
  if (n <= peer.in) return answerTaken(change, user, request, peer, presence);
  if (after !== peer.in) {
    if (n > peer.in + 1) return { outcome: 'ahead', last: peer.in };
    // The message before is another one than the sender's log says. None is known behind one that was refused.
    if (peer.inCheck !== '' && peer.inCheck !== previous) return { outcome: 'diverged' };
  }
  return take(change, user, request, peer, presence);
}

/** Takes the next message in: into the log, or its number alone where the sender is blocked or has no room. */
function take(change: Change, user: UserKey, request: ReceiveRequest, peer: Peer, presence: Presence): ReceiveAnswer {
  const { n, check, previous, from: name, text } = request;
  const from = toAsciiLower(name);
  const { unconfirmed, waiting } = change.limits;
  const next = { ...peer, in: n, inCheck: check };
  if (presence.isBlocking) {
    writePeer(change, user, from, { ...next, blocked: addNumber(peer.blocked, n) });
    return { outcome: 'stored', presence };
  }
  if (peer.waiting >= (presence.sessions.length > 0 ? unconfirmed : waiting)) {
    const refused = [...peer.refused, [n, 'full'] as const].slice(-REFUSED_KEPT);
    writePeer(change, user, from, { ...next, inCheck: '', refused });
    return { outcome: 'refused', reason: 'full' };
  }
  writePeer(change, user, from, { ...next, waiting: peer.waiting + 1 });
  const { place } = append(change, user, { kind: 'in', n, check, previous, name, text });
  change.put(keys.received(user, from, n), String(placeNumber(place)));
  return { outcome: 'stored', presence };
}

/** A number already taken gets its first answer, unless it is another message's. */
function answerTaken(
  reader: Reader,
  user: UserKey,
  { from: name, n, check }: ReceiveRequest,
  peer: Peer,
  presence: Presence,
): ReceiveAnswer {
  const reason = peer.refused.find(([refused]) => refused === n)?.[1];
  if (reason) return { outcome: 'refused', reason };
  const wasBlocked = hasNumber(peer.blocked, n);
  const from = toAsciiLower(name);
  const known = n === peer.in ? peer.inCheck : wasBlocked ? undefined : readReceivedCheck(reader, user, from, n);
  if (known && known !== check) return { outcome: 'diverged' };
  return { outcome: 'stored', presence: wasBlocked ? { ...presence, isBlocking: true } : presence };
}

function readReceivedCheck(reader: Reader, user: UserKey, from: UserKey, n: number): string | undefined {
  const number = reader.get(keys.received(user, from, n));
  if (number !== undefined) return readEntry(reader, user, Number(number))?.check;
  // Where the log has an older one the number was passed over: whoever has it now was never taken in.
  const older = reader.range(keys.received(user, from, 0), keys.received(user, from, n), 1);
  return older.length > 0 ? 'none' : undefined;
}

export function settle(change: Change, user: UserKey, settled: readonly Settlement[]): void {
  for (const { to, n, check, refused } of settled) {
    const sent = readRecord<Sent>(change, keys.sent(user, to, n));
    if (!sent || change.get(keys.pending(user, sent.number)) === undefined) continue;
    if (check !== undefined && readEntry(change, user, sent.number)?.check !== check) continue;
    change.remove(keys.pending(user, sent.number));
    if (refused) refuse(change, user, { to, n, sent: { ...sent, refused } });
  }
}

/** The message was refused for good: neither is it found any more, nor is it delivered. */
function refuse(change: Change, user: UserKey, { to, n, sent }: { to: UserKey; n: number; sent: Sent }): void {
  writeRecord<Sent>(change, keys.sent(user, to, n), sent);
  const name = readEntry(change, user, sent.number)?.name ?? to;
  const ranges = addNumber(parseRanges(readMark(change, user, to).refused), n);
  changeMark(change, user, name, { refused: formatRanges(ranges) });
}
