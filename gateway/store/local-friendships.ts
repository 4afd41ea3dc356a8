/** Friendships of the local stores: the pair's record decides, each user's list follows. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { readAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { keyName, keys, readRecord, walkPrefix, writeRecord, type Reader } from './local-keys.ts';
import { append } from './local-log.ts';
import { isBlocked } from './local-marks.ts';
import { fence } from './local-sessions.ts';
import type {
  Author,
  Fenced,
  Friendship,
  FriendshipChange,
  FriendshipDecision,
  FriendshipOperation,
  FriendshipRecord,
  FriendshipState,
  Replaced,
  Unlisted,
  UserKey,
} from './store.ts';

interface Pair {
  readonly record: FriendshipRecord;
  /** The first answers to the last operations. */
  readonly answers: readonly FriendshipDecision[];
}

/** A user's copy. */
interface Copy {
  readonly name: string;
  readonly state: FriendshipState;
  readonly version: number;
  /** Operations begun here and not told yet: the copy is open while there are any. */
  readonly begun: number;
  /** The last operations told, so that a repeat does not close what another one has begun. */
  readonly told: readonly string[];
}

const NO_COPY = { state: 'none', version: 0, begun: 0, told: [] } as const satisfies Omit<Copy, 'name'>;
const ANSWERS_KEPT = 16;
const TOLD_KEPT = 4;
const FORMER_KEPT = 64;

export function readFriendship(reader: Reader, a: UserKey, b: UserKey): FriendshipRecord {
  return readPair(reader, a, b).record;
}

function readPair(reader: Reader, a: UserKey, b: UserKey): Pair {
  return readRecord<Pair>(reader, keys.pair(a, b)) ?? { record: { version: 0, areFriends: false }, answers: [] };
}

export function decideFriendship(change: Change, operation: FriendshipOperation): FriendshipDecision {
  const { op, by, other } = operation;
  const { record, answers } = readPair(change, by, other);
  if (by === other) return { ...record, op, isDone: false };
  const first = answers.find((answer) => answer.op === op);
  if (first) return first;
  const next = applyOperation(record, operation);
  const decision = { ...(next ?? record), op, isDone: next !== undefined };
  writeRecord<Pair>(change, keys.pair(by, other), {
    record: next ?? record,
    answers: [...answers, decision].slice(-ANSWERS_KEPT),
  });
  return decision;
}

/**
 * Brings the record up to a user's copy. What made that version is not told by the copy; what is put in its place makes
 * the other user's copy the right one.
 */
export function restoreFriendship(change: Change, user: UserKey, { user: other, state, version }: Friendship): void {
  const { record, answers } = readPair(change, user, other);
  if (user === other || version <= record.version) return;
  writeRecord<Pair>(change, keys.pair(user, other), {
    record: { version, ...recordFor(user, other, state) },
    answers,
  });
}

function recordFor(user: UserKey, other: UserKey, state: FriendshipState): Omit<FriendshipRecord, 'version'> {
  switch (state) {
    case 'friends':
      return { areFriends: true, change: 'accept', changedBy: user };
    case 'none':
      return { areFriends: false, change: 'delete', changedBy: user };
    case 'inviting':
      return { areFriends: false, invitedBy: user, change: 'invite', changedBy: user };
    case 'invited':
      return { areFriends: false, invitedBy: other, change: 'invite', changedBy: other };
  }
}

/** The record after an operation; undefined where it cannot be done. */
function applyOperation(
  record: FriendshipRecord,
  { type, by, other }: FriendshipOperation,
): FriendshipRecord | undefined {
  const { areFriends, invitedBy } = record;
  const change = (made: FriendshipChange, state: Pick<FriendshipRecord, 'areFriends' | 'invitedBy'>) => ({
    version: record.version + 1,
    ...state,
    change: made,
    changedBy: by,
  });
  switch (type) {
    case 'add':
      if (areFriends) return undefined;
      if (invitedBy === by) return record;
      if (invitedBy === other) return change('accept', { areFriends: true });
      return change('invite', { areFriends: false, invitedBy: by });
    case 'accept':
      return invitedBy === other ? change('accept', { areFriends: true }) : undefined;
    case 'deny':
      return invitedBy === other ? change('deny', { areFriends: false }) : undefined;
    case 'delete':
      return areFriends || invitedBy === by ? change('delete', { areFriends: false }) : undefined;
  }
}

export function beginFriendship(
  change: Change,
  user: UserKey,
  name: string,
  author?: Author,
): { readonly outcome: 'begun' | 'unknown' | 'full' } | Fenced | Replaced | Unlisted {
  if (!readAccount(change, user)) return { outcome: 'unknown' };
  const fenced = author && fence(change, author);
  if (fenced) return fenced;
  const other = toAsciiLower(name);
  const listed = readRecord<Copy>(change, keys.friend(user, other));
  const isCounted = listed !== undefined && listed.state !== 'none';
  if (!isCounted && countListed(change, user) >= change.limits.friendships) return { outcome: 'full' };
  const copy = listed ?? takeFormer(change, user, other) ?? { state: 'none', version: 0, begun: 0, told: [] };
  writeRecord<Copy>(change, keys.friend(user, other), { ...copy, name, begun: copy.begun + 1 });
  return { outcome: 'begun' };
}

