/** Since when a user of the local stores has been there, or away. */

import { readAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { keys, readRecord, writeRecord, type Reader } from './local-keys.ts';
import type { UserKey } from './store.ts';

interface There {
  /** When the user came, or got the status. */
  readonly since: number;
  /** When the last session went; absent while there is one. */
  readonly left?: number;
}

/** Of a user who has been away ever since the account was made, that time. */
export function readSince(reader: Reader, user: UserKey, createdAt: number): number {
  const { since, left } = readThere(reader, user) ?? { since: createdAt };
  return left ?? since;
}

/** The first session came. An absence that was short never was. */
export function noteCame(change: Change, user: UserKey): void {
  const there = readThere(change, user);
  const isShort = there?.left !== undefined && change.now - there.left < change.limits.absence;
  writeThere(change, user, { since: there && isShort ? there.since : change.now });
}

/** The last session went. */
export function noteWent(change: Change, user: UserKey): void {
  const since = readThere(change, user)?.since ?? readAccount(change, user)?.createdAt ?? change.now;
  writeThere(change, user, { since, left: change.now });
}

/** The status is another one from now on. */
export function noteStatus(change: Change, user: UserKey): void {
  writeThere(change, user, { ...readThere(change, user), since: change.now });
}

function readThere(reader: Reader, user: UserKey): There | undefined {
  return readRecord(reader, keys.there(user));
}

function writeThere(change: Change, user: UserKey, there: There): void {
  writeRecord(change, keys.there(user), there);
}
