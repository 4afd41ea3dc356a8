/** Three gateways on one Redis behind the shipped HAProxy, and people who come through it and nowhere else. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, startGatewayProcess, type GatewayProcess } from '../faults/gateway-process.ts';
import { startHaproxy, type HaproxyServer } from '../helpers/haproxy.ts';
import { findPorts } from '../helpers/ports.ts';
import { startRedis } from '../helpers/redis.ts';
import { createAdmin, createRegistration, type Admin } from '../transcripts/admin.ts';
import { connectTcp, connectWebSocket, type Client } from '../transcripts/client.ts';

export const PATIENCE = 10_000;
/** HAProxy counts a connection until both sides have ended it, so the first may meet uneven gateways. */
const MOST_TRIES = 12;
export const TRANSPORTS = ['tcp', 'websocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A user's session, as the admin listener tells it. */
export interface SessionLine {
  readonly session: string;
  readonly transport: Transport;
  readonly address: string;
}

export interface Person {
  readonly name: string;
  readonly client: Client;
}

export interface ThreeGateways {
  readonly gateways: GatewayProcess[];
  readonly haproxy: HaproxyServer;
  /** The administrator at one of the gateways. */
  adminAt(index: number): Admin;
  /** A killed one comes back at its old ports. */
  restart(index: number): Promise<void>;
  /** Makes an account, through HAProxy, and comes in. */
  enter(name: string, transport: Transport, localAddress?: string): Promise<Person>;
  /** Comes in again; gives what LOGIN answered. */
  logIn(name: string, transport: Transport, localAddress?: string): Promise<{ client: Client; answer: string }>;
  passOf(name: string): string;
  /** The user's sessions, as any living gateway knows them. */
  readSessions(name: string): Promise<readonly SessionLine[]>;
  /** How many messages wait for the user. */
  countWaiting(name: string): Promise<number>;
  /** Which gateway holds the user's only session. */
  findGateway(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts all of it; what was started is stopped when something fails. */
export async function startThree(): Promise<ThreeGateways> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const ports = await findPorts(6);
    const start = (index: number): Promise<GatewayProcess> =>
      startGatewayProcess({
        REDIS_URL: redis.url,
        PORT: String(ports[index]),
        TCP_PORT: String(ports[index + 3]),
        // HAProxy's own, and not those of the clients.
        TRUSTED_PROXIES: '127.0.0.1',
        LOG_LEVEL: 'info',
      });
    const gateways: GatewayProcess[] = [];
    // Not in order: that would take DRAIN_SECONDS.
    stops.push(() => Promise.all(gateways.map((gateway) => gateway.kill9())));
    for (const index of [0, 1, 2]) gateways.push(await start(index));
    const haproxy = await startHaproxy(gateways);
    stops.push(() => haproxy.stop());
    return {
      ...createPeople(gateways, haproxy),
      restart: async (index) => void (gateways[index] = await start(index)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createPeople(gateways: GatewayProcess[], haproxy: HaproxyServer): Omit<ThreeGateways, 'restart' | 'stop'> {
  const addAccount = createRegistration(haproxy.http);
  const { ws } = haproxy;

  async function logIn(name: string, transport: Transport, localAddress = '127.0.0.1') {
    const tcp = { ...haproxy.tcp, localAddress };
    const client = await (transport === 'tcp' ? connectTcp(tcp) : connectWebSocket(ws, true, { localAddress }));
    return { client, answer: await ask(client, `<LOGIN user="${name}" pass="${passOf(name)}"/>`) };
  }

  async function enter(name: string, transport: Transport, localAddress?: string): Promise<Person> {
    await addAccount(name, passOf(name));
    const { client, answer } = await logIn(name, transport, localAddress);
    assert.equal(answer, `<LOGIN user="${name}" result="1"/>`);
    return { name, client };
  }

  /** By any living gateway: all tell the same. */
  async function readUser(name: string): Promise<{ sessions: readonly SessionLine[]; waiting: number }> {
    const living = gateways.find(({ isRunning }) => isRunning)!;
    return (await askAdmin(living, `/user?name=${name}`)) as { sessions: SessionLine[]; waiting: number };
  }

  const readSessions = async (name: string): Promise<readonly SessionLine[]> => (await readUser(name)).sessions;
  const countWaiting = async (name: string): Promise<number> => (await readUser(name)).waiting;

  async function findGateway(name: string): Promise<number> {
    let sessions: readonly SessionLine[] = [];
    // A gateway that has just started is known to the others at their next heartbeat.
    await until(`${name} has one session`, async () => (sessions = await readSessions(name)).length === 1);
    const incarnation = sessions[0]!.session.split('.')[0];
    for (const [index, gateway] of gateways.entries()) {
      if (!gateway.isRunning) continue;
      const status = (await askAdmin(gateway, '/status')) as { incarnation: string };
      if (status.incarnation === incarnation) return index;
    }
    throw new Error(`${name} is at none of the gateways`);
  }

  const adminAt = (index: number): Admin => createAdmin({ url: gateways[index]!.admin, token: ADMIN_TOKEN });
  return { gateways, haproxy, adminAt, enter, logIn, passOf, readSessions, countWaiting, findGateway };
}

async function askAdmin({ admin }: GatewayProcess, path: string): Promise<unknown> {
  const response = await fetch(`${admin}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  assert.equal(response.status, 200, path);
  return response.json();
}

/** Waits for a condition; fails with these words when it does not come within `patience` milliseconds. */
export async function until(words: string, isSo: () => boolean | Promise<boolean>, patience = PATIENCE): Promise<void> {
  for (const deadline = Date.now() + patience; !(await isSo()); await sleep(50)) {
    assert.ok(Date.now() < deadline, `not within ${patience} ms: ${words}`);
  }
}

function passOf(name: string): string {
  return createHash('md5').update(`the password of ${name}`).digest('hex');
}

/** Sends a document and gives its answer, which must follow the echo with nothing in between. */
export async function ask(client: Client, document: string): Promise<string> {
  await client.send(Buffer.from(document));
  assert.equal(await client.inbox.next(PATIENCE), document, client.inbox.describe());
  const answer = await client.inbox.next(PATIENCE);
  assert.ok(answer !== undefined, `no answer to ${document}: ${client.inbox.describe()}`);
  return answer;
}

/** One person at each gateway, in the order of the gateways. Without stickiness a few are enough to find them. */
export async function enterApart(three: ThreeGateways, prefix: string, transport: Transport): Promise<Person[]> {
  const people: Person[] = [];
  for (let count = 0; count < MOST_TRIES && Object.keys(people).length < 3; count++) {
    const person = await three.enter(`${prefix}${count}`, transport);
    // Whoever is one too many stays: HAProxy prefers the others then.
    people[await three.findGateway(person.name)] ??= person;
  }
  assert.equal(Object.keys(people).length, 3, `${MOST_TRIES} people are at ${Object.keys(people)} only`);
  return people;
}

export async function expectNext({ name, client }: Person, document: string): Promise<void> {
  assert.equal(await client.inbox.next(PATIENCE), document, `${name}: ${client.inbox.describe()}`);
}

/** Sends a message; gives its result. */
export async function say({ name, client }: Person, to: string, text: string): Promise<string | undefined> {
  const answer = await ask(client, `<MESSAGE from="${name}" to="${to}">${text}</MESSAGE>`);
  return /^<MESSAGE result="(-?\d)"\/>$/.exec(answer)?.[1];
}

/** One invites, the other accepts. */
export async function befriend(one: Person, other: Person): Promise<void> {
  const added = await ask(one.client, `<FRIEND user="${one.name}" type="add" friend="${other.name}"/>`);
  assert.equal(added, '<FRIEND type="add" result="1"/>');
  await expectNext(other, `<FRIEND type="invite" to="${other.name}" from="${one.name}"/>`);
  const accepted = await ask(other.client, `<FRIEND user="${other.name}" type="accept" other="${one.name}"/>`);
  assert.equal(accepted, '<FRIEND type="accept" result="1"/>');
}

/** The status that a friend is shown with. */
export async function readStatus({ name, client }: Person, friend: string): Promise<string | undefined> {
  const friends = await ask(client, `<FRIEND user="${name}" type="request"/>`);
  return new RegExp(`<USER status="(-?\\d+)">${friend}</USER>`).exec(friends)?.[1];
}
