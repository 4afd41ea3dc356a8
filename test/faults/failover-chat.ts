/** Pairs of classic users at two gateways who chat without end, and some who only listen, while the store fails over. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistration } from '../transcripts/admin.ts';
import { createCast } from '../transcripts/cast.ts';
import { logIn, passOf, type Addresses, type ClassicClient } from './classic-client.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { History } from './history.ts';

/** Talkers talk with their neighbour. In a cluster the masters take turns: neighbours lie on different ones. */
const TALKERS = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay'];
/** Connected, and silent but for ALIVE. Two on each master, one at each gateway. */
const LISTENERS = ['gil', 'hal', 'ida', 'jim', 'kim', 'lou'];

/** Milliseconds after which nobody may be deaf. */
const DEAF_FOR_AT_MOST = 5_000;
/** Milliseconds between a talker's answer and the next message. */
const PAUSE = 40;
/** Milliseconds between the listeners' ALIVEs; the gateway's patience is 15 s. */
const KEEP_ALIVE = 3_000;
/** Milliseconds in which a message arrives where nobody is deaf, on a machine that has other things to do. */
const PROMPT = 3_000;

/** How often each failover is tried, e.g. ROUNDS=20 before a release. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
/** For a test, in milliseconds. */
export const LIMIT = { timeout: ROUNDS * 60_000 };

export interface Failover {
  /** Resolves when another server has the place. */
  strike(chat: FailoverChat): Promise<void>;
  /** What was lost is there again. */
  comeBack?(): Promise<void>;
}

/** Two on one store, which tell what troubles them. */
export function startTwoGateways(storeUrl: string): Promise<GatewayProcess[]> {
  return Promise.all([1, 2].map(() => startGatewayProcess({ REDIS_URL: storeUrl, LOG_LEVEL: 'warn' })));
}

/** Users chat while it strikes, and after: nobody stays deaf, nobody is sent away, nothing that was answered is lost. */
export async function chatThrough(
  context: TestContext,
  gateways: readonly GatewayProcess[],
  { strike, comeBack }: Failover,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const chat = new FailoverChat(gateways);
    try {
      await chat.start();
      // The next test needs all servers, whatever became of this one.
      await strike(chat)
        .then(() => chat.expectNobodyDeaf())
        .finally(() => comeBack?.());
      await chat.goOn();
      const wrong = await chat.finish();
      assert.deepEqual(wrong.slice(0, 20), []);
      assert.equal(chat.history.count('fail'), 0);
      assert.equal(chat.lostSessions, 0, 'the gateways keep connections while the store is away');
    } catch (error) {
      for (const { log } of gateways) context.diagnostic(`a gateway's last words:\n${log.slice(-4_000)}`);
      throw error;
    } finally {
      context.diagnostic(chat.describe());
      await chat.abandon();
    }
  }
}

export class FailoverChat {
  readonly history = new History();
  /** Sessions that ended although their user did not want it. */
  lostSessions = 0;
  readonly #gateways: readonly Addresses[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #clients = new Map<string, ClassicClient>();
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  /** Fresh users. The gateways serve the same store. */
  constructor(gateways: readonly Addresses[]) {
    this.#gateways = gateways;
    const roles = [...TALKERS, ...LISTENERS];
    const cast = createCast(roles, 'apart');
    this.#names = new Map(roles.map((role) => [role, cast.name(role)]));
  }

