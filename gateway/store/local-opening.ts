/** Opening a session in the local stores: all that it begins with, in one look. */

import { FENCED, type Change } from './local-change.ts';
import { listFriendships } from './local-friendships.ts';
import { readPage } from './local-log.ts';
import { listPending } from './local-messages.ts';
import { presenceOf, registerSession } from './local-sessions.ts';
import type { Author, Fenced, OpenedSession, SessionInfo } from './store.ts';

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
  };
}
