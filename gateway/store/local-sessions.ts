/** Sessions of the local stores: who is there, and whose session cannot write any more. */

import { readAccount, updateAccount } from './local-accounts.ts';
import { FENCED, UNLISTED, type Change } from './local-change.ts';
import { keyName, keys, readRecord, walkPrefix, writeRecord } from './local-keys.ts';
import type { KeyValue, Reader } from './local-keys.ts';
import { readHead } from './local-log.ts';
import { incarnationOf } from './presence.ts';
import type {
  Account,
  Author,
  Fenced,
  Incarnation,
  Look,
  Place,
  Presence,
  SendAnswer,
  SessionId,
  SessionInfo,
  Unlisted,
  UserKey,
} from './store.ts';

const SET = { outcome: 'set' } as const;

export type Appended = Extract<SendAnswer, { outcome: 'appended' }>;

export interface SessionRecord {
  readonly info: SessionInfo;
  readonly generation: number;
  readonly isEnded?: true;
  readonly isLeaving?: true;
  /** The last operation, and what it answered where it was a message, so that a repeat gets the first answer. */
  readonly last?: { readonly op: number; readonly answer?: SendAnswer };
}

export function readSession(reader: Reader, user: UserKey, session: SessionId): SessionRecord | undefined {
  return readRecord(reader, keys.session(user, session));
}

export function writeSession(keyValue: KeyValue, user: UserKey, session: SessionId, record: SessionRecord): void {
  writeRecord(keyValue, keys.session(user, session), record);
}

function isCurrent(account: Account | undefined, generation: number): account is Account {
  return account !== undefined && !account.banned && account.generation === generation;
}

/** Why the author's session cannot write; undefined where it can. */
export function fence(reader: Reader, { user, session, generation }: Author): Fenced | Unlisted | undefined {
  if (!isCurrent(readAccount(reader, user), generation)) return FENCED;
  const record = readSession(reader, user, session);
  if (!record) return UNLISTED;
  return isOver(record, generation) ? FENCED : undefined;
}

function isOver(record: SessionRecord, generation: number): boolean {
  return record.isEnded === true || record.isLeaving === true || record.generation !== generation;
}

/** Registers a session; undefined when the author cannot have it. */
export function registerSession(change: Change, author: Author, info: SessionInfo): Account | undefined {
  const { user, session, generation } = author;
  const account = readAccount(change, user);
  const known = readSession(change, user, session);
  if (!isCurrent(account, generation) || (known && isOver(known, generation))) return undefined;
  if (!known) {
    writeSession(change, user, session, { info, generation });
    change.put(keys.incarnation(incarnationOf(session)) + user, '1');
  }
  return account;
}

export function reopenSession(
  change: Change,
  author: Author,
  info: SessionInfo,
): { readonly outcome: 'reopened' } | Fenced {
  return registerSession(change, author, info) ? { outcome: 'reopened' } : FENCED;
}

export function leaveSession(change: Change, user: UserKey, session: SessionId): void {
  const record = readSession(change, user, session);
  if (record) writeSession(change, user, session, { ...record, isLeaving: true });
}

export function listLeaving(reader: Reader, user: UserKey): readonly SessionId[] {
  return readSessions(reader, user).flatMap(([session, { isLeaving }]) => (isLeaving ? [session] : []));
}

export function closeSessions(change: Change, user: UserKey, sessions: readonly SessionId[]): void {
  for (const session of sessions) change.remove(keys.session(user, session));
  const left = new Set([...walkPrefix(change, keys.sessions(user))].map(([key]) => incarnationOf(keyName(key))));
  for (const incarnation of new Set(sessions.map(incarnationOf))) {
    if (!left.has(incarnation)) change.remove(keys.incarnation(incarnation) + user);
  }
}

/** Forgets all sessions of a user. */
export function forgetSessions(change: Change, user: UserKey): void {
  closeSessions(
    change,
    user,
    [...walkPrefix(change, keys.sessions(user))].map(([key]) => keyName(key)),
  );
}

/** Forgets all sessions of a user at one incarnation. */
export function closeIncarnation(change: Change, user: UserKey, incarnation: Incarnation): void {
  for (const [session] of readSessions(change, user)) {
    if (incarnationOf(session) === incarnation) change.remove(keys.session(user, session));
  }
  change.remove(keys.incarnation(incarnation) + user);
}

/** All that is known of a user's sessions, also of those that are over. */
function readSessions(reader: Reader, user: UserKey): readonly (readonly [SessionId, SessionRecord])[] {
  return [...walkPrefix(reader, keys.sessions(user))].map(([key, value]) => [keyName(key), JSON.parse(value)]);
}

export function listSessions(reader: Reader, user: UserKey): readonly { session: SessionId; info: SessionInfo }[] {
  const account = readAccount(reader, user);
  if (!account) return [];
  return readSessions(reader, user)
    .filter(([, record]) => !isOver(record, account.generation))
    .map(([session, { info }]) => ({ session, info }));
}

export function look(reader: Reader, user: UserKey): Look | undefined {
  const account = readAccount(reader, user);
  if (!account) return undefined;
  const { generation, banned } = account;
  const sessions = readSessions(reader, user);
  const list = (wanted: boolean) =>
    sessions
      .filter(([, record]) => !record.isLeaving && isOver(record, generation) === wanted)
      .map(([session]) => session);
  const head = readHead(reader, user);
  return { generation, banned, ...(head && { head }), open: list(false), ended: list(true) };
}

/** Where the user's sessions remember a message as their last one, it has another place and number now. */
export function renameLast(change: Change, user: UserKey, moved: ReadonlyMap<Place, Appended>): void {
  for (const [session, record] of readSessions(change, user)) {
    const answer = record.last?.answer;
    const now = answer?.outcome === 'appended' ? moved.get(answer.place) : undefined;
    if (now) writeSession(change, user, session, { ...record, last: { op: record.last!.op, answer: now } });
  }
}

export function listUsers(reader: Reader, incarnation: Incarnation): readonly UserKey[] {
  return [...walkPrefix(reader, keys.incarnation(incarnation))].map(([key]) => keyName(key));
}

export function setStatus(
  change: Change,
  author: Author,
  status: number,
  op: number,
): { readonly outcome: 'set' } | Fenced | Unlisted {
  const { user, session } = author;
  const record = readSession(change, user, session);
  // Before the fence, as for a message: what was set is not to be denied.
  if (record?.last?.op === op) return SET;
  const fenced = fence(change, author);
  if (fenced || !record) return fenced ?? UNLISTED;
  // A late repeat: what has come since stands.
  if (record.last && op < record.last.op) return SET;
  updateAccount(change, user, { status });
  writeSession(change, user, session, { ...record, last: { op } });
  return SET;
}

export function readPresence(reader: Reader, user: UserKey): Presence | undefined {
  const account = readAccount(reader, user);
  return account && presenceOf(reader, user, account);
}

/** The presence of a user whose account has been read. */
export function presenceOf(reader: Reader, user: UserKey, { name, status, banned }: Account): Presence {
  return { name, status, banned, sessions: listSessions(reader, user).map(({ session }) => session) };
}
