/** Opening and closing sessions in Redis, with the index of users by incarnation. */

import { userKeys, usersKey } from './keys.ts';
import { toOpenedDevice, toLoginArgs, type FoundDevice } from './redis-devices.ts';
import { toEntry, toPending, toRecord } from './redis-entries.ts';
import type { StreamEntry } from './redis-entries.ts';
import { toFriendships } from './redis-friendships.ts';
import type { Link } from './redis-link.ts';
import { toAcknowledgements } from './redis-marks.ts';
import { incarnationOf } from './presence.ts';
import { PAGE } from './store.ts';
import type {
  Author,
  DeviceLogin,
  Incarnation,
  OpenedSession,
  SessionId,
  SessionInfo,
  Store,
  UserKey,
} from './store.ts';

type Opened = [
  name: string,
  status: string,
  delivered: string,
  from: string,
  head: string,
  entries: StreamEntry[],
  friends: string[],
  pending: StreamEntry[],
  sessions: SessionId[],
  leaving: SessionId[],
  compared: string,
  hidden: UserKey[],
  untold: (string | number)[],
  device: FoundDevice | [],
];

/** What is kept of a session; its device ends with it. */
function toInfo({ device }: Author, info: SessionInfo): string {
  return JSON.stringify(device === undefined ? info : { ...info, device });
}

/** `failoverAt`: the last one that this gateway heard of. */
function toOpened(opened: Opened, failoverAt: number): OpenedSession {
  const [
    name,
    status,
    delivered,
    from,
    head,
    entries,
    friends,
    pending,
    sessions,
    leaving,
    compared,
    hidden,
    untold,
    device,
  ] = opened;
  return {
    outcome: 'opened',
    name,
    status: Number(status),
    delivered: Number(delivered),
    from: Number(from),
    head: Number(head),
    entries: entries.map(toEntry),
    friendships: toFriendships(toRecord(friends)),
    pending: toPending(pending),
    sessions,
    leaving,
    isDoubtful: Number(compared) < failoverAt,
    hidden,
    untold: toAcknowledgements(untold),
    ...(device.length > 0 && { device: toOpenedDevice(device as FoundDevice) }),
  };
}

type OpeningStore = Pick<
  Store,
  | 'openSession'
  | 'reopenSession'
  | 'leaveSession'
  | 'closeSessions'
  | 'closeIncarnation'
  | 'readUnfinished'
  | 'listUsers'
>;

/** `failoverAt` gives the time of the last failover that this gateway heard of. */
export function createOpening(link: Link, failoverAt: () => number): OpeningStore {
  /** Sessions that this process opens or has open, by user and incarnation. */
  const held = new Map<string, Set<SessionId>>();

  function hold(user: UserKey, session: SessionId): void {
    const mark = `${user} ${incarnationOf(session)}`;
    const sessions = held.get(mark);
    if (sessions) sessions.add(session);
    else held.set(mark, new Set([session]));
  }

  function letGo(user: UserKey, sessions: readonly SessionId[]): void {
    for (const session of sessions) {
      const mark = `${user} ${incarnationOf(session)}`;
      held.get(mark)?.delete(session);
      if (held.get(mark)?.size === 0) held.delete(mark);
    }
  }

  /** Opens a session that stands in the index already; undefined when fenced. */
  async function open(author: Author, info: SessionInfo, login?: DeviceLogin): Promise<OpenedSession | undefined> {
    const { user, session, generation, device } = author;
    const { account, log, peers, friends, devices, push } = userKeys(user);
    const ofDevice = device !== undefined && login ? toLoginArgs(device, login) : [''];
    const args = [session, generation, toInfo(author, info), PAGE, ...ofDevice];
    const keys = [account, log, peers, friends, devices, push];
    const opened = (await link.run('open-session', keys, args)) as Opened | [];
    return opened.length === 0 ? undefined : toOpened(opened, failoverAt());
  }

  /**
   * Forgets sessions, and the user in the index of those incarnations of which none is left. True when the user has no
   * open session now.
   */
  async function close(user: UserKey, sessions: readonly SessionId[], incarnations: Iterable<Incarnation>) {
    letGo(user, sessions);
    const closed = await link.run('close-sessions', [userKeys(user).account], sessions);
    const [isAway, left] = closed as [number, SessionId[]];
    const gone = new Set(incarnations);
    for (const session of left) gone.delete(incarnationOf(session));
    for (const incarnation of gone) {
      const mark = `${user} ${incarnation}`;
      // A session that is being opened stands in the index already, and not yet at its user.
      if (held.has(mark)) continue;
      await link.ask((redis) => redis.srem(usersKey(incarnation), user));
      // One that began to be opened meanwhile: the removal may have been repeated behind its entry.
      if (held.has(mark)) await link.ask((redis) => redis.sadd(usersKey(incarnation), user));
    }
    return isAway === 1;
  }

  return {
    async openSession(author, info, login) {
      const { user, session } = author;
      hold(user, session);
      try {
        await link.ask((redis) => redis.sadd(usersKey(incarnationOf(session)), user));
        const opened = await open(author, info, login);
        if (opened) return opened;
      } catch (error) {
        letGo(user, [session]);
        throw error;
      }
      letGo(user, [session]);
      // Its row stays: it tells that the session was ended.
      await close(user, [], [incarnationOf(session)]);
      return { outcome: 'fenced' };
    },

    async reopenSession(author, info, login) {
      const { user, session, generation, device = '' } = author;
      await link.ask((redis) => redis.sadd(usersKey(incarnationOf(session)), user));
      const { account, devices, push } = userKeys(user);
      const ofDevice = login ? [login.tokenHash ?? '', login.label] : [];
      const args = [session, generation, toInfo(author, info), device, ...ofDevice];
      const outcome = await link.run('reopen-session', [account, devices, push], args);
      return { outcome: outcome as 'reopened' | 'fenced' | 'replaced' };
    },

    async leaveSession(user, session) {
      return (await link.run('leave-session', [userKeys(user).account], [session])) === 1;
    },

    async closeIncarnation(user, incarnation) {
      await link.run('close-incarnation', [userKeys(user).account], [incarnation]);
      await link.ask((redis) => redis.srem(usersKey(incarnation), user));
    },

    async readUnfinished(user) {
      const { account, log, peers, friends } = userKeys(user);
      const found = await link.run('read-unfinished', [account, log, peers, friends], []);
      const [name, pending, copies, untold] = found as [string, StreamEntry[], string[], string[]] | [];
      if (name === undefined) return undefined;
      const friendships = toFriendships(toRecord(copies!)).filter(({ isOpen }) => isOpen);
      return { name, pending: toPending(pending!), friendships, untold: toAcknowledgements(untold!) };
    },

    closeSessions: (user, sessions) => close(user, sessions, sessions.map(incarnationOf)),

    async listUsers(incarnation) {
      const users = await link.ask((redis) => redis.smembers(usersKey(incarnation)));
      return users.sort();
    },
  };
}
