/** Log entries, invitations and marks as clients see them. */

import type { EntryDocument, Friend, ServerDocument } from '../protocol/documents.ts';
import type { SeenFriend } from './friend-list.ts';
import { placeNumber } from './store/entry.ts';
import type { Entry, Friendship, Mark, UserKey } from './store/store.ts';

/**
 * The documents for entries as a classic client sees them, in order; none for own messages and for what the seed has no
 * document for.
 * @param to the session's user as the session wrote it in LOGIN.
 * @param backlogEnd the number up to which entries are backlog: the open invitations follow it, so those in it are left out.
 */
export function toClassicDocuments(entries: readonly Entry[], to: string, backlogEnd: number): ServerDocument[] {
  return entries.flatMap((entry): ServerDocument[] => {
    if (entry.kind === 'in' || entry.kind === 'self')
      return [{ name: 'MESSAGE', from: entry.name, to, text: entry.text }];
    if (entry.kind !== 'friend-in' || entry.change !== 'invite') return [];
    if (placeNumber(entry.place) <= backlogEnd) return [];
    return [{ name: 'FRIEND', type: 'invite', to, from: entry.name }];
  });
}

/** IMS 2: an entry. `owner` is the log's user as the session wrote it in LOGIN. */
export function toEntryDocument(entry: Entry, owner: string): EntryDocument {
  const { place: at, name: other } = entry;
  const time = toTime(entry.time);
  if ('change' in entry) {
    const [from, to] = entry.kind === 'friend-in' ? [other, owner] : [owner, other];
    return { name: 'FRIEND', at, time, type: entry.change, to, from };
  }
  const from = entry.kind === 'in' ? other : owner;
  const to = entry.kind === 'out' ? other : owner;
  const by = entry.by && { device: entry.by.device, id: String(entry.by.id) };
  return { name: 'MESSAGE', at, time, n: String(entry.n), from, to, ...by, text: entry.text };
}

/** IMS FRIEND TYPE=INVITE: the invitations still open, after each LOGIN; none of those in `hidden`. */
export function toInvitations(
  friendships: readonly Friendship[],
  to: string,
  hidden: readonly UserKey[],
): ServerDocument[] {
  const open = friendships.filter(({ state, user }) => state === 'invited' && !hidden.includes(user));
  return open.map(({ name }) => ({ name: 'FRIEND', type: 'invite', to, from: name }));
}

/**
 * IMS 2: marks by their versions. `from`: they are all there are since a failover, which a MARK without a user says before
 * the first one that is newer.
 */
export function toMarkDocuments(marks: readonly Mark[], from?: number): ServerDocument[] {
  if (from === undefined) return marks.map(toMarkDocument);
  const older = marks.filter(({ v }) => v < from);
  const newer = marks.filter(({ v }) => v >= from);
  return [...older.map(toMarkDocument), { name: 'MARK', v: String(from) }, ...newer.map(toMarkDocument)];
}

/** What became of the messages between two users. */
function toMarkDocument({ name, delivered, read, seen, refused, isBlocked, v }: Mark): ServerDocument {
  return {
    name: 'MARK',
    with: name,
    delivered: String(delivered),
    read: String(read),
    seen: String(seen),
    ...(refused !== '' && { refused }),
    ...(isBlocked && { blocked: '1' }),
    v: String(v),
  };
}

/** IMS 2: what is different of a friend, or the own status. */
export function toPresence(seen: Omit<SeenFriend, 'user'>): ServerDocument {
  const { user, status, since } = toFriend(seen);
  return { name: 'PRESENCE', user, status: String(status), since };
}

/** IMS 2: a friend, with the time since when it is so. */
export function toFriend({ name: user, status, since }: Omit<SeenFriend, 'user'>): Friend {
  return { user, status, ...(since > 0 && { since: toTime(since) }) };
}

/** IMS 2: UTC, ISO 8601 with milliseconds. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
