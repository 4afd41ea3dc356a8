/** Three gateways behind a balancer, restarted one after the other, while version 2 clients chat through it. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHaproxy, type HaproxyServer } from '../helpers/haproxy.ts';
import { findPort } from '../helpers/ports.ts';
import { createRandom, type Random } from '../helpers/random.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { passOf } from './classic-client.ts';
import { Device } from './device.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { History } from './history.ts';
import { isAllShown, judge } from './screen-check.ts';
import { SocketLog } from './socket-log.ts';

const GATEWAYS = 3;
const PAIRS = 100;
/** Milliseconds between two messages of a client: from, and how many more at most. */
const PAUSE = [500, 1000] as const;
/** Messages that wait for their answer from which on a client waits: a slow machine is not to be made slower. */
const MOST_WAITING = 3;
/** Milliseconds between two looks at a screen. */
const FRAME = 400;
/** Messages that are answered before the first restart, and after each. */
const BETWEEN = 300;
/** Milliseconds in which a balancer must find a gateway that has started. */
const FOUND_WITHIN = 15_000;
/** Milliseconds in which all are let in, or all messages are where they belong. */
const PATIENCE = 60_000;

export interface RollingReport {
  /** Empty when nothing was lost, doubled or out of order. */
  readonly wrong: readonly string[];
  /** Who was without an open connection on which it was logged in, and for how long; empty when nobody was. */
  readonly gaps: readonly string[];
  /** Devices that never changed their connection. */
  readonly unmoved: readonly string[];
  readonly counts: string;
}

export class RollingRestart {
  readonly history = new History();
  readonly sockets = new SocketLog();
  readonly #redis: RedisServer;
  readonly #gateways: GatewayProcess[];
  readonly #balancer: HaproxyServer;
  readonly #random: Random;
  readonly #devices: readonly Device[];
  #isStopped = false;
  #chats: Promise<unknown> = Promise.resolve();

