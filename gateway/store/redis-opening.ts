/** Opening and closing sessions in Redis, with the index of users by incarnation. */

import { placeNumber } from './entry.ts';
import { userKeys, usersKey } from './keys.ts';
import { toEntry, toSent } from './redis-entries.ts';
import type { StreamEntry } from './redis-entries.ts';
import { toFriendships } from './redis-friendships.ts';
import type { Link } from './redis-link.ts';
import { PAGE } from './store.ts';
import type { Author, Incarnation, OpenedSession, SessionId, SessionInfo, Store, UserKey } from './store.ts';

type Opened = [string, string, string, string, StreamEntry[], string[], StreamEntry[], SessionId[]];

function toOpened(opened: Opened): OpenedSession {
  const [name, status, delivered, head, entries, friends, pending, sessions] = opened;
  return {
    outcome: 'opened',
    name,
    status: Number(status),
    delivered: Number(delivered),
    head: Number(head),
    entries: entries.map(toEntry),
    friendships: toFriendships(toRecord(friends)),
    pending: pending
      .map(toEntry)
      .sort((a, b) => placeNumber(a.place) - placeNumber(b.place))
      .flatMap((entry) => toSent(entry) ?? []),
    sessions,
  };
}

/** What HGETALL answers inside a script. */
function toRecord(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
}

function incarnationOf(session: SessionId): Incarnation {
  return session.slice(0, session.indexOf('.'));
}

export function createOpening(link: Link): Pick<Store, 'openSession' | 'closeSessions' | 'listUsers'> {
  /** Users and incarnations whose sessions are just being opened, each as often as that. */
  const opening: string[] = [];

  /** Opens a session that stands in the index already; undefined when fenced. */
  async function open({ user, session, generation }: Author, info: SessionInfo): Promise<OpenedSession | undefined> {
    const { account, log, peers, friends } = userKeys(user);
    const args = [session, generation, JSON.stringify(info), PAGE];
    const opened = (await link.run('open-session', [account, log, peers, friends], args)) as Opened | [];
    return opened.length === 0 ? undefined : toOpened(opened);
  }

  /** Forgets sessions, and the user in the index of those incarnations of which none is left. */
  async function close(user: UserKey, sessions: readonly SessionId[], incarnations: Iterable<Incarnation>) {
    const left = (await link.run('close-sessions', [userKeys(user).account], sessions)) as SessionId[];
    const gone = new Set(incarnations);
    for (const session of left) gone.delete(incarnationOf(session));
    for (const incarnation of gone) {
      // A session that is being opened stands in the index already, and not yet at its user.
      if (opening.includes(`${user} ${incarnation}`)) continue;
      await link.ask((redis) => redis.srem(usersKey(incarnation), user));
    }
  }

  return {
    async openSession(author, info) {
      const { user } = author;
      const incarnation = incarnationOf(author.session);
      const mark = `${user} ${incarnation}`;
      opening.push(mark);
      let opened: OpenedSession | undefined;
      try {
        await link.ask((redis) => redis.sadd(usersKey(incarnation), user));
        opened = await open(author, info);
      } finally {
        opening.splice(opening.indexOf(mark), 1);
      }
      if (!opened) await close(user, [], [incarnation]);
      return opened ?? { outcome: 'fenced' };
    },

    closeSessions: (user, sessions) => close(user, sessions, sessions.map(incarnationOf)),

    async listUsers(incarnation) {
      const users = await link.ask((redis) => redis.smembers(usersKey(incarnation)));
      return users.sort();
    },
  };
}
