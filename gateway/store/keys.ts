/** The names of everything in Redis. Version 1 stands in front; what belongs to one user has one hash tag. */

import type { Incarnation, UserKey } from './store.ts';

const PREFIX = 'ims:1:';

/** The version that this gateway writes and reads. */
export const DATA_VERSION = 1;
/** Where the version of the data is kept, in every version. */
export const DATA_VERSION_KEY = 'ims:version';
/** Sorted set: the keys of all users; written before the account, so that none is missing. */
export const NAMES = `${PREFIX}names`;
/** What all gateways share, in one slot. */
const SHARED = `${PREFIX}{:gateways}:`;
/** Sorted set: incarnations by the time of their last beat, also dead ones that are not buried. */
export const INCARNATIONS = `${SHARED}incarnations`;
/** Hash: who cleans up after which dead incarnation. */
export const CLAIMS = `${SHARED}claims`;
/** Hash: the servers that held data, and when the last one took over. */
export const SERVERS = `${SHARED}servers`;

/** What a user has. Names hold no brace and no colon, so nothing else has such a key. */
export function userKeys(user: UserKey) {
  const tag = `${PREFIX}{${user}}:`;
  return {
    account: `${tag}account`,
    log: `${tag}log`,
    peers: `${tag}peers`,
    friends: `${tag}friends`,
    devices: `${tag}devices`,
    /** A sharded channel. */
    push: `${tag}push`,
  };
}

/** The record of a friendship, the same for both. */
export function friendshipKey(a: UserKey, b: UserKey): string {
  const [first, second] = a < b ? [a, b] : [b, a];
  return `${PREFIX}{${first}<>${second}}:friendship`;
}

/** Set: the users that have sessions at an incarnation. */
export function usersKey(incarnation: Incarnation): string {
  return `${PREFIX}{:${incarnation}}:users`;
}

/** What a probe writes, and the channel it comes back on. */
export function probeKeys(id: string) {
  return { written: `${PREFIX}{:probe:${id}}:written`, push: `${PREFIX}{:probe:${id}}:push` };
}
