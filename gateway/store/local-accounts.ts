/** Accounts of the local stores. */

import { toAsciiLower } from '../../protocol/documents.ts';
import type { Change } from './local-change.ts';
import { keyAfter, keyName, keys, prefixEnd, readRecord, walk, writeRecord } from './local-keys.ts';
import type { KeyValue, Reader } from './local-keys.ts';
import type { Account, AccountSummary, UserKey } from './store.ts';

/** An account, or what remains of a removed one so that its name stays taken. */
type AccountRecord = (Account & { readonly op: string; readonly isRemoved?: false }) | { readonly isRemoved: true };

export function addAccount(
  change: Change,
  { name, pass, op }: { name: string; pass: string; op: string },
): 'added' | 'taken' {
  const key = keys.account(toAsciiLower(name));
  const record = readRecord<AccountRecord>(change, key);
  if (record) return !record.isRemoved && record.op === op ? 'added' : 'taken';
  const account = { name, pass, op, banned: false, generation: 1, status: 0, createdAt: change.now };
  writeRecord<AccountRecord>(change, key, account);
  return 'added';
}

export function readAccount(reader: Reader, user: UserKey): Account | undefined {
  const record = readRecord<AccountRecord>(reader, keys.account(user));
  if (!record || record.isRemoved) return undefined;
  const { name, pass, banned, generation, status, createdAt } = record;
  return { name, pass, banned, generation, status, createdAt };
}

/** Changes `fields` of an account that is there. */
export function updateAccount(keyValue: KeyValue, user: UserKey, fields: Partial<Account>): void {
  const key = keys.account(user);
  writeRecord(keyValue, key, { ...readRecord<AccountRecord>(keyValue, key), ...fields });
}

/** Leaves of an account only that its name is taken. */
export function buryAccount(keyValue: KeyValue, user: UserKey): void {
  writeRecord<AccountRecord>(keyValue, keys.account(user), { isRemoved: true });
}

export function listAccounts(reader: Reader, after: UserKey, limit: number): readonly AccountSummary[] {
  const summaries: AccountSummary[] = [];
  const start = after === '' ? keys.accounts : keyAfter(keys.account(after));
  for (const [key, value] of walk(reader, start, prefixEnd(keys.accounts))) {
    if (summaries.length >= limit) break;
    const record = JSON.parse(value) as AccountRecord;
    if (record.isRemoved) continue;
    const { name, banned, status, createdAt } = record;
    summaries.push({ user: keyName(key), name, banned, status, createdAt });
  }
  return summaries;
}
