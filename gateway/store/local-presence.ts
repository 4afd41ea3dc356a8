/** What others see of a user of the local stores, and what a user sets of it. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { readAccount, updateAccount } from './local-accounts.ts';
import { UNLISTED, type Change } from './local-change.ts';
import type { Reader } from './local-keys.ts';
import { changeMark, isBlocked } from './local-marks.ts';
import { fence, listSessions, readSession, writeSession } from './local-sessions.ts';
import { noteStatus, readSince } from './local-there.ts';
import type { Account, Author, Fenced, Presence, Replaced, Unlisted, UserKey } from './store.ts';

type SetAnswer = { readonly outcome: 'set' } | Fenced | Replaced | Unlisted;

const SET = { outcome: 'set' } as const;

export function readPresence(reader: Reader, user: UserKey, viewer?: UserKey): Presence | undefined {
  const account = readAccount(reader, user);
  return account && presenceOf(reader, user, account, viewer);
}

/** The presence of a user whose account has been read. */
export function presenceOf(reader: Reader, user: UserKey, account: Account, viewer?: UserKey): Presence {
  const { name, status, banned, createdAt } = account;
  return {
    name,
    status,
    banned,
    sessions: listSessions(reader, user).map(({ session }) => session),
    since: readSince(reader, user, createdAt),
    isBlocking: viewer !== undefined && isBlocked(reader, user, viewer),
  };
}

export function setStatus(change: Change, author: Author, status: number, op: number): SetAnswer {
  return setOnce(change, author, op, () => writeStatus(change, author.user, status));
}

/** Writes the status of an account that is there. */
export function writeStatus(change: Change, user: UserKey, status: number): void {
  if (readAccount(change, user)?.status === status) return;
  updateAccount(change, user, { status });
  noteStatus(change, user);
}

export function setBlock(change: Change, author: Author, name: string, isToBlock: boolean, op: number): SetAnswer {
  const { user } = author;
  return setOnce(change, author, op, () => {
    if (isBlocked(change, user, toAsciiLower(name)) === isToBlock) return;
    changeMark(change, user, name, { isBlocked: isToBlock });
  });
}

/** Sets something once for each of the session's operations. */
function setOnce(change: Change, author: Author, op: number, set: () => void): SetAnswer {
  const { user, session } = author;
  const record = readSession(change, user, session);
  // Before the fence, as for a message: what was set is not to be denied.
  if (record?.last?.op === op) return SET;
  const fenced = fence(change, author);
  if (fenced || !record) return fenced ?? UNLISTED;
  // A late repeat: what has come since stands.
  if (record.last && op < record.last.op) return SET;
  set();
  writeSession(change, user, session, { ...record, last: { op } });
  return SET;
}
