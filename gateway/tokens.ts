/** Tokens of devices: `user~device~SECRET`, of which the store keeps a hash. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account, DeviceId, Store, UserKey } from './store/store.ts';

/** How long a token is good after its device was last used, in milliseconds (30 days). */
export const TOKEN_AGE = 30 * 86_400_000;

const SECRET_BYTES = 32;
const TOKEN = /^([a-z0-9._-]{1,32})~([A-Za-z0-9_-]{1,64})~[A-Za-z0-9_-]{43}$/;

/** A token for the device, and the hash that the store keeps of it. */
export function makeToken(user: UserKey, device: DeviceId): { readonly token: string; readonly hash: string } {
  const token = `${user}~${device}~${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, hash: hashToken(token) };
}

/** Whose token it says it is, and the hash of it; undefined for what cannot be one. */
export function readToken(
  token: string | undefined,
): { readonly user: UserKey; readonly device: DeviceId; readonly hash: string } | undefined {
  const [, user, device] = TOKEN.exec(token ?? '') ?? [];
  return user === undefined || device === undefined ? undefined : { user, device, hash: hashToken(token!) };
}

/**
 * The account, where this is the device's token: the last one it was given, used within {@link TOKEN_AGE}, and of the
 * account's generation. Undefined whatever is wrong. The use is not noted ({@link Store.touchDevice}).
 */
export async function verifyToken(
  store: Pick<Store, 'readAccount' | 'readDevice'>,
  user: UserKey,
  device: DeviceId,
  token: string,
): Promise<Account | undefined> {
  const claimed = readToken(token);
  if (claimed?.user !== user || claimed.device !== device) return undefined;
  const [account, known] = await Promise.all([store.readAccount(user), store.readDevice(user, device)]);
  const isRight = isSameHash(claimed.hash, known?.tokenHash ?? '');
  if (!isRight || account === undefined || known === undefined) return undefined;
  return known.unusedFor <= TOKEN_AGE && known.tokenGeneration === account.generation ? account : undefined;
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Takes the same time wherever they differ. */
function isSameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
