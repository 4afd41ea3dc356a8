/** Opening a session in the local stores: all that it begins with, in one look, and whether that can be trusted. */

import { placeNumber } from './entry.ts';
import { readAccount } from './local-accounts.ts';
import { listUntold } from './local-acknowledging.ts';
import { FENCED, REPLACED, type Change } from './local-change.ts';
import { bindDevice, readDeviceRecord } from './local-devices.ts';
import { revokeUnused } from './local-endings.ts';
import { listFriendships } from './local-friendships.ts';
import { keys, type Reader } from './local-keys.ts';
import { beginEpoch, hasPlace, readEpoch, readFirst, readHead, readPage, readProgress } from './local-log.ts';
import { isBlocked, readMarks, renumberMarks } from './local-marks.ts';
import { listPending } from './local-peers.ts';
import { presenceOf, writeStatus } from './local-presence.ts';
import { canRegister, isOpen, listLeaving, readSession, registerSession } from './local-sessions.ts';
import { PAGE } from './store.ts';
import type {
  Author,
  DeviceId,
  DeviceLogin,
  Fenced,
  LogPage,
  OpenedDevice,
  OpenedSession,
  Place,
  Replaced,
  SessionInfo,
  Unfinished,
  UserKey,
} from './store.ts';

export function openSession(
  change: Change,
  author: Author,
  info: SessionInfo,
  login?: DeviceLogin,
): OpenedSession | Fenced {
  const { user, session, device } = author;
  const isNew = readSession(change, user, session) === undefined;
  const shown = login?.shownHash;
  const isRevoked = device !== undefined && readDeviceRecord(change, user, device)?.tokenHash !== shown;
  if (shown !== undefined && isRevoked) return FENCED;
  if (!registerSession(change, author, info)) return FENCED;
  if (device === undefined || !login) return { ...openPage(change, user), ...gather(change, user) };
  if (isNew) begin(change, author, device, login);
  const { isResumed, isLost } = resume(change, user, login);
  const gathered = gather(change, user);
  return {
    ...openPage(change, user, { ...(isResumed && login.after !== undefined && { after: login.after }) }),
    ...gathered,
    isDoubtful: gathered.isDoubtful || isLost,
    device: { ...describe(change, user, device, login), isResumed },
  };
}

/** What a session that is new does with its device. */
function begin(change: Change, author: Author, device: DeviceId, login: DeviceLogin): void {
  bindDevice(change, author, device, login);
  revokeUnused(change, author.user, device);
  if (login.status !== undefined) writeStatus(change, author.user, login.status);
}

/** Whether the log has the place that the device holds, or lost it. */
function resume(change: Change, user: UserKey, { epoch, after }: DeviceLogin): { isResumed: boolean; isLost: boolean } {
  if (after === undefined) return { isResumed: false, isLost: false };
  if (epoch !== readEpoch(change, user)) return { isResumed: false, isLost: true };
  if (hasPlace(change, user, after)) return { isResumed: true, isLost: false };
  return { isResumed: false, isLost: noteLost(change, user, epoch, after) };
}

/** {@link Store.noteLost}. Whether the log has another epoch now. */
export function noteLost(change: Change, user: UserKey, epoch: string, place: Place): boolean {
  if (!readAccount(change, user)) return false;
  if (epoch !== readEpoch(change, user)) return true;
  const first = readFirst(change, user);
  const wasDropped = first !== undefined && placeNumber(place) < placeNumber(first);
  if (wasDropped || hasPlace(change, user, place)) return false;
  beginEpoch(change, user);
  return true;
}

/** The first page: for a device after the place that it holds and the log has, or else of the newest entries. */
function openPage(reader: Reader, user: UserKey, device?: { readonly after?: Place }): LogPage & { from: number } {
  const { head, delivered } = readProgress(reader, user);
  const newest = Math.max(0, Math.min(head - PAGE, delivered));
  const held = device?.after === undefined ? newest : placeNumber(device.after);
  const from = device ? held : delivered;
  return { ...readPage(reader, user, from), from };
}

function gather(change: Change, user: UserKey): Omit<OpenedSession, keyof LogPage | 'from' | 'device'> {
  const { name, status, sessions } = presenceOf(change, user, readAccount(change, user)!);
  const friendships = listFriendships(change, user);
  return {
    outcome: 'opened',
    name,
    status,
    friendships,
    hidden: friendships
      .filter(({ user: other, state }) => state === 'invited' && isBlocked(change, user, other))
      .map(({ user: other }) => other),
    pending: listPending(change, user),
    sessions,
    leaving: listLeaving(change, user),
    isDoubtful: change.failoverAt > readCompared(change, user),
    untold: listUntold(change, user),
  };
}

function describe(
  reader: Reader,
  user: UserKey,
  device: DeviceId,
  login: DeviceLogin,
): Omit<OpenedDevice, 'isResumed'> {
  const [first, head] = [readFirst(reader, user), readHead(reader, user)];
  const { v: marks, marks: changed, from: marksFrom } = readMarks(reader, user, login.marks);
  const sent = readDeviceRecord(reader, user, device)?.sent ?? 0;
  const epoch = readEpoch(reader, user);
  const ends = { ...(first && { first }), ...(head && { head }) };
  return { epoch, ...ends, sent, marks, changed, ...(marksFrom !== undefined && { marksFrom }) };
}

export function reopenSession(
  change: Change,
  author: Author,
  info: SessionInfo,
  login?: DeviceLogin,
): { readonly outcome: 'reopened' } | Fenced | Replaced {
  const { user, session, device } = author;
  const newest = device === undefined ? undefined : readDeviceRecord(change, user, device)?.session;
  const isReplaced = newest !== undefined && newest !== session && isOpen(change, user, newest);
  if (!canRegister(change, author)) return FENCED;
  if (isReplaced) return REPLACED;
  registerSession(change, author, info);
  if (device !== undefined && login && newest !== session) {
    bindDevice(change, author, device, login);
    revokeUnused(change, user, device);
  }
  return { outcome: 'reopened' };
}

export function readUnfinished(reader: Reader, user: UserKey): Unfinished | undefined {
  const account = readAccount(reader, user);
  return (
    account && {
      name: account.name,
      pending: listPending(reader, user),
      friendships: listFriendships(reader, user).filter(({ isOpen: isBegun }) => isBegun),
      untold: listUntold(reader, user),
    }
  );
}

/** {@link Store.markCompared} */
export function markCompared(change: Change, user: UserKey, failoverAt: number): void {
  if (failoverAt <= readCompared(change, user) || readAccount(change, user) === undefined) return;
  change.put(keys.compared(user), String(failoverAt));
  renumberMarks(change, user, failoverAt);
}

function readCompared(reader: Reader, user: UserKey): number {
  return Number(reader.get(keys.compared(user)) ?? 0);
}
