/** Sessions over the admin listener: list those of all living gateways, end one or all of a user's. */

import { allowOnly, askStore, HttpError, type Express, type Request } from '../json-http.ts';
import type { UserKey } from '../store/store.ts';
import type { SessionLine, SessionPage } from './answers.ts';
import type { AdminOptions } from './listener.ts';
import { PAGE_USERS, readLiving, readQuery, readUser, refuseUser } from './requests.ts';

export function serveSessions(app: Express, options: AdminOptions): void {
  app
    .route('/sessions')
    .get(async (request, response) => void response.json(await listSessions(options, readQuery(request, 'after'))))
    .delete(async (request, response) => void response.json(await endSessions(options, request)))
    .all(allowOnly('GET', 'HEAD', 'DELETE'));
}

/** The user's sessions at living gateways. */
export async function readSessions(options: AdminOptions, user: UserKey): Promise<SessionLine[]> {
  const isLiving = await readLiving(options);
  const sessions = await askStore(options.store.listSessions(user));
  return sessions
    .filter(({ session }) => isLiving(session))
    .map(({ session, info: { transport, address, since } }) => ({
      session,
      transport,
      address,
      since: new Date(since).toISOString(),
    }));
}

async function listSessions(options: AdminOptions, after: UserKey): Promise<SessionPage> {
  const { store, gateway } = options;
  const { living } = await askStore(gateway.status());
  const lists = await askStore(Promise.all([...living].map((incarnation) => store.listUsers(incarnation))));
  const users = [...new Set(lists.flat())]
    .filter((user) => user > after)
    .sort()
    .slice(0, PAGE_USERS);
  const names = await askStore(store.readPresence(users));
  const sessions: SessionPage['sessions'][number][] = [];
  for (const [index, user] of users.entries()) {
    const name = names[index]?.name ?? user;
    sessions.push(...(await readSessions(options, user)).map((line) => ({ user: name, ...line })));
  }
  return { sessions, next: users.at(-1) ?? null };
}

async function endSessions(options: AdminOptions, request: Request): Promise<object> {
  const { store, logger } = options;
  const user = readUser(request);
  const session = readQuery(request, 'session') || undefined;
  const account = (await askStore(store.readAccount(user))) ?? refuseUser(user);
  const ended = session === undefined ? (await readSessions(options, user)).map((line) => line.session) : [session];
  if (!(await askStore(store.endSessions(user, session)))) {
    throw new HttpError(404, `${account.name} has no session ${session}.`);
  }
  logger.info({ user, session }, 'admin: sessions ended');
  return { user: account.name, ended };
}
