/** How the local stores make a sender's copy whole that lost its tail, from the receiver's. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import type { Appended, Change } from './local-change.ts';
import { renameAnswers } from './local-devices.ts';
import { keys, readRecord, writeRecord } from './local-keys.ts';
import { append, beginEpoch } from './local-log.ts';
import { listPending, listSent, readPeer, writePeer, type Sent, type SentMessage } from './local-peers.ts';
import { renameLast } from './local-sessions.ts';
import type { MendRequest, MessageCopy, PendingMessage, Place, Progress, UserKey } from './store.ts';

/** A message as it has to stand in the sender's log, and where it stands now. */
interface Mended {
  readonly message: MessageCopy;
  readonly own?: SentMessage;
}

export function mend(change: Change, user: UserKey, request: MendRequest): readonly PendingMessage[] {
  const to = toAsciiLower(request.to);
  if (!readAccount(change, user)) return [];
  const peer = readPeer(change, user, to);
  const pending = () => listPending(change, user).filter((message) => toAsciiLower(message.to) === to);
  const unsettled = Math.min(peer.out + 1, ...pending().map(({ n }) => n));
  if (unsettled < request.first) return pending();
  const own = listSent(change, user, to, Math.min(peer.out, unsettled), peer.out);
  const floor = findFloor(own, request, peer.out);
  const tail = own.filter(({ n, refused }) => n > floor && refused === undefined);
  const kept = planKept(
    tail,
    request.copies.filter(({ n }) => n > floor),
  );
  const end = lastOf({ n: floor, check: peer.outCheck }, request.last, own, kept);
  const moved = planMoved(tail, kept, end);
  // Nothing is missing, and nothing stands under a number that is taken.
  const isWhole = kept.every((mended) => mended.own?.n === mended.message.n) && moved.length === 0;
  if (!isWhole) rewrite(change, user, request.to, [...kept, ...moved]);
  const last = moved.at(-1)?.message ?? end;
  if (!isWhole || last.n > peer.out) writePeer(change, user, to, { ...peer, out: last.n, outCheck: last.check });
  return [...pending()].sort((a, b) => a.n - b.n);
}

/** The number up to which both copies have the same messages; none is pending before it that was passed over. */
function findFloor(own: readonly SentMessage[], { last, copies }: MendRequest, out: number): number {
  const taken = new Map([last, ...copies].map(({ n, check }) => [n, check]));
  const isPassed = (n: number) => n < last.n && !taken.has(n) && copies.some((copy) => copy.n < n);
  const isDiverged = ({ n, check, isPending }: SentMessage) =>
    isPending && (isPassed(n) || (taken.get(n) || check) !== check);
  return (own.find(isDiverged)?.n ?? out + 1) - 1;
}

/**
 * What keeps the receiver's number: the receiver's copies, and own messages after the floor that were taken in after those
 * were read. A copy may be of an own message: it was taken in before the divergence was noticed.
 */
function planKept(tail: readonly SentMessage[], copies: readonly MessageCopy[]): readonly Mended[] {
  const mended = new Map<number, Mended>();
  for (const message of copies) {
    const own = tail.find(({ check, text }) => check === message.check && text === message.text);
    mended.set(message.n, { message, ...(own && { own }) });
  }
  for (const own of tail) if (!own.isPending && !mended.has(own.n)) mended.set(own.n, { message: own, own });
  return [...mended.values()].sort((a, b) => a.message.n - b.message.n);
}

/** The last message that has its number for good. */
function lastOf(floor: Progress, last: Progress, own: readonly SentMessage[], kept: readonly Mended[]): Progress {
  const refused = own.filter((message) => message.refused !== undefined);
  const all = [...kept.map(({ message }) => message), ...refused, last];
  return all.reduce<Progress>((highest, each) => (each.n >= highest.n ? each : highest), floor);
}

/** The other ones that are pending get the next numbers, and keep their checks. */
function planMoved(tail: readonly SentMessage[], kept: readonly Mended[], end: Progress): readonly Mended[] {
  let { n, check: previous } = end;
  return tail
    .filter((own) => own.isPending && !kept.some((mended) => mended.own === own))
    .map((own) => {
      const message = { n: (n += 1), check: own.check, previous, text: own.text };
      previous = own.check;
      return { message, own };
    });
}

/** Takes the messages out of the log where they are in it, and appends all of them in order. */
function rewrite(change: Change, user: UserKey, name: string, tail: readonly Mended[]): void {
  const to = toAsciiLower(name);
  const moved = new Map<Place, Appended>();
  for (const { own } of tail) if (own) removeSent(change, user, to, own);
  for (const { message, own } of tail) {
    const { n, check, previous, text } = message;
    const entry = { kind: 'out', n, previous, name, text, check, placeCheck: check } as const;
    const { place, time } = append(change, user, { ...entry, ...(own?.by && { by: own.by }) });
    const number = placeNumber(place);
    writeRecord<Sent>(change, keys.sent(user, to, n), { number });
    if (own?.isPending) change.put(keys.pending(user, number), '1');
    const given = keys.given(user, to, check);
    if (!own || change.get(given) !== undefined) change.put(given, String(number));
    if (own) moved.set(`${own.number}-${check}`, { outcome: 'appended', place, time, n, check, previous });
  }
  renameLast(change, user, moved);
  renameAnswers(change, user, moved);
  beginEpoch(change, user);
}

function removeSent(change: Change, user: UserKey, to: UserKey, { n, number }: SentMessage): void {
  change.remove(keys.entry(user, number));
  change.remove(keys.pending(user, number));
  if (readRecord<Sent>(change, keys.sent(user, to, n))?.number === number) change.remove(keys.sent(user, to, n));
}
