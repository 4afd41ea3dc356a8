/** Users over the admin listener: list, show, add, ban, unban, set the password, remove. */

import { makeAccount, readNewAccount, readPass } from '../accounts.ts';
import { allowOnly, askStore, HttpError, readJson, type Express, type Request } from '../json-http.ts';
import { placeNumber } from '../store/entry.ts';
import type { Store, UserKey } from '../store/store.ts';
import type { UserDetails, UserPage } from './answers.ts';
import type { AdminOptions } from './listener.ts';
import { PAGE_USERS, readLiving, readQuery, readUser, refuseUser } from './requests.ts';
import { readSessions } from './sessions.ts';

export function serveUsers(app: Express, options: AdminOptions): void {
  const { logger } = options;
  app
    .route('/users')
    .get(async (request, response) => void response.json(await listUsers(options, readQuery(request, 'after'))))
    .post(...readJson, async (request, response) => {
      const account = readNewAccount(request.body);
      await makeAccount(options, account);
      logger.info({ user: account.user }, 'admin: account made');
      response.status(201).json({ user: account.user });
    })
    .all(allowOnly('GET', 'HEAD', 'POST'));
  app
    .route('/user')
    .get(async (request, response) => void response.json(await showUser(options, readUser(request))))
    .patch(...readJson, async (request, response) => void response.json(await changeUser(options, request)))
    .delete(async (request, response) => {
      const user = readUser(request);
      const { name } = await readAccount(options.store, user);
      if (!(await askStore(options.gateway.removeUser(user)))) refuseUser(user);
      logger.info({ user }, 'admin: account removed');
      response.json({ user: name });
    })
    .all(allowOnly('GET', 'HEAD', 'PATCH', 'DELETE'));
}

async function listUsers(options: AdminOptions, after: UserKey): Promise<UserPage> {
  const { store, config } = options;
  const isLiving = await readLiving(options);
  const accounts = await askStore(store.listAccounts(after, PAGE_USERS));
  const presences = await askStore(store.readPresence(accounts.map(({ user }) => user)));
  const users = accounts.map(({ user, name, banned, status, createdAt }, index) => ({
    user,
    name,
    status: nameStatus(config, status),
    banned,
    createdAt: new Date(createdAt).toISOString(),
    sessions: presences[index]?.sessions.filter(isLiving).length ?? 0,
  }));
  return { users, next: accounts.at(-1)?.user ?? null };
}

async function showUser(options: AdminOptions, user: UserKey): Promise<UserDetails> {
  const { store, config } = options;
  const { name, banned, status, createdAt } = await readAccount(store, user);
  const [friendships, waiting, sessions] = await Promise.all([
    askStore(store.listFriendships(user)),
    askStore(countWaiting(store, user)),
    readSessions(options, user),
  ]);
  return {
    user,
    name,
    status: nameStatus(config, status),
    banned,
    createdAt: new Date(createdAt).toISOString(),
    sessions,
    friends: friendships
      .filter(({ state }) => state !== 'none')
      .map((friend) => ({ name: friend.name, state: friend.state })),
    waiting,
  };
}

async function changeUser({ store, passwords, logger }: AdminOptions, request: Request): Promise<object> {
  const user = readUser(request);
  const { banned, pass } = (request.body ?? {}) as { banned?: unknown; pass?: unknown };
  if ((typeof banned === 'boolean') === (pass !== undefined)) {
    throw new HttpError(422, 'The body must have either banned, true or false, or pass.');
  }
  const newPass = pass === undefined ? undefined : readPass(request.body);
  const { name } = await readAccount(store, user);
  const change = newPass === undefined ? { banned: banned === true } : { pass: await passwords.hash(newPass) };
  if (!(await askStore(store.changeAccount(user, change)))) refuseUser(user);
  logger.info({ user, change: newPass === undefined ? change : 'new password' }, 'admin: account changed');
  return { user: name, ...(newPass === undefined && change) };
}

async function readAccount(store: Store, user: UserKey) {
  return (await askStore(store.readAccount(user))) ?? refuseUser(user);
}

async function countWaiting(store: Store, user: UserKey): Promise<number> {
  const { delivered } = await store.readLog(user, 0);
  let count = 0;
  for (let after = delivered; ;) {
    const { entries } = await store.readLog(user, after);
    const last = entries.at(-1);
    if (last === undefined) return count;
    count += entries.filter(({ kind }) => kind === 'in' || kind === 'self').length;
    after = placeNumber(last.place);
  }
}

function nameStatus({ statuses }: AdminOptions['config'], id: number): { id: number; name: string } {
  return { id, name: statuses.find((status) => status.id === id)?.name ?? '' };
}
