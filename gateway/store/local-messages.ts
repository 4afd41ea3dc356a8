/** Messages of the local stores: sender first, then the receiver, then what became of it. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { placeCheck, placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import { UNLISTED, type Change } from './local-change.ts';
import { keys, readRecord, writeRecord, type Reader } from './local-keys.ts';
import { append, hasPlace, raiseDelivered, readEntry } from './local-log.ts';
import { readPeer, writePeer, type Peer, type Sent } from './local-peers.ts';
import { fence, presenceOf, readSession, writeSession } from './local-sessions.ts';
import type {
  Author,
  Place,
  Presence,
  ReceiveAnswer,
  ReceiveRequest,
  SendAnswer,
  SendRequest,
  Settlement,
  UserKey,
} from './store.ts';

const REFUSED_KEPT = 16;

/** @throws Error when `op` is lower than the session's last one: its answer is not known any more. */
export function send(change: Change, author: Author, request: SendRequest): SendAnswer {
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

function appendSent(change: Change, user: UserKey, { to: name, text }: SendRequest): SendAnswer {
  const to = toAsciiLower(name);
  const peer = readPeer(change, user, to);
  const [n, previous] = [peer.out + 1, peer.outCheck];
  const kind = to === user ? 'self' : 'out';
  const { place, time } = append(change, user, { kind, n, previous, name, text });
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
  const { n, check, previous, from: name, text, after } = request;
  const account = readAccount(change, user);
  if (!account) return { outcome: 'refused', reason: 'unknown' };
  const from = toAsciiLower(name);
  const peer = readPeer(change, user, from);
  const presence = presenceOf(change, user, account);
  if (n <= peer.in) return answerTaken(change, user, { from, n, check }, peer, presence);
  if (after !== peer.in) {
    if (n > peer.in + 1) return { outcome: 'ahead', last: peer.in };
    // The message before is another one than the sender's log says. None is known behind one that was refused.
    if (peer.inCheck !== '' && peer.inCheck !== previous) return { outcome: 'diverged' };
  }
  const { unconfirmed, waiting } = change.limits;
  const isFull = peer.waiting >= (presence.sessions.length > 0 ? unconfirmed : waiting);
  peer.in = n;
  peer.inCheck = isFull ? '' : check;
  if (isFull) peer.refused = [...peer.refused, [n, 'full'] as const].slice(-REFUSED_KEPT);
  else peer.waiting += 1;
  writePeer(change, user, from, peer);
  if (isFull) return { outcome: 'refused', reason: 'full' };
  const { place } = append(change, user, { kind: 'in', n, check, previous, name, text });
  change.put(keys.received(user, from, n), String(placeNumber(place)));
  return { outcome: 'stored', presence };
}

/** A number already taken gets its first answer, unless it is another message's. */
function answerTaken(
  reader: Reader,
  user: UserKey,
  { from, n, check }: { from: UserKey; n: number; check: string },
  peer: Peer,
  presence: Presence,
): ReceiveAnswer {
  const reason = peer.refused.find(([refused]) => refused === n)?.[1];
  if (reason) return { outcome: 'refused', reason };
  const known = n === peer.in ? peer.inCheck : readReceivedCheck(reader, user, from, n);
  return known && known !== check ? { outcome: 'diverged' } : { outcome: 'stored', presence };
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
    if (refused) writeRecord<Sent>(change, keys.sent(user, to, n), { ...sent, refused });
  }
}

export function confirm(change: Change, user: UserKey, upto: Place, senders: ReadonlyMap<UserKey, number>): void {
  if (!hasPlace(change, user, upto)) return;
  const passed = raiseDelivered(change, user, placeNumber(upto));
  for (const sender of new Set([...passed.keys(), ...senders.keys()])) {
    const peer = readPeer(change, user, sender);
    if (peer.in === 0) continue;
    peer.waiting -= passed.get(sender) ?? 0;
    peer.delivered = Math.max(peer.delivered, Math.min(senders.get(sender) ?? 0, peer.in));
    writePeer(change, user, sender, peer);
  }
}
