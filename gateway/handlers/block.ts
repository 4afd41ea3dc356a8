/** IMS 2 BLOCK and UNBLOCK: a blocked user's messages, invitations and typing go nowhere, and see someone who is away. */

import { DONE_RESULT, toUserKey } from '../../protocol/documents.ts';
import type { Answer, Call, Owner, Route } from './route.ts';

export const block: Route<'BLOCK'> = { isVersion2: true, handle: (call, owner) => change(call, owner, true) };
export const unblock: Route<'UNBLOCK'> = { isVersion2: true, handle: (call, owner) => change(call, owner, false) };

async function change(
  { document, services, session }: Call<'BLOCK'> | Call<'UNBLOCK'>,
  owner: Owner,
  isBlocked: boolean,
): Promise<Answer> {
  const answer = (result: string): Answer => ({ document: { name: document.name, user: document.user, result } });
  const { directory, authors, store, announcing } = services;
  const other = toUserKey(document.user);
  const name = other === undefined || other === owner.user ? undefined : await directory.find(other);
  if (name === undefined) return answer(DONE_RESULT.refused);
  const op = session.nextOperation();
  await authors.change(owner, () => store.setBlock(owner, name, isBlocked, op));
  await announcing.announceTo([other!], owner.user);
  return answer(DONE_RESULT.done);
}
