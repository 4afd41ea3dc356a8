/** What the admin program shows of the listener's answers. */

import type { GatewayStatus, SessionLine, UserDetails, UserLine } from './answers.ts';
import { drawFields, drawTable, type Column } from './tables.ts';
import { sayCount, sayShortTime, sayTime } from './words.ts';

/** A command's result: for scripts, and for people. */
export interface Report {
  readonly data: unknown;
  /** For a terminal this many columns wide, at this time. */
  toText(width: number, now: number): string;
}

const SESSION_COLUMNS: readonly Column[] = [
  { head: 'SESSION' },
  { head: 'VIA' },
  { head: 'ADDRESS', wraps: true },
  { head: 'SINCE' },
];
const USER_COLUMNS: readonly Column[] = [
  { head: 'NAME', wraps: true },
  { head: 'SESSIONS', align: 'right' },
  { head: 'STATUS', wraps: true },
  { head: 'BANNED' },
  { head: 'CREATED' },
];
const FRIEND_WORDS = { friends: 'friend', invited: 'has invited', inviting: 'is invited', none: '' } as const;

/** One sentence. */
export function report(data: unknown, text: string): Report {
  return { data, toText: () => text };
}

export function reportUsers(users: readonly UserLine[]): Report {
  const toRow = (user: UserLine, now: number) => [
    user.name,
    user.sessions === 0 ? '-' : String(user.sessions),
    sayStatus(user, user.sessions),
    user.banned ? 'banned' : '-',
    sayShortTime(user.createdAt, now),
  ];
  const isHere = ({ sessions }: UserLine) => sessions > 0;
  const isBanned = ({ banned }: UserLine) => banned;
  return {
    data: users,
    toText(width, now) {
      if (users.length === 0) return 'No users.';
      const sum = `${sayCount(users.length, 'user')}, ${users.filter(isHere).length} here, ${users.filter(isBanned).length} banned`;
      return `${drawTable(
        USER_COLUMNS,
        users.map((user) => toRow(user, now)),
        width,
      )}\n\n${sum}`;
    },
  };
}

export function reportUser(user: UserDetails): Report {
  return {
    data: user,
    toText(width, now) {
      const { sessions, friends } = user;
      const parts = [
        drawFields(
          [
            ['Name', user.name],
            ['Status', sayStatus(user, sessions.length)],
            ['Banned', user.banned ? 'yes' : 'no'],
            ['Created', sayTime(user.createdAt, now)],
            ['Waiting', user.waiting === 0 ? 'none' : sayCount(user.waiting, 'message')],
            ['Sessions', sessions.length === 0 ? 'none' : String(sessions.length)],
            ['Friends', friends.length === 0 ? 'none' : String(friends.length)],
          ],
          width,
        ),
      ];
      if (sessions.length > 0)
        parts.push(
          drawTable(
            SESSION_COLUMNS,
            sessions.map((line) => toSessionRow(line, now)),
            width,
          ),
        );
      const rows = friends.map(({ name, state }) => [name, FRIEND_WORDS[state]]);
      if (rows.length > 0) parts.push(drawTable([{ head: 'FRIEND' }, { head: '' }], rows, width));
      return parts.join('\n\n');
    },
  };
}

export function reportSessions(sessions: readonly (SessionLine & { user: string })[]): Report {
  return {
    data: sessions,
    toText(width, now) {
      if (sessions.length === 0) return 'No sessions.';
      const rows = sessions.map((line) => [line.user, ...toSessionRow(line, now)]);
      const columns = [{ head: 'USER', wraps: true }, ...SESSION_COLUMNS];
      const users = new Set(sessions.map(({ user }) => user)).size;
      const sum = `${sayCount(sessions.length, 'session')} of ${sayCount(users, 'user')}`;
      return `${drawTable(columns, rows, width)}\n\n${sum}`;
    },
  };
}

export function reportStatus(status: GatewayStatus): Report {
  const { incarnation, living, memory, eventLoopDelay: delay, workers } = status;
  const own = new Set([incarnation, ...(workers?.running ?? []).map((worker) => worker.incarnation)]);
  const others = living.filter((other) => !own.has(other));
  const toMebibytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MiB`;
  return {
    data: status,
    toText: (width, now) =>
      drawFields(
        [
          ['Gateway', incarnation],
          ['Version', status.version],
          ['Started', sayTime(status.startedAt, now)],
          ['Store', sayStore(status, now)],
          ...(workers ? [['Workers', sayWorkers(workers)] as const] : []),
          ['Others', sayOthers(others)],
          ['Here', `${sayCount(status.users, 'user')}, ${sayCount(status.sessions, 'session')}`],
          ['Brought back', sayMended(status.mended)],
          ['Memory', `${toMebibytes(memory.rss)}, ${toMebibytes(memory.heapUsed)} of it heap`],
          ['Timers late', `${delay.mean} ms on average, 99 % at most ${delay.p99} ms, ${delay.max} ms once`],
        ],
        width,
      ),
  };
}

function sayStore({ store, storeAwaySince }: GatewayStatus, now: number): string {
  return storeAwaySince === null ? store : `${store}, does not answer since ${sayShortTime(storeAwaySince, now)}`;
}

/** Each name takes 16 columns. */
function sayOthers(others: readonly string[]): string {
  if (others.length > 3) return `${others.length} on this store`;
  return others.length === 0 ? 'none on this store' : others.join(', ');
}

function sayMended({ sent, received, friendships }: GatewayStatus['mended']): string {
  if (sent + received + friendships === 0) return 'nothing was lost in a failover';
  return `messages: ${sent} sent, ${received} received; ${sayCount(friendships, 'friendship')}`;
}

function sayWorkers({ configured, running }: NonNullable<GatewayStatus['workers']>): string {
  const sessions = running.map((worker) => worker.sessions);
  const [least, most] = [Math.min(...sessions), Math.max(...sessions)];
  const spread = `${least < most ? `${least} to ` : ''}${sayCount(most, 'session')} each`;
  const count = running.length === configured ? `${configured}` : `${running.length} of ${configured} running`;
  return running.length === 0 ? count : `${count}, ${spread}`;
}

/** The status is kept while nobody is here to have it, and nobody sees it then. */
function sayStatus({ status: { id, name }, banned }: Pick<UserLine, 'status' | 'banned'>, sessions: number): string {
  if (sessions === 0 || banned) return '-';
  return name === '' ? `number ${id}` : name;
}

function toSessionRow({ session, transport, address, since }: SessionLine, now: number): string[] {
  return [session, transport === 'tcp' ? 'tcp' : 'web', address, sayShortTime(since, now)];
}
