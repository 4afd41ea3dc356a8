/** An admin listener on the memory store, with users and sessions to administer. */

import type { TestContext } from 'node:test';
import { createAdmin, type GatewayControl, type WorkersState } from '../../gateway/admin/listener.ts';
import { createServices } from '../../gateway/create-services.ts';
import type { SessionInfo, Store, UserKey } from '../../gateway/store/store.ts';
import { createParts, listen, PASS, TOKEN } from './listening.ts';

type Parts = ReturnType<typeof createParts> & { workers?: WorkersState; living?: readonly string[] };

/** A listener of the incarnation `here`, which lives beside `there`; `dead` is not among the living. */
export async function startAdmin(context: TestContext, change: Partial<Parts> = {}, env: NodeJS.ProcessEnv = {}) {
  const parts: Parts = { ...createParts(env), ...change };
  const { store, clock } = parts;
  const startedAt = clock.now();
  const gateway: GatewayControl = {
    status: async () => ({
      incarnation: 'here',
      startedAt,
      living: new Set(parts.living ?? ['there', 'here']),
      users: 2,
      sessions: 3,
      mended: { sent: 0, received: 1, friendships: 0 },
    }),
    removeUser: (user) => store.removeAccount(user),
    readMetrics: async () => [],
    ...(parts.workers && { readWorkers: async () => parts.workers! }),
  };
  const url = await listen(context, createAdmin({ ...parts, token: TOKEN, gateway }));
  return { parts, url };
}

/** An account with the pass {@link PASS}; gives its key. */
export async function addUser({ store, passwords }: Parts, name: string): Promise<UserKey> {
  await store.addAccount({ name, pass: await passwords.hash(PASS), op: name });
  return name.toLowerCase();
}

/** A session as a gateway would open it. */
export async function openSession(
  store: Store,
  user: UserKey,
  session: string,
  info: Partial<SessionInfo> = {},
): Promise<void> {
  const account = await store.readAccount(user);
  const author = { user, session, generation: account!.generation };
  await store.openSession(author, { transport: 'tcp', address: '10.0.0.1', since: Date.UTC(2030, 0, 1), ...info });
}

/** A message from one user to another, who keeps it waiting. */
export async function sendMessage(store: Store, from: string, to: string, op: number): Promise<void> {
  const user = from.toLowerCase();
  const session = `here.${from}`;
  const { generation } = (await store.readAccount(user))!;
  if (op === 1) await openSession(store, user, session);
  const sent = await store.send({ user, session, generation }, { to, text: 'hello', op, settled: [] });
  if (sent.outcome !== 'appended') throw new Error(sent.outcome);
  await store.receive(to.toLowerCase(), { ...sent, from, text: 'hello' });
}

/** Two users become friends; none has a session afterwards. */
export async function makeFriends(store: Store, a: string, b: string): Promise<void> {
  const { friendships } = createServices({ ...createParts({}), store });
  for (const [type, from, to] of [
    ['add', a, b],
    ['accept', b, a],
  ] as const) {
    const author = { user: from.toLowerCase(), session: `here.${from}`, generation: 0 };
    author.generation = (await store.readAccount(author.user))!.generation;
    await openSession(store, author.user, author.session);
    if (!(await friendships.change(author, from, type, to.toLowerCase()))) throw new Error(`${type} refused`);
    await store.closeSessions(author.user, [author.session]);
  }
}
