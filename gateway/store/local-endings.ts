/** What ends sessions in the local stores: a kick, a ban, a new password, the account's removal, a device's end. */

import { buryAccount, readAccount, updateAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { forgetDevice, listDevices, readDeviceRecord } from './local-devices.ts';
import { keys, removePrefix } from './local-keys.ts';
import { forgetSessions, listDeviceSessions, notingAbsence, readSession, writeSession } from './local-sessions.ts';
import type { Account, DeviceId, SessionId, UserKey } from './store.ts';

export function endSessions(change: Change, user: UserKey, session?: SessionId): boolean {
  if (session === undefined) return endAllSessions(change, user, {});
  const record = readSession(change, user, session);
  const account = readAccount(change, user);
  if (!record || !account) return false;
  notingAbsence(change, user, () => writeSession(change, user, session, { ...record, isEnded: true }));
  change.push(user, { kind: 'end', session, generation: account.generation });
  return true;
}

function endAllSessions(change: Change, user: UserKey, fields: Partial<Account>): boolean {
  const account = readAccount(change, user);
  if (!account) return false;
  const generation = account.generation + 1;
  notingAbsence(change, user, () => updateAccount(change, user, { ...fields, generation }));
  change.push(user, { kind: 'end', generation });
  return true;
}

export function changeAccount(change: Change, user: UserKey, fields: { banned?: boolean; pass?: string }): boolean {
  if (fields.banned || fields.pass !== undefined) return endAllSessions(change, user, fields);
  if (!readAccount(change, user)) return false;
  updateAccount(change, user, fields);
  return true;
}

export function removeAccount(change: Change, user: UserKey): boolean {
  if (!endAllSessions(change, user, {})) return false;
  forgetSessions(change, user);
  removePrefix(change, keys.user(user));
  buryAccount(change, user);
  return true;
}

export function revokeDevice(change: Change, user: UserKey, device: DeviceId): boolean {
  if (!readDeviceRecord(change, user, device)) return false;
  forgetDevice(change, user, device);
  for (const session of listDeviceSessions(change, user, device)) endSessions(change, user, session);
  return true;
}

/** Makes room for a device: those go that were not used for the longest time. */
export function revokeUnused(change: Change, user: UserKey, device: DeviceId): void {
  const others = listDevices(change, user, change.now).filter((other) => other.device !== device);
  for (const { device: unused } of others.slice(change.limits.devices - 1)) revokeDevice(change, user, unused);
}
