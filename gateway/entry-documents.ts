/** Log entries as a classic client sees them. */

import type { ServerDocument } from '../protocol/documents.ts';
import { placeNumber } from './store/entry.ts';
import type { Entry, Friendship } from './store/store.ts';

/**
 * The documents for entries, in order; none for own messages and for what the seed has no document for.
 * @param to the session's user as the session wrote it in LOGIN.
 * @param backlogEnd the number up to which entries are backlog: the open invitations follow it, so those in it are left out.
 */
export function toDocuments(entries: readonly Entry[], to: string, backlogEnd: number): ServerDocument[] {
  return entries.flatMap((entry): ServerDocument[] => {
    if (entry.kind === 'in' || entry.kind === 'self')
      return [{ name: 'MESSAGE', from: entry.name, to, text: entry.text }];
    if (entry.kind !== 'friend-in' || entry.change !== 'invite') return [];
    if (placeNumber(entry.place) <= backlogEnd) return [];
    return [{ name: 'FRIEND', type: 'invite', to, from: entry.name }];
  });
}

/** IMS FRIEND TYPE=INVITE: the invitations still open, after each LOGIN. */
export function toInvitations(friendships: readonly Friendship[], to: string): ServerDocument[] {
  const open = friendships.filter(({ state }) => state === 'invited');
  return open.map(({ name }) => ({ name: 'FRIEND', type: 'invite', to, from: name }));
}
