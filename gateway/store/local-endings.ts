/** What ends sessions in the local stores: a kick, a ban, a new password, the account's removal. */

import { buryAccount, readAccount, updateAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { keys, removePrefix } from './local-keys.ts';
import { forgetSessions, readSession, writeSession } from './local-sessions.ts';
import type { Account, SessionId, UserKey } from './store.ts';

export function endSessions(change: Change, user: UserKey, session?: SessionId): boolean {
  if (session === undefined) return endAllSessions(change, user, {});
  const record = readSession(change, user, session);
  const account = readAccount(change, user);
  if (!record || !account) return false;
  writeSession(change, user, session, { ...record, isEnded: true });
  change.push(user, { kind: 'end', session, generation: account.generation });
  return true;
}

function endAllSessions(change: Change, user: UserKey, fields: Partial<Account>): boolean {
  const account = readAccount(change, user);
  if (!account) return false;
  const generation = account.generation + 1;
  updateAccount(change, user, { ...fields, generation });
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
