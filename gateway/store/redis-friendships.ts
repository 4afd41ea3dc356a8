/** Friendships in Redis: the pair's record, and each user's copy. */

import { randomBytes } from 'node:crypto';
import { friendshipKey, userKeys } from './keys.ts';
import type { Link } from './redis-link.ts';
import { createCheck } from './redis-entries.ts';
import type { Friendship, FriendshipChange, FriendshipRecord, FriendshipState, Store, UserKey } from './store.ts';

/** A user's copies from what HGETALL answers, `STATE|VERSION|BEGUN|TOLD|NAME` for each other one, by key. */
export function toFriendships(copies: Readonly<Record<string, string>>): Friendship[] {
  const friendships = Object.entries(copies).map(([user, copy]) => {
    const [state, version, begun, , name] = copy.split('|') as [FriendshipState, string, string, string, string];
    return { user, name, state, version: Number(version), isOpen: begun !== '' };
  });
  return friendships.sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** A record from `VERSION|INVITED BY|ARE FRIENDS|CHANGE|CHANGED BY`. */
function toRecord(text: string): FriendshipRecord {
  const [version, invitedBy, areFriends, change, changedBy] = text.split('|') as string[];
  return {
    version: Number(version),
    areFriends: areFriends === '1',
    ...(invitedBy && { invitedBy }),
    ...(change && { change: change as FriendshipChange }),
    ...(changedBy && { changedBy }),
  };
}

/** An operation as the records keep it: without white space and bars, which stand between their parts. */
function toWord(op: string): string {
  return encodeURIComponent(op);
}

function stateFor(user: UserKey, { areFriends, invitedBy }: FriendshipRecord): FriendshipState {
  if (areFriends) return 'friends';
  if (invitedBy === undefined) return 'none';
  return invitedBy === user ? 'inviting' : 'invited';
}

type FriendshipStore = Pick<
  Store,
  'beginFriendship' | 'decideFriendship' | 'readFriendship' | 'restoreFriendship' | 'tellFriendship' | 'listFriendships'
>;

export function createFriendships(link: Link): FriendshipStore {
  return {
    async beginFriendship(user, other, author) {
      const { account, friends, peers } = userKeys(user);
      const mark = randomBytes(6).toString('hex');
      const args = [other, mark, author?.session ?? '', author?.generation ?? '', author?.device ?? ''];
      const outcome = await link.run('begin-friendship', [account, friends, peers], args);
      return { outcome: outcome as 'begun' | 'unknown' | 'full' | 'fenced' | 'replaced' | 'unlisted' };
    },

    async decideFriendship({ op, type, by, other }) {
      const answer = await link.run('decide-friendship', [friendshipKey(by, other)], [toWord(op), type, by, other]);
      return { ...toRecord(answer as string), op, isDone: (answer as string).endsWith('|1') };
    },

    async readFriendship(a, b) {
      const state = await link.ask((redis) => redis.hget(friendshipKey(a, b), 'state'));
      return toRecord(state ?? '0||0||');
    },

    async restoreFriendship(user, { user: other, state, version }) {
      const isInvited = state === 'invited';
      const invitedBy = isInvited ? other : state === 'inviting' ? user : '';
      const change = { friends: 'accept', invited: 'invite', inviting: 'invite', none: 'delete' }[state];
      const args = [version, invitedBy, state === 'friends' ? 1 : 0, change, isInvited ? other : user];
      await link.run('restore-friendship', [friendshipKey(user, other)], args);
    },

    async tellFriendship(user, other, record) {
      const { account, friends, log, peers, push } = userKeys(user);
      const { version, change = '', changedBy, op = '' } = record;
      const kind = changedBy === user ? 'friend-out' : 'friend-in';
      const args = [other, version, stateFor(user, record), kind, change, createCheck(), toWord(op)];
      await link.run('tell-friendship', [account, friends, log, peers, push], args);
    },

    async listFriendships(user) {
      return toFriendships(await link.ask((redis) => redis.hgetall(userKeys(user).friends)));
    },
  };
}
