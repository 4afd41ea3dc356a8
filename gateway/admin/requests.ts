/** What the admin listener's routes share: the user and the place in a list that a request names, who lives. */

import { toUserKey } from '../../protocol/documents.ts';
import { askStore, HttpError, type Request } from '../json-http.ts';
import { incarnationOf } from '../store/presence.ts';
import type { SessionId, UserKey } from '../store/store.ts';
import type { AdminOptions } from './listener.ts';

/** Users in a page of a list. */
export const PAGE_USERS = 500;

/** A value of the query; empty when it is not given once. */
export function readQuery(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}

/** The user that `?name=` names; in the query, since a path cannot carry the names `.` and `..`. */
export function readUser(request: Request): UserKey {
  const name = readQuery(request, 'name');
  return toUserKey(name) ?? refuseUser(name);
}

/** Throws the 404 of a user that is not there. */
export function refuseUser(name: string): never {
  throw new HttpError(404, `There is no user ${JSON.stringify(name.slice(0, 40))}.`);
}

/** Tells the sessions at living gateways from those that dead ones left behind. */
export async function readLiving({ gateway }: AdminOptions): Promise<(session: SessionId) => boolean> {
  const living = new Set((await askStore(gateway.status())).living);
  return (session) => living.has(incarnationOf(session));
}
