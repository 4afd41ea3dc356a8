/** Removing a user for good: friendships end first, so that no friend keeps a ghost. */

import type { Services } from './services.ts';
import type { UserKey } from './store/store.ts';

/** False when there is no such account. After a failure it can be repeated. */
export async function removeUser(user: UserKey, { store, friendships }: Services): Promise<boolean> {
  const account = await store.readAccount(user);
  if (account === undefined) return false;
  await store.endSessions(user);
  await friendships.endAll(user, account.name);
  return store.removeAccount(user);
}
