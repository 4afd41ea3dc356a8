/** What a user's copies in Redis say of other users, to be compared with theirs. */

import { userKeys } from './keys.ts';
import { toRecord } from './redis-entries.ts';
import { toFriendships } from './redis-friendships.ts';
import type { Link } from './redis-link.ts';
import type { Conversation, Friendship, Store, UserKey } from './store.ts';

/** From `PEER:o` N|CHECK|PENDING|REFUSED and `PEER:i` N|CHECK|DELIVERED|…, where they are. */
function toConversation(other: UserKey, out = '0|||', back = '0||0'): Conversation {
  const [n, check, pending] = out.split('|') as [string, string, string];
  const [inN, inCheck, delivered] = back.split('|') as [string, string, string];
  const unsettled = /\d+(?=@)/.exec(pending)?.[0];
  return {
    other,
    out: { n: Number(n), check },
    unsettled: unsettled === undefined ? Number(n) + 1 : Number(unsettled),
    in: { n: Number(inN), check: inCheck },
    delivered: Number(delivered),
  };
}

function toConversations(user: UserKey, peers: Readonly<Record<string, string>>): Conversation[] {
  const others = new Set(Object.keys(peers).flatMap((field) => /^(.*):[oi]$/.exec(field)?.[1] ?? []));
  // Messages to oneself have no other copy.
  others.delete(user);
  return [...others].sort().map((other) => toConversation(other, peers[`${other}:o`], peers[`${other}:i`]));
}

/** Those that have nothing to show stand among the peers. */
function toAllFriendships(friends: Record<string, string>, peers: Readonly<Record<string, string>>): Friendship[] {
  const copies = Object.entries(peers).flatMap(([field, copy]) => {
    const other = /^(.*):f$/.exec(field)?.[1];
    return other === undefined || other in friends ? [] : [[other, copy] as const];
  });
  const all = toFriendships({ ...friends, ...Object.fromEntries(copies) });
  return all.filter(({ version, isOpen }) => version > 0 || isOpen);
}

export function createPeers(link: Link): Pick<Store, 'readPeers' | 'markCompared'> {
  return {
    async readPeers(user, other = '') {
      const { account, peers, friends } = userKeys(user);
      const found = await link.run('read-peers', [account, peers, friends], [other]);
      const [name, flatPeers, flatFriends] = found as [string, string[], string[]] | [];
      if (name === undefined) return undefined;
      const known = toRecord(flatPeers!);
      return {
        name,
        conversations: toConversations(user, known),
        friendships: toAllFriendships(toRecord(flatFriends!), known),
      };
    },

    async markCompared(user, failoverAt) {
      await link.run('mark-compared', [userKeys(user).account], [failoverAt]);
    },
  };
}