function countListed(reader: Reader, user: UserKey): number {
  return listFriendships(reader, user).filter(({ state }) => state !== 'none').length;
}

export function tellFriendship(change: Change, user: UserKey, name: string, record: FriendshipRecord): void {
  const other = toAsciiLower(name);
  if (!readAccount(change, user)) return;
  const listed = readRecord<Copy>(change, keys.friend(user, other));
  // A copy that was closed too early, by a healing read between another's begin and its decision, is made anew.
  const copy = listed ?? findFormer(change, user, other) ?? { ...NO_COPY, name };
  const isNews = record.version > copy.version;
  if (!listed && !isNews) return;
  if (!listed) takeFormer(change, user, other);
  const next: Copy = {
    name,
    state: isNews ? stateFor(user, record) : copy.state,
    version: Math.max(record.version, copy.version),
    ...close(copy, record.op),
  };
  if (isNews) appendChange(change, user, name, record, copy.state);
  if (next.state !== 'none' || next.begun > 0) return writeRecord(change, keys.friend(user, other), next);
  change.remove(keys.friend(user, other));
  rememberFormer(change, user, other, next);
}

/**
 * A decision closes what its own operation has begun, once: another one begun meanwhile, and perhaps decided by
 * a gateway that then dies, must stay open. What was read to heal a list closes all.
 */
function close({ begun, told }: Copy, op: string | undefined): Pick<Copy, 'begun' | 'told'> {
  if (op === undefined) return { begun: 0, told };
  if (told.includes(op)) return { begun, told };
  return { begun: Math.max(0, begun - 1), told: [...told, op].slice(-TOLD_KEPT) };
}

/** `before`: what the user's copy was. */
function appendChange(
  change: Change,
  user: UserKey,
  name: string,
  record: FriendshipRecord,
  before: FriendshipState,
): void {
  const kind = record.changedBy === user ? 'friend-out' : 'friend-in';
  // An acceptance by the other one is what a comparison makes of a lost one of the user's own.
  const isEnd = before === 'invited' && record.change !== 'accept';
  const isHidden = kind === 'friend-in' && (record.change === 'invite' || isEnd);
  if (isHidden && isBlocked(change, user, toAsciiLower(name))) return;
  append(change, user, { kind, n: record.version, previous: '', name, text: record.change! });
}

function stateFor(user: UserKey, { areFriends, invitedBy }: FriendshipRecord): FriendshipState {
  if (areFriends) return 'friends';
  if (invitedBy === undefined) return 'none';
  return invitedBy === user ? 'inviting' : 'invited';
}

export function listFriendships(reader: Reader, user: UserKey): readonly Friendship[] {
  return [...walkPrefix(reader, keys.friends(user))].map(([key, value]) =>
    toFriendship(keyName(key), JSON.parse(value)),
  );
}

/** Whether the user is a friend of the other one, and has not blocked that one. */
export function isOpenTo(reader: Reader, user: UserKey, other: UserKey): boolean {
  const areFriends = readRecord<Copy>(reader, keys.friend(user, other))?.state === 'friends';
  return areFriends && !isBlocked(reader, user, other);
}

/** Also those that have left the list. */
export function listAllFriendships(reader: Reader, user: UserKey): readonly Friendship[] {
  const former = (readRecord<Former>(reader, keys.formerFriends(user)) ?? [])
    .filter(([, { version }]) => version > 0)
    .map(([other, copy]) => toFriendship(other, copy));
  return [...listFriendships(reader, user), ...former].sort((a, b) => (a.user < b.user ? -1 : 1));
}

function toFriendship(user: UserKey, { name, state, version, begun }: Copy): Friendship {
  return { user, name, state, version, isOpen: begun > 0 };
}

// A copy that left the list is remembered for a while, so that a late repeat of an old change is known as old.
type Former = readonly (readonly [other: UserKey, copy: Copy])[];

function rememberFormer(change: Change, user: UserKey, other: UserKey, copy: Copy): void {
  const former = readRecord<Former>(change, keys.formerFriends(user)) ?? [];
  writeRecord<Former>(change, keys.formerFriends(user), [...former, [other, copy] as const].slice(-FORMER_KEPT));
}

function findFormer(reader: Reader, user: UserKey, other: UserKey): Copy | undefined {
  const former = readRecord<Former>(reader, keys.formerFriends(user)) ?? [];
  return former.find(([key]) => key === other)?.[1];
}

function takeFormer(change: Change, user: UserKey, other: UserKey): Copy | undefined {
  const former = readRecord<Former>(change, keys.formerFriends(user)) ?? [];
  const others = former.filter(([key]) => key !== other);
  if (others.length < former.length) writeRecord<Former>(change, keys.formerFriends(user), others);
  return former.find(([key]) => key === other)?.[1];
}
