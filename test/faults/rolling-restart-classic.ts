/** Three gateways behind a balancer are restarted in turn, while 200 classic clients chat: nothing lost, order kept (`npm run rolling`). */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHaproxy, type HaproxyServer } from '../helpers/haproxy.ts';
import { findPort } from '../helpers/ports.ts';
import { createRandom } from '../helpers/random.ts';
import { startRedis } from '../helpers/redis.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { Chatter, Encounters } from './chatter.ts';
import { passOf } from './classic-client.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { History } from './history.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_123);
const GATEWAYS = 3;
const PAIRS = 100;
/** Milliseconds. */
const LIMIT = { timeout: 240_000 };
/** Messages that are sent before the first restart, and after each. */
const BETWEEN = 1_000;
/** Milliseconds in which a balancer must find a gateway that has started. */
const FOUND_WITHIN = 15_000;

test(`a rolling restart (seed ${SEED})`, LIMIT, async (context) => {
  const redis = await startRedis();
  const gateways: GatewayProcess[] = [];
  const chatters: Chatter[] = [];
  let chats: Promise<void>[] = [];
  let balancer: HaproxyServer | undefined;
  try {
    // What HAProxy says of its clients is believed. The time to drain is the default.
    const settings = { REDIS_URL: redis.url, TRUSTED_PROXIES: 'loopback' };
    for (let i = 0; i < GATEWAYS; i++) {
      // Not one of the system's choice: a connection of a client could have it when the next gateway wants it.
      gateways.push(await startGatewayProcess({ ...settings, PORT: String(await findPort()) }));
    }
    balancer = await startHaproxy(gateways);
    const history = new History();
    const encounters = new Encounters();
    chatters.push(
      ...(await gather(gateways, { history, encounters, addresses: balancer, random: createRandom(SEED) })),
    );
    chats = chatters.map((chatter) => chatter.chat());
    await waitForMessages(history);
    for (let i = 0; i < GATEWAYS; i++) {
      gateways[i] = await restart(gateways[i]!, settings);
      await waitUntilFound(balancer, `web/gateway${i + 1}`);
      await waitForMessages(history);
    }
    for (const chatter of chatters) chatter.stop();
    await Promise.all(chats);
    const moved = encounters.absences.length;
    await takeAll(chatters);
    judge(context, history, encounters, moved);
  } finally {
    await Promise.all(chatters.map((chatter) => chatter.drop()));
    await Promise.allSettled(chats);
    await balancer?.stop();
    await Promise.all(gateways.map((gateway) => gateway.kill9()));
    await redis.stop();
  }
});

/** Accounts for all, and all logged in. Each gateway hashes one password at a time. */
async function gather(
  gateways: readonly GatewayProcess[],
  options: ConstructorParameters<typeof Chatter>[2],
): Promise<Chatter[]> {
  const users = Array.from({ length: 2 * PAIRS }, (_, index) => `chatter${index}`);
  await Promise.all(
    gateways.map(async ({ http }, at) => {
      const addAccount = createRegistration(http);
      for (const user of users.filter((_, index) => index % gateways.length === at)) {
        await addAccount(user, passOf(user));
      }
    }),
  );
  // The last digit says who comes over TCP: of each pair one does.
  const chatters = users.map((user, index) => new Chatter(user, users[index ^ 1]!, options));
  await Promise.all(chatters.map((chatter) => chatter.connect()));
  return chatters;
}

/** As an operator would: SIGTERM, wait for its end, start the next one in its place. */
async function restart(gateway: GatewayProcess, settings: NodeJS.ProcessEnv): Promise<GatewayProcess> {
  assert.equal(await gateway.stop(), 0);
  return startGatewayProcess({
    ...settings,
    PORT: new URL(gateway.http).port,
    TCP_PORT: String(gateway.tcp.port),
  });
}

/** Until the balancer does not hold this server for down any more. */
async function waitUntilFound(balancer: HaproxyServer, server: string): Promise<void> {
  const deadline = Date.now() + FOUND_WITHIN;
  const isDown = (): boolean =>
    balancer.log.lastIndexOf(`${server} is DOWN`) > balancer.log.lastIndexOf(`${server} is UP`);
  while (isDown()) {
    if (Date.now() > deadline) throw new Error(`the balancer does not find ${server}: ${balancer.log.slice(-2_000)}`);
    await sleep(50);
  }
}

async function waitForMessages(history: History): Promise<void> {
  const goal = history.operations.length + BETWEEN;
  while (history.operations.length < goal) await sleep(50);
}

/** All end in order, come once more for what waits, and end. */
async function takeAll(chatters: readonly Chatter[]): Promise<void> {
  await Promise.all(chatters.map((chatter) => chatter.logOut()));
  await Promise.all(chatters.map((chatter) => chatter.connect()));
  await Promise.all(chatters.map((chatter) => chatter.logOut()));
}

function judge(context: TestContext, history: History, encounters: Encounters, moved: number): void {
  const answered = history.count('ok');
  context.diagnostic(history.describe());
  context.diagnostic(encounters.describe());
  assert.deepEqual(history.check().slice(0, 10), []);
  assert.equal(history.count('fail'), 0);
  // What a gateway has taken, it finishes: its client is told.
  assert.deepEqual(
    history.listTaken().map(({ text }) => text),
    [],
  );
  // Who is moved finds room elsewhere.
  const { errors, answers } = encounters;
  assert.deepEqual([new Set(errors), answers], [new Set(['restarting']), []]);
  assert.ok(answered >= (GATEWAYS + 1) * BETWEEN - 2 * PAIRS, `${answered} answered`);
  assert.ok(moved >= 2 * PAIRS, `${moved} moved: all gateways were restarted`);
}