  get talkers(): readonly string[] {
    return TALKERS.map((role) => this.#nameOf(role));
  }

  get users(): readonly string[] {
    return [...this.#names.values()];
  }

  /** Makes the accounts, and resolves when all are logged in and chat. */
  async start(): Promise<void> {
    const addAccount = createRegistration(this.#gateways[0]!.http);
    for (const user of this.users) await addAccount(user, passOf(user));
    await Promise.all(this.users.map((user) => this.#enter(user)));
    this.#running = Promise.all([
      ...TALKERS.map((role) => this.#talk(role)),
      ...LISTENERS.map((role) => this.#listen(role)),
    ]);
    // A failure is told by `finish`.
    this.#running.catch(() => undefined);
    await this.goOn();
  }

  /**
   * From now on everybody must soon be reached: talkers, who speak all the time, and then listeners, whom nobody spoke
   * to before. Throws with the names of those who are deaf.
   */
  async expectNobodyDeaf(): Promise<void> {
    const { lines } = this.history;
    const recovered = lines.length;
    await sleep(DEAF_FOR_AT_MOST);
    const deaf = this.talkers.filter((user) => this.#countReceived(user, recovered) === 0);
    assert.deepEqual(deaf, [], 'talkers who received nothing in 5 s after the failover');
    const speaker = this.#clients.get(this.talkers[0]!)!;
    const greeted = await Promise.all(
      LISTENERS.map(async (role) => ({ user: this.#nameOf(role), sent: await speaker.send(this.#nameOf(role)) })),
    );
    const hasHeard = ({ user, sent }: (typeof greeted)[number]): boolean =>
      lines.some(({ type, session, value }) => type === 'receive' && session.user === user && value === sent.text);
    await this.#until('listeners to hear', () => greeted.every(hasHeard), PROMPT).catch(() => undefined);
    const silent = greeted.filter((greeting) => !hasHeard(greeting)).map(({ user, sent }) => `${user}: ${sent.state}`);
    assert.deepEqual(silent, [], 'listeners who received nothing 5 s after the failover');
  }

  /** Resolves when all talkers have received some more, sent from now on. */
  async goOn(): Promise<void> {
    const { length } = this.history.lines;
    await this.#until(
      'all to chat',
      () => this.talkers.every((user) => this.#countReceived(user, length) >= 10),
      15_000,
    );
  }

  /** Ends the chat; all log out, come back for what waits, and log out. Gives what must not be. */
  async finish(): Promise<readonly string[]> {
    this.#isStopped = true;
    await this.#running;
    for (const client of this.#clients.values()) {
      if (!client.isOver) await client.logOut();
    }
    for (const user of this.users) {
      const client = await logIn(this.history, user, this.#gatewayOf(user));
      await client.drain();
      await client.logOut();
    }
    return this.history.check();
  }

  /** Ends what is left of a chat that went wrong. */
  async abandon(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#clients.values()].map((client) => client.drop()));
    await this.#running.catch(() => undefined);
  }

  describe(): string {
    const { history, lostSessions } = this;
    const counts = ['ok', 'unknown', 'fail'].map((state) => `${history.count(state as 'ok')} ${state}`);
    return `messages: ${counts.join(', ')}; ${history.countRepeats()} came again; ${lostSessions} sessions lost`;
  }

  #nameOf(role: string): string {
    return this.#names.get(role)!;
  }

  /** Neighbours are at different gateways. */
  #gatewayOf(user: string): Addresses {
    return this.#gateways[this.users.indexOf(user) % this.#gateways.length]!;
  }

  async #enter(user: string): Promise<void> {
    // Two by TCP, two as WebSockets, two by TCP …: each pair and each gateway has both.
    const transport = this.users.indexOf(user) % 4 < 2 ? 'tcp' : 'websocket';
    this.#clients.set(user, await logIn(this.history, user, this.#gatewayOf(user), { transport }));
  }

  /** The user's connection, a new one where it was lost. */
  async #clientOf(user: string): Promise<ClassicClient> {
    if (this.#clients.get(user)!.isOver) {
      this.lostSessions += 1;
      await this.#enter(user);
    }
    return this.#clients.get(user)!;
  }

  async #talk(role: string): Promise<void> {
    const neighbour = TALKERS[TALKERS.indexOf(role) ^ 1]!;
    while (!this.#isStopped) {
      const client = await this.#clientOf(this.#nameOf(role));
      await client.send(this.#nameOf(neighbour));
      await sleep(PAUSE);
    }
  }

  async #listen(role: string): Promise<void> {
    let next = 0;
    while (!this.#isStopped) {
      const client = await this.#clientOf(this.#nameOf(role));
      if (performance.now() >= next) {
        await client.alive();
        next = performance.now() + KEEP_ALIVE;
      }
      await sleep(PAUSE);
    }
  }

  /** Messages that the user received and that were sent since then. */
  #countReceived(user: string, since: number): number {
    const { lines, operations } = this.history;
    const fresh = new Set(operations.filter(({ invoked }) => invoked.index >= since).map(({ text }) => text));
    const received = lines.slice(since).filter(({ type, session }) => type === 'receive' && session.user === user);
    return received.filter(({ value }) => fresh.has(value)).length;
  }

  async #until(what: string, isSo: () => boolean, patience: number): Promise<void> {
    const deadline = Date.now() + patience;
    while (!isSo()) {
      assert.ok(Date.now() < deadline, `waited ${patience / 1000} s in vain for ${what}: ${this.describe()}`);
      await sleep(20);
    }
  }
}
