/** Opening a session in the local stores: all that it begins with, in one look, and whether that can be trusted. */

import { readAccount } from './local-accounts.ts';
import { FENCED, type Change } from './local-change.ts';
import { listFriendships } from './local-friendships.ts';
import { keys, type Reader } from './local-keys.ts';
import { readPage } from './local-log.ts';
import { listPending } from './local-peers.ts';
import { listLeaving, presenceOf, registerSession } from './local-sessions.ts';
import type { Author, Fenced, OpenedSession, SessionInfo, UserKey } from './store.ts';

export function openSession(change: Change, author: Author, info: SessionInfo): OpenedSession | Fenced {
  const { user } = author;
  const account = registerSession(change, author, info);
  if (!account) return FENCED;
  const { name, status, sessions } = presenceOf(change, user, account);
  return {
    outcome: 'opened',
    name,
    status,
    ...readPage(change, user),
    friendships: listFriendships(change, user),
    pending: listPending(change, user),
    sessions,
    leaving: listLeaving(change, user),
    isDoubtful: change.failoverAt > readCompared(change, user),
  };
}

/** The user's copies were compared after that failover. */
export function markCompared(change: Change, user: UserKey, failoverAt: number): void {
  const isNews = failoverAt > readCompared(change, user) && readAccount(change, user) !== undefined;
  if (isNews) change.put(keys.compared(user), String(failoverAt));
}

function readCompared(reader: Reader, user: UserKey): number {
  return Number(reader.get(keys.compared(user)) ?? 0);
}
