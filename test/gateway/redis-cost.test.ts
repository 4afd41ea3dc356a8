/** What Redis is asked for each message, login, friend list and minute of an idle session: it must not grow unnoticed. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ask, converse, openTcp, type Wire } from '../bench/load.ts';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Backend } from '../helpers/backend.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';

const PASS = '0'.repeat(32);
/** Two of version 2. */
const DEVICES = ['ned', 'lea'];
/** The names of all others; the first one is friends with all others. */
const USERS = ['amy', ...Array.from({ length: 10 }, (_, i) => `friend${i}`)];

/** What was asked: by the gateway, by its scripts inside Redis, and what was pushed. */
interface Cost {
  readonly commands: number;
  readonly inside: number;
  readonly pushes: number;
}

describe('what Redis is asked', { timeout: 60_000 }, () => {
  let server: RedisServer;
  let gateway: TestGateway;
  let redis: Redis;
  let monitor: Redis;
  const wires = new Map<string, Wire>();
  let seen: { source: string; args: string[] }[] = [];

  before(async () => {
    server = await startRedis({ appendonly: false });
    const { url } = server;
    // Heartbeats, probes and rounds come by the clock, so only when it is moved.
    const backend: Backend = {
      openStore: ({ limits }) => openRedisStore({ url, limits, aliveFor: 3_600_000 }),
      stop: async () => undefined,
    };
    gateway = await startGateway({ store: backend, isClockManual: true });
    redis = new Redis(url);
    monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, args: string[], source: string) => seen.push({ source, args }));
    for (const name of [...USERS, ...DEVICES]) {
      await fetch(`${gateway.http}/api/accounts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: name, pass: PASS }),
      });
    }
  });

  after(async () => {
    for (const wire of wires.values()) wire.close();
    monitor.disconnect();
    redis.disconnect();
    await gateway.stop();
    await server.stop();
  });

  async function logIn(name: string): Promise<void> {
    const wire = await openTcp(gateway.tcp);
    wires.set(name, wire);
    await ask(wire, `<LOGIN user="${name}" pass="${PASS}"/>`, `<LOGIN user="${name}" result="1"`);
    // What a login tidies up comes after its answer.
    await sleep(50);
  }

  async function logInDevice(name: string): Promise<void> {
    const wire = await openTcp(gateway.tcp);
    wires.set(name, wire);
    await ask(wire, `<LOGIN user="${name}" pass="${PASS}" version="2" device="${name}"/>`, '<FRIENDS');
    await sleep(50);
  }

  /** What `act` costs, once all that it set off has been seen. */
  async function measure(act: () => Promise<void>): Promise<Cost> {
    seen = [];
    await act();
    const end = `end ${Math.random()}`;
    await redis.echo(end);
    while (!seen.some(({ args }) => args[1] === end)) await sleep(5);
    const asked = seen
      .filter(({ args }) => args[1] !== end)
      .map(({ source, args }) => ({ source, name: args[0]!.toLowerCase() }));
    return {
      commands: asked.filter(({ source }) => source !== 'lua').length,
      inside: asked.filter(({ source, name }) => source === 'lua' && name !== 'spublish').length,
      pushes: asked.filter(({ name }) => name === 'spublish').length,
    };
  }

  async function passSecond(): Promise<void> {
    gateway.clock!.advance(1_000);
    await sleep(50);
  }

  async function passMinute(): Promise<void> {
    for (let second = 0; second < 60; second += 1) {
      for (const wire of wires.values()) await ask(wire, '<ALIVE user="x"/>', '<ALIVE');
      gateway.clock!.advance(1_000);
      await sleep(5);
    }
  }

  it('a login', async () => {
    await logIn('amy');
    wires.get('amy')!.close();
    await sleep(50);
    // The account is read, the channel listened to; the session is entered in the index and opened.
    assertCost(await measure(() => logIn('amy')), { commands: 4, inside: 5, pushes: 0 });
  });

  it('a message', async () => {
    await logIn('friend0');
    const [sender, receiver] = [wires.get('amy')!, wires.get('friend0')!];
    const pair = { from: 'amy', to: 'friend0', sender, receiver };
    await converse(pair, 1);
    // Until after a heartbeat.
    for (let second = 0; second < 3; second += 1) await passSecond();
    const { commands, inside, pushes } = await measure(() => converse(pair, 100));
    // The sender's copy with what became of the last one, and the receiver's.
    assertCost(
      { commands: commands / 100, inside: inside / 100, pushes: pushes / 100 },
      { commands: 2, inside: 12.1, pushes: 2 },
    );
    // What became of the last one, where no next one follows.
    assertCost(await measure(passSecond), { commands: 1, inside: 4, pushes: 0 });
  });

  it('a login of version 2', async () => {
    await logInDevice('ned');
    wires.get('ned')!.close();
    await sleep(50);
    const cost = await measure(() => logInDevice('ned'));
    // As above; inside also the device, read and written, and the ends of the log.
    assertCost(cost, { commands: 4, inside: 9, pushes: 0 });
  });

  it('a message of version 2', async () => {
    await logInDevice('lea');
    const [sender, receiver] = [wires.get('ned')!, wires.get('lea')!];
    const converse2 = async (first: number, last: number): Promise<void> => {
      for (let id = first; id <= last; id += 1) {
        let isMarked: () => void;
        const marked = new Promise<void>((resolve) => (isMarked = resolve));
        receiver.onDocument = (document) => {
          const at = / at="([^"]+)"/.exec(document)?.[1];
          if (at !== undefined) receiver.send(`<ACK at="${at}"/>`);
        };
        sender.onDocument = (document) => {
          if (document.startsWith('<MARK')) isMarked();
        };
        sender.send(`<MESSAGE id="${id}" from="ned" to="lea">A message</MESSAGE>`);
        await marked;
      }
    };
    await converse2(1, 2);
    const { commands, inside, pushes } = await measure(() => converse2(3, 102));
    // The copies as above, the sender's with its answer; the receiver's receipt, the sender's mark, and that it was told. A
    // probe of the gateway's may come between.
    assertCost(
      { commands: commands / 100, inside: inside / 100, pushes: pushes / 100 },
      { commands: 5.1, inside: 26.5, pushes: 3.1 },
    );
  });

  it('a friend list', async () => {
    for (const friend of USERS.slice(1)) {
      if (!wires.has(friend)) await logIn(friend);
      await ask(
        wires.get(friend)!,
        `<FRIEND type="add" user="${friend}" friend="amy"/>`,
        '<FRIEND type="add" result="1"',
      );
      await ask(
        wires.get('amy')!,
        `<FRIEND type="accept" user="amy" other="${friend}"/>`,
        '<FRIEND type="accept" result="1"',
      );
    }
    // What follows from all that, and a heartbeat.
    for (let second = 0; second < 3; second += 1) await passSecond();
    const cost = await measure(() => ask(wires.get('amy')!, '<FRIEND type="request" user="amy"/>', '<FRIENDS'));
    // The own list, and one for each of ten friends: the account, and whether the asking user is blocked.
    assertCost(cost, { commands: 11, inside: 20, pushes: 0 });
  });

  it('a minute of idle sessions', async () => {
    await passMinute();
    const cost = await measure(passMinute);
    const sessions = USERS.length + DEVICES.length;
    // Of the gateway: a heartbeat every 3 s, a probe every 5 s, one look at the index, or two where a slow machine begins a
    // round late. One look for each user.
    assertCost(cost, { commands: 20 + 12 + 2 + sessions, inside: 20 * 6 + 12 + 2 * sessions, pushes: 12 });
  });
});

function assertCost(cost: Cost, most: Cost): void {
  for (const name of ['commands', 'inside', 'pushes'] as const) {
    assert.ok(cost[name] <= most[name], `${cost[name]} ${name}, and not ${most[name]}: ${JSON.stringify(cost)}`);
  }
}
