/** Who is there, in Redis: sessions, statuses and presence. */

import { randomUUID } from 'node:crypto';
import { userKeys } from './keys.ts';
import { toPlace } from './redis-entries.ts';
import type { Link } from './redis-link.ts';
import type { Look, Presence, SessionId, SessionInfo, Store, UserKey } from './store.ts';

/** The sessions `s:SESSION`, `GENERATION|INFO`, that are not ended. */
function listSessions(account: Record<string, string>): { session: SessionId; info: SessionInfo }[] {
  const start = `${account['generation']}|`;
  return Object.entries(account)
    .filter(([field, value]) => field.startsWith('s:') && value.startsWith(start))
    .map(([field, value]) => ({ session: field.slice(2), info: JSON.parse(value.slice(start.length)) as SessionInfo }))
    .sort((a, b) => (a.session < b.session ? -1 : 1));
}

/** What a script shows of a user. */
export type Shown = [
  name: string,
  status: string,
  banned: string,
  sessions: SessionId[],
  since: string | number,
  isBlocking: number,
];

export function toPresence([name, status, banned, sessions, since, isBlocking]: Shown): Presence {
  return {
    name,
    status: Number(status),
    banned: banned === '1',
    sessions,
    since: Number(since),
    isBlocking: isBlocking === 1,
  };
}

type Seen = [
  generation: string,
  banned: string,
  head: string,
  open: SessionId[],
  ended: SessionId[],
  epoch: string,
  marks: string,
];

function toLook(seen: Seen | []): Look | undefined {
  if (seen.length === 0) return undefined;
  const [generation, banned, id, open, ended, epoch, marks] = seen;
  return {
    generation: Number(generation),
    banned: banned === '1',
    ...(id && { head: toPlace(id) }),
    epoch,
    marks: Number(marks),
    open,
    ended,
  };
}

type SessionStore = Pick<Store, 'endSessions' | 'listSessions' | 'setStatus' | 'readPresence' | 'look'>;

export function createSessions(link: Link): SessionStore {
  function readAccount(user: UserKey): Promise<Record<string, string>> {
    return link.ask((redis) => redis.hgetall(userKeys(user).account));
  }

  return {
    async endSessions(user, session = '') {
      const { account, push } = userKeys(user);
      return (await link.run('end-sessions', [account, push], [randomUUID(), session])) === 1;
    },

    async listSessions(user) {
      return listSessions(await readAccount(user));
    },

    async setStatus({ user, session, generation, device = '' }, status, op) {
      const args = [session, generation, status, op, device];
      const outcome = await link.run('set-status', [userKeys(user).account], args);
      return { outcome: outcome as 'set' | 'fenced' | 'replaced' | 'unlisted' };
    },

    async look(user) {
      const { account, log } = userKeys(user);
      const seen = await link.run('look', [account, log], []);
      return toLook(seen as Seen | []);
    },

    async readPresence(users, viewer = '') {
      return Promise.all(
        users.map(async (user) => {
          const { account, peers } = userKeys(user);
          const shown = (await link.run('read-presence', [account, peers], [viewer])) as Shown | [];
          return shown.length === 0 ? undefined : toPresence(shown);
        }),
      );
    },
  };
}
