/** How far a user of the local stores has the messages of others, and which of those were told. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { keyName, keys, walkPrefix, type Reader } from './local-keys.ts';
import { hasPlace, raiseDelivered } from './local-log.ts';
import { changeMark, isBlocked, readMark } from './local-marks.ts';
import { readPeer, writePeer } from './local-peers.ts';
import type { Acknowledgement, Place, UserKey } from './store.ts';

export function confirm(change: Change, user: UserKey, upto: Place): readonly Acknowledgement[] {
  if (!hasPlace(change, user, upto)) return [];
  return [...raiseDelivered(change, user, placeNumber(upto))].flatMap(([sender, { count, last }]) => {
    const peer = readPeer(change, user, sender);
    const isHigher = last > peer.delivered;
    const delivered = Math.max(last, peer.delivered);
    writePeer(change, user, sender, { ...peer, waiting: peer.waiting - count, delivered });
    return isHigher && !isBlocked(change, user, sender) ? [noteUntold(change, user, sender)] : [];
  });
}

export function read(change: Change, user: UserKey, name: string, upto: number): Acknowledgement | undefined {
  const other = toAsciiLower(name);
  const peer = readPeer(change, user, other);
  const seen = Math.min(upto, peer.in);
  if (seen <= readMark(change, user, other).seen) return undefined;
  writePeer(change, user, other, { ...peer, delivered: Math.max(peer.delivered, seen) });
  const { isBlocked: isHidden } = changeMark(change, user, name, { seen });
  return isHidden ? undefined : noteUntold(change, user, other);
}

export function mark(change: Change, user: UserKey, name: string, acknowledged: Omit<Acknowledgement, 'to'>): void {
  if (!readAccount(change, user)) return;
  const by = toAsciiLower(name);
  const { out } = readPeer(change, user, by);
  const old = readMark(change, user, by);
  const read = Math.max(old.read, Math.min(out, acknowledged.read));
  const delivered = Math.max(old.delivered, read, Math.min(out, acknowledged.delivered));
  if (delivered > old.delivered || read > old.read) changeMark(change, user, name, { delivered, read });
}

export function noteTold(change: Change, user: UserKey, told: readonly Acknowledgement[]): void {
  for (const { to, delivered, read } of told) {
    const current = readAcknowledgement(change, user, to);
    if (delivered >= current.delivered && read >= current.read) change.remove(keys.untold(user, to));
  }
}

export function listUntold(reader: Reader, user: UserKey): readonly Acknowledgement[] {
  return [...walkPrefix(reader, keys.allUntold(user))].map(([key]) => readAcknowledgement(reader, user, keyName(key)));
}

function noteUntold(change: Change, user: UserKey, to: UserKey): Acknowledgement {
  change.put(keys.untold(user, to), '1');
  return readAcknowledgement(change, user, to);
}

function readAcknowledgement(reader: Reader, user: UserKey, to: UserKey): Acknowledgement {
  const { seen } = readMark(reader, user, to);
  return { to, delivered: Math.max(readPeer(reader, user, to).delivered, seen), read: seen };
}
