/** Sessions of the local stores: who is there, and whose session cannot write any more. */

import { readAccount } from './local-accounts.ts';
import { FENCED, REPLACED, UNLISTED, type Appended, type Change } from './local-change.ts';
import { readDeviceRecord } from './local-devices.ts';
import { keyName, keys, readRecord, walkPrefix, writeRecord } from './local-keys.ts';
import type { KeyValue, Reader } from './local-keys.ts';
import { readEpoch, readHead } from './local-log.ts';
import { readVersion } from './local-marks.ts';
import { noteCame, noteWent } from './local-there.ts';
import { incarnationOf } from './presence.ts';
import type {
  Account,
  Author,
  DeviceId,
  Fenced,
  Incarnation,
  Look,
  Place,
  Replaced,
  SendAnswer,
  SessionId,
  SessionInfo,
  Unlisted,
  UserKey,
} from './store.ts';

export interface SessionRecord {
  readonly info: SessionInfo;
  readonly generation: number;
  readonly device?: DeviceId;
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
export function fence(reader: Reader, author: Author): Fenced | Unlisted | Replaced | undefined {
  const { user, session, generation, device } = author;
  if (!isCurrent(readAccount(reader, user), generation)) return FENCED;
  const record = readSession(reader, user, session);
  if (!record) return UNLISTED;
  if (isOver(record, generation)) return FENCED;
  if (device === undefined) return undefined;
  const known = readDeviceRecord(reader, user, device);
  if (!known) return UNLISTED;
  return known.session === session ? undefined : REPLACED;
}

function isOver(record: SessionRecord, generation: number): boolean {
  return record.isEnded === true || record.isLeaving === true || record.generation !== generation;
}

/** Whether the author can have the session: it is open, or is not known. */
export function canRegister(reader: Reader, { user, session, generation }: Author): boolean {
  const known = readSession(reader, user, session);
  return isCurrent(readAccount(reader, user), generation) && !(known && isOver(known, generation));
}

/** Registers a session that is not known yet; false where the author cannot have it. */
export function registerSession(change: Change, author: Author, info: SessionInfo): boolean {
  if (!canRegister(change, author)) return false;
  const { user, session, generation, device } = author;
  if (readSession(change, user, session)) return true;
  if (!isThere(change, user)) noteCame(change, user);
  writeSession(change, user, session, { info, generation, ...(device !== undefined && { device }) });
  change.put(keys.incarnation(incarnationOf(session)) + user, '1');
  return true;
}

export function isOpen(reader: Reader, user: UserKey, session: SessionId): boolean {
  return listSessions(reader, user).some((open) => open.session === session);
}

/** Whether the user has an open session. */
export function isThere(reader: Reader, user: UserKey): boolean {
  return listSessions(reader, user).length > 0;
}

/** Does what may end sessions, and notes when the last open one went. */
export function notingAbsence<T>(change: Change, user: UserKey, act: () => T): T {
  const wasThere = isThere(change, user);
  const answer = act();
  if (wasThere && !isThere(change, user)) noteWent(change, user);
  return answer;
}

export function leaveSession(change: Change, user: UserKey, session: SessionId): boolean {
  return notingAbsence(change, user, () => {
    const record = readSession(change, user, session);
    if (record) writeSession(change, user, session, { ...record, isLeaving: true });
    return !isThere(change, user);
  });
}

export function listLeaving(reader: Reader, user: UserKey): readonly SessionId[] {
  return readSessions(reader, user).flatMap(([session, { isLeaving }]) => (isLeaving ? [session] : []));
}

export function closeSessions(change: Change, user: UserKey, sessions: readonly SessionId[]): boolean {
  return notingAbsence(change, user, () => {
    removeSessions(change, user, sessions);
    return !isThere(change, user);
  });
}

function removeSessions(change: Change, user: UserKey, sessions: readonly SessionId[]): void {
  for (const session of sessions) change.remove(keys.session(user, session));
  const left = new Set([...walkPrefix(change, keys.sessions(user))].map(([key]) => incarnationOf(keyName(key))));
  for (const incarnation of new Set(sessions.map(incarnationOf))) {
    if (!left.has(incarnation)) change.remove(keys.incarnation(incarnation) + user);
  }
}

/** Forgets all sessions of a user, who is forgotten too. */
export function forgetSessions(change: Change, user: UserKey): void {
  removeSessions(
    change,
    user,
    [...walkPrefix(change, keys.sessions(user))].map(([key]) => keyName(key)),
  );
}

/** Forgets all sessions of a user at one incarnation. */
export function closeIncarnation(change: Change, user: UserKey, incarnation: Incarnation): void {
  notingAbsence(change, user, () => {
    for (const [session] of readSessions(change, user)) {
      if (incarnationOf(session) === incarnation) change.remove(keys.session(user, session));
    }
  });
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
  const epoch = readEpoch(reader, user);
  const marks = readVersion(reader, user);
  return { generation, banned, ...(head && { head }), epoch, marks, open: list(false), ended: list(true) };
}

/** Where the user's sessions remember a message as their last one, it has another place and number now. */
export function renameLast(change: Change, user: UserKey, moved: ReadonlyMap<Place, Appended>): void {
  for (const [session, record] of readSessions(change, user)) {
    const answer = record.last?.answer;
    const now = answer?.outcome === 'appended' ? moved.get(answer.place) : undefined;
    if (now) writeSession(change, user, session, { ...record, last: { op: record.last!.op, answer: now } });
  }
}

/** The user's sessions of a device that are open, replaced ones too. */
export function listDeviceSessions(reader: Reader, user: UserKey, device: DeviceId): readonly SessionId[] {
  const generation = readAccount(reader, user)?.generation;
  return readSessions(reader, user)
    .filter(([, record]) => record.device === device && generation !== undefined && !isOver(record, generation))
    .map(([session]) => session);
}

export function listUsers(reader: Reader, incarnation: Incarnation): readonly UserKey[] {
  return [...walkPrefix(reader, keys.incarnation(incarnation))].map(([key]) => keyName(key));
}
