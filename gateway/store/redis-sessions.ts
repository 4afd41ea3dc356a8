/** Who is there, in Redis: sessions, statuses and presence. */

import { randomUUID } from 'node:crypto';
import { userKeys } from './keys.ts';
import { toPlace } from './redis-entries.ts';
import type { Link } from './redis-link.ts';
import type { Presence, SessionId, SessionInfo, Store, UserKey } from './store.ts';

/** The sessions `s:SESSION`, `GENERATION|INFO`, that are not ended. */
function listSessions(account: Record<string, string>): { session: SessionId; info: SessionInfo }[] {
  const start = `${account['generation']}|`;
  return Object.entries(account)
    .filter(([field, value]) => field.startsWith('s:') && value.startsWith(start))
    .map(([field, value]) => ({ session: field.slice(2), info: JSON.parse(value.slice(start.length)) as SessionInfo }))
    .sort((a, b) => (a.session < b.session ? -1 : 1));
}

/** What HGETALL of an account shows; undefined for none, or one that was removed. */
function toPresence(account: Record<string, string>): Presence | undefined {
  const { name, status, banned, generation } = account;
  if (generation === undefined) return undefined;
  const sessions = listSessions(account).map(({ session }) => session);
  return { name: name!, status: Number(status), banned: banned === '1', sessions };
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

    async setStatus({ user, session, generation }, status, op) {
      const outcome = await link.run('set-status', [userKeys(user).account], [session, generation, status, op]);
      return { outcome: outcome as 'set' | 'fenced' | 'unlisted' };
    },

    async look(user) {
      const { account, log } = userKeys(user);
      const seen = await link.run('look', [account, log], []);
      const [generation, banned, id, open, ended] = seen as [string, string, string, SessionId[], SessionId[]] | [];
      if (generation === undefined) return undefined;
      const head = id ? { head: toPlace(id) } : {};
      return { generation: Number(generation), banned: banned === '1', ...head, open: open!, ended: ended! };
    },

    async readPresence(users) {
      return Promise.all(users.map(async (user) => toPresence(await readAccount(user))));
    },
  };
}
