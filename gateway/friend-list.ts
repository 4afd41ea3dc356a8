/** A user's friends as the user sees them. */

import type { Presence } from './presence.ts';
import type { Friendship, Presence as Seen, Store, UserKey } from './store/store.ts';
import { STATUS_UNKNOWN } from '../protocol/documents.ts';

export interface SeenFriend {
  readonly user: UserKey;
  /** As registered. */
  readonly name: string;
  /** -1 for who is away, or not to be seen. */
  readonly status: number;
  /** Milliseconds since the epoch; 0 for who is away: it would tell those from whom hides. */
  readonly since: number;
}

export type FriendListOptions = { readonly store: Store; readonly presence: Presence };

/** IMS FRIEND request: the accepted friends by name. */
export async function readFriends(user: UserKey, { store, presence }: FriendListOptions): Promise<SeenFriend[]> {
  return seeFriends(user, friendsAmong(await store.listFriendships(user)), { store, presence });
}

/** Those that were accepted. */
export function friendsAmong(friendships: readonly Friendship[]): readonly Friendship[] {
  return friendships.filter(({ state }) => state === 'friends');
}

/** The same for friends that are known; what `viewer` sees of them, in their order. */
export async function seeFriends(
  viewer: UserKey,
  friends: readonly { readonly user: UserKey; readonly name: string }[],
  { store, presence }: FriendListOptions,
): Promise<SeenFriend[]> {
  const keys = friends.map(({ user }) => user);
  const seen = keys.length === 0 ? [] : await store.readPresence(keys, viewer);
  return Promise.all(friends.map(({ user, name }, index) => see(user, name, seen[index], presence)));
}

async function see(user: UserKey, name: string, seen: Seen | undefined, presence: Presence): Promise<SeenFriend> {
  if (seen === undefined) return { user, name, status: STATUS_UNKNOWN, since: 0 };
  const status = await presence.statusSeen(seen);
  return { user, name, status, since: status === STATUS_UNKNOWN ? 0 : seen.since };
}
