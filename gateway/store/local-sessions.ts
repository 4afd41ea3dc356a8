/** Sessions of the local stores: who is there, and whose session cannot write any more. */

import { readAccount, updateAccount } from './local-accounts.ts';
import { FENCED, type Change } from './local-change.ts';
import { keyName, keys, readRecord, removePrefix, walkPrefix, writeRecord } from './local-keys.ts';
import type { KeyValue, Reader } from './local-keys.ts';
import type {
  Account,
  Author,
  Fenced,
  Incarnation,
  Presence,
  SendAnswer,
  SessionId,
  SessionInfo,
  UserKey,
} from './store.ts';

export interface SessionRecord {
  readonly info: SessionInfo;
  readonly generation: number;
  readonly isEnded?: true;
  /** The last message sent, so that a repeat gets the first answer. */
  readonly last?: { readonly op: number; readonly answer: SendAnswer };
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

/** Whether the author's session cannot write: it was ended or closed, or was never opened. */
export function isFenced(reader: Reader, { user, session, generation }: Author): boolean {
  const record = readSession(reader, user, session);
  return !record || record.isEnded === true || !isCurrent(readAccount(reader, user), generation);
}

/** Registers a session; undefined when the author cannot have it. */
export function registerSession(change: Change, author: Author, info: SessionInfo): Account | undefined {
  const { user, session, generation } = author;
  const account = readAccount(change, user);
  const known = readSession(change, user, session);
  if (!isCurrent(account, generation) || known?.isEnded) return undefined;
  if (!known) {
    writeSession(change, user, session, { info, generation });
    change.put(keys.incarnation(incarnationOf(session)) + user, '1');
  }
  return account;
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

/** Forgets the sessions of all users: those of processes that cannot live any more. */
export function forgetAllSessions(keyValue: KeyValue): void {
  for (const [key] of walkPrefix(keyValue, keys.incarnations)) removePrefix(keyValue, keys.sessions(keyName(key)));
  removePrefix(keyValue, keys.incarnations);
}

export function listSessions(reader: Reader, user: UserKey): readonly { session: SessionId; info: SessionInfo }[] {
  const account = readAccount(reader, user);
  if (!account) return [];
  return [...walkPrefix(reader, keys.sessions(user))]
    .map(([key, value]) => ({ session: keyName(key), record: JSON.parse(value) as SessionRecord }))
    .filter(({ record }) => !record.isEnded && record.generation === account.generation)
    .map(({ session, record }) => ({ session, info: record.info }));
}

export function listUsers(reader: Reader, incarnation: Incarnation): readonly UserKey[] {
  return [...walkPrefix(reader, keys.incarnation(incarnation))].map(([key]) => keyName(key));
}

export function setStatus(change: Change, author: Author, status: number): { outcome: 'set' } | Fenced {
  if (isFenced(change, author)) return FENCED;
  updateAccount(change, author.user, { status });
  return { outcome: 'set' };
}

export function readPresence(reader: Reader, user: UserKey): Presence | undefined {
  const account = readAccount(reader, user);
  return account && presenceOf(reader, user, account);
}

/** The presence of a user whose account has been read. */
export function presenceOf(reader: Reader, user: UserKey, { name, status, banned }: Account): Presence {
  return { name, status, banned, sessions: listSessions(reader, user).map(({ session }) => session) };
}

function incarnationOf(session: SessionId): Incarnation {
  return session.slice(0, session.indexOf('.'));
}
