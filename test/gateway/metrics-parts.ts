/** Gateways whose metrics are read, for tests: one whose store and clock can be changed, or two that share a store. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Clock } from '../../gateway/clock.ts';
import { readConfig, type Config } from '../../gateway/config.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer } from '../../gateway/server.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import type { Store } from '../../gateway/store/store.ts';
import { startGateways } from '../helpers/gateway.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, type Client } from '../transcripts/client.ts';
import { PASS, TOKEN } from './listening.ts';

/** Milliseconds for an answer on a busy machine. */
export const PATIENCE = 15_000;
/** Sends documents, each after the answer to the one before: the echo, and a response. */
export async function say(client: Client, ...documents: string[]): Promise<string | undefined> {
  let answer: string | undefined;
  for (const document of documents) {
    await client.send(Buffer.from(document));
    assert.equal(await client.inbox.next(PATIENCE), document);
    answer = await client.inbox.next(PATIENCE);
  }
  return answer;
}

export const login = (user: string, pass = PASS): string => `<LOGIN user="${user}" pass="${pass}"/>`;
export const message = (from: string, to: string): string => `<MESSAGE from="${from}" to="${to}">hello</MESSAGE>`;

/** A server whose store does some things otherwise. */
export async function startAt(
  context: TestContext,
  clock: Clock,
  change: (real: Store) => Partial<Store> = () => ({}),
  { env = {}, limits = {} }: { env?: NodeJS.ProcessEnv; limits?: Partial<Config['limits']> } = {},
) {
  const read = readConfig({ PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN: TOKEN, ...env });
  const config = { ...read, tcpPort: 0, limits: { ...read.limits, ...limits } };
  const real: Store = createMemoryStore({ clock, limits: config.limits.store });
  const changed = change(real);
  const store = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(changed, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const logger = createLogger({ logLevel: 'silent' }, { write: () => undefined });
  const server = await startServer({ config, store, clock, logger, adminToken: TOKEN });
  context.after(() => server.close());
  const { http, tcp, admin } = server.ports;
  const connect = async (): Promise<Client> => {
    const client = await connectTcp({ host: '127.0.0.1', port: tcp! });
    context.after(() => client.drop());
    return client;
  };
  return {
    server,
    connect,
    read: () => readMetrics(`http://127.0.0.1:${admin}`, TOKEN),
    async logIn(user: string): Promise<Client> {
      await createRegistration(`http://127.0.0.1:${http}`)(user, PASS);
      const client = await connect();
      assert.equal(await say(client, login(user)), `<LOGIN user="${user}" result="1"/>`);
      return client;
    },
  };
}

export async function startTwo(context: TestContext, settings: NodeJS.ProcessEnv = {}) {
  const { gateways, stop } = await startGateways(2, { settings });
  context.after(stop);
  const [one, two] = gateways.map((gateway) => ({
    ...gateway,
    read: () => readMetrics(gateway.admin.url, gateway.admin.token),
    async connect() {
      const client = await connectTcp(gateway.tcp);
      context.after(() => client.drop());
      return client;
    },
  }));
  const add = createRegistration(one!.http);
  await Promise.all(['alice', 'bob'].map((user) => add(user, PASS)));
  return { one: one!, two: two! };
}
