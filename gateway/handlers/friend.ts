/** IMS FRIEND: add, delete, accept, deny, and the list of friends. */

import {
  DONE_RESULT,
  toAsciiLower,
  toUserKey,
  type ClientDocumentOf,
  type Friend,
  type ServerDocument,
} from '../../protocol/documents.ts';
import { toFriend } from '../entry-documents.ts';
import { readFriends } from '../friend-list.ts';
import type { Services } from '../services.ts';
import type { Answer, Owner, Route } from './route.ts';

/** The attribute that names the other user, for each change. */
const CHANGES = { add: 'friend', delete: 'friend', accept: 'other', deny: 'other' } as const;

export const friend: Route<'FRIEND'> = {
  gate: { nameIn: ({ user }) => user, refuse },
  async handle({ document, services }, owner): Promise<Answer> {
    const type = toAsciiLower(document.type ?? '');
    if (type === 'request') return { document: { name: 'FRIENDS', friends: await listFriends(owner, services) } };
    if (!Object.hasOwn(CHANGES, type)) return { document: refuse(document) };
    const change = type as keyof typeof CHANGES;
    const other = toUserKey(document[CHANGES[change]]);
    const isDone = other !== undefined && (await services.friendships.change(owner, owner.name, change, other));
    return { document: { name: 'FRIEND', type, result: isDone ? DONE_RESULT.done : DONE_RESULT.refused } };
  },
};

/** The type as it came, also where it is one of ours. */
function refuse({ type }: ClientDocumentOf<'FRIEND'>): ServerDocument {
  return { name: 'FRIEND', type, result: DONE_RESULT.refused };
}

/** Version 2: with the time since when it is so. */
async function listFriends({ user, device }: Owner, services: Services): Promise<readonly Friend[]> {
  const friends = await readFriends(user, services);
  return device === undefined ? friends.map(({ name: user, status }) => ({ user, status })) : friends.map(toFriend);
}