  private constructor(redis: RedisServer, gateways: GatewayProcess[], balancer: HaproxyServer, random: Random) {
    this.#redis = redis;
    this.#gateways = gateways;
    this.#balancer = balancer;
    this.#random = random;
    const { history, sockets } = this;
    this.#devices = Array.from({ length: 2 * PAIRS }, (_, index) => {
      // Of each pair one comes over TCP.
      const where = () => (index % 2 === 0 ? balancer.tcp : { url: balancer.ws });
      return new Device(`chatter${index}`, index % 2 === 0 ? 'tcp' : 'ws', {
        history,
        sockets,
        random,
        where,
        frame: FRAME,
      });
    });
  }

  /** Resolves when all are logged in, and chat. */
  static async start(seed: number): Promise<RollingRestart> {
    const redis = await startRedis();
    const gateways: GatewayProcess[] = [];
    let balancer: HaproxyServer | undefined;
    try {
      for (let i = 0; i < GATEWAYS; i++) {
        // Not one of the system's choice: a connection of a client could have it when the next gateway wants it.
        gateways.push(await startGatewayProcess({ ...settingsOf(redis), PORT: String(await findPort()) }));
      }
      balancer = await startHaproxy(gateways);
      const rolling = new RollingRestart(redis, gateways, balancer, createRandom(seed));
      await rolling.#gather();
      return rolling;
    } catch (error) {
      await balancer?.stop();
      await Promise.all(gateways.map((gateway) => gateway.kill9()));
      await redis.stop();
      throw error;
    }
  }

  /** Each gateway in turn: SIGTERM, its end, the next one in its place. */
  async restartAll(): Promise<void> {
    await this.#goOn();
    for (const [index, gateway] of this.#gateways.entries()) {
      assert.equal(await gateway.stop(), 0);
      const ports = { PORT: new URL(gateway.http).port, TCP_PORT: String(gateway.tcp.port) };
      this.#gateways[index] = await startGatewayProcess({ ...settingsOf(this.#redis), ...ports });
      await this.#waitUntilFound(`web/gateway${index + 1}`);
      await this.#goOn();
    }
  }

  /** Nobody writes any more, and all has time to come. */
  async finish(): Promise<RollingReport> {
    this.#isStopped = true;
    await this.#chats;
    await this.#until(() => isAllShown(this.history, this.#devices));
    await sleep(50);
    const { sockets } = this;
    const gaps = sockets.findGaps().map(({ owner, from, to }) => {
      const length = to === undefined ? 'to the end' : `for ${(to - from).toFixed(1)} ms`;
      return `${owner} had no connection ${length}: ${sockets.tell(owner, from)}`;
    });
    const unmoved = this.#devices.filter(({ name }) => sockets.countLetIn(name) < 2).map(({ name }) => name);
    const { wrong, counts } = judge(this.history, this.#devices);
    const moves = `${sockets.describe()}; ${sockets.describeOverlaps()}; ${describeSlowest(this.history)}`;
    return { wrong, gaps, unmoved, counts: `${counts}; ${moves}` };
  }

  /** Ends everything, whatever became of it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#chats.catch(() => undefined);
    for (const device of this.#devices) if (device.isOn) await device.losePower();
    await this.#balancer.stop();
    await Promise.all(this.#gateways.map((gateway) => gateway.kill9()));
    await this.#redis.stop();
  }

  async #gather(): Promise<void> {
    // Each gateway hashes one password at a time.
    await Promise.all(
      this.#gateways.map(async ({ http }, at) => {
        const addAccount = createRegistration(http);
        const users = this.#devices.map(({ user }) => user).filter((_, index) => index % GATEWAYS === at);
        for (const user of users) await addAccount(user, passOf(user));
      }),
    );
    for (const device of this.#devices) device.turnOn();
    const isIn = await this.#until(() => this.#devices.every(({ isSettled }) => isSettled));
    assert.ok(isIn, `all log in: ${this.sockets.describe()}`);
    this.#chats = Promise.all(this.#devices.map((device, index) => this.#chat(device, this.#devices[index ^ 1]!)));
  }

  async #chat(device: Device, { user }: Device): Promise<void> {
    const [least, more] = PAUSE;
    while (!this.#isStopped) {
      if (device.waiting <= MOST_WAITING) device.send(user);
      if (this.#random.chance(0.1)) device.read(user);
      await sleep(least + this.#random.int(more));
    }
  }

  async #goOn(): Promise<void> {
    const goal = this.history.count('ok') + BETWEEN;
    const isSo = await this.#until(() => this.history.count('ok') >= goal);
    assert.ok(isSo, `messages are answered: ${this.sockets.describe()}`);
  }

  /** Until the balancer does not hold this server for down any more. */
  async #waitUntilFound(server: string): Promise<void> {
    const isDown = (): boolean => {
      const { log } = this.#balancer;
      return log.lastIndexOf(`${server} is DOWN`) > log.lastIndexOf(`${server} is UP`);
    };
    const isFound = await this.#until(() => !isDown(), FOUND_WITHIN);
    assert.ok(isFound, `the balancer does not find ${server}: ${this.#balancer.log.slice(-2_000)}`);
  }

  async #until(isSo: () => boolean, patience = PATIENCE): Promise<boolean> {
    for (const deadline = Date.now() + patience; !isSo();) {
      if (Date.now() > deadline) return false;
      await sleep(50);
    }
    return true;
  }
}

/** How slow the slowest answers were, as a measure of how busy everything was. */
function describeSlowest({ operations }: History): string {
  const times = operations.flatMap(({ invoked, answered }) => (answered ? [answered.time - invoked.time] : []));
  const sorted = times.sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? 0;
  return `answers took ${middle.toFixed(0)} ms in the middle, ${(sorted.at(-1) ?? 0).toFixed(0)} ms at most`;
}

/** What HAProxy says of its clients is believed. The time to drain is the default. */
function settingsOf({ url }: RedisServer): NodeJS.ProcessEnv {
  return { REDIS_URL: url, TRUSTED_PROXIES: 'loopback' };
}
