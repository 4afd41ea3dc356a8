/** Two gateways on one Redis, and the same device or the same sender at both at once: each message once, in one order. */

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../helpers/random.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { passOf } from './classic-client.ts';
import { Device } from './device.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { History } from './history.ts';
import { Racer, type Tally } from './race.ts';
import { isAllShown, judge } from './screen-check.ts';
import { SocketLog } from './socket-log.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_129);
/** Messages that are sent on two connections at once. */
const RACES = Number(process.env['RACES'] ?? 2_000);
/** Devices that race at the same time, each with a receiver of its own. */
const RACERS = 8;
/** Messages of each of two devices that write at once. */
const MESSAGES = 2_000;
/** Milliseconds between two looks at a screen with thousands of messages. */
const FRAME = 500;
/** Milliseconds. */
const LIMIT = { timeout: 120_000 + RACES * 10 };
const PATIENCE = 60_000;

describe('races at two gateways', () => {
  let redis: RedisServer;
  let gateways: GatewayProcess[];

  before(async () => {
    redis = await startRedis();
    const settings = { REDIS_URL: redis.url, WAITING_MESSAGES: '5000' };
    gateways = [await startGatewayProcess(settings), await startGatewayProcess(settings)];
  });
  after(async () => {
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
    await redis?.stop();
  });

  /** Devices with screens, by user and gateway, logged in. */
  async function enter(history: History, places: readonly (readonly [user: string, gateway: number])[]) {
    const users = new Set(places.map(([user]) => user));
    const addAccount = createRegistration(gateways[0]!.http);
    for (const user of users) await addAccount(user, passOf(user));
    const [random, sockets] = [createRandom(SEED), new SocketLog()];
    const devices = places.map(([user, at]) => {
      const where = () => gateways[at]!.tcp;
      return new Device(user, `at${at}`, { history, sockets, random, where, frame: FRAME });
    });
    for (const device of devices) device.turnOn();
    await waitUntil(() => devices.every(({ isSettled }) => isSettled));
    return devices;
  }

  /** What was sent stands on all screens, once, in one order; a new device of each user finds it so in the log. */
  async function expectWhole(context: TestContext, history: History, devices: readonly Device[]): Promise<void> {
    await waitUntil(() => isAllShown(history, devices));
    const random = createRandom(SEED);
    const users = [...new Set(devices.map(({ user }) => user))];
    const fresh = users.map((user, at) => {
      const where = () => gateways[at % 2]!.tcp;
      return new Device(user, 'new', { history, sockets: new SocketLog(), random, where, frame: FRAME, isNew: true });
    });
    for (const device of fresh) device.turnOn();
    await waitUntil(() => fresh.every(({ isSettled }) => isSettled));
    await Promise.all(fresh.map((device) => device.loadAll()));
    const all = [...devices, ...fresh];
    await waitUntil(() => isAllShown(history, all));
    const { wrong, counts } = judge(history, all);
    context.diagnostic(counts);
    for (const device of all) await device.losePower();
    assert.deepEqual(wrong.slice(0, 20), []);
  }

  test(`the same message of the same device on both (seed ${SEED})`, LIMIT, async (context) => {
    const history = new History();
    const pairs = Array.from({ length: RACERS }, (_, index) => [`racer${index}`, `goal${index}`] as const);
    // A second device of the sender watches what becomes of it.
    const devices = await enter(
      history,
      pairs.flatMap(([user, to], index) => [[user, index % 2] as const, [to, (index >> 1) % 2] as const]),
    );
    const tally: Tally = { races: 0, first: { older: 0, newer: 0, replaced: 0 }, wrong: [] };
    const addresses = gateways.map(({ tcp }) => tcp);
    const racers = pairs.map(([user, to], index) => {
      return new Racer(user, to, { history, random: createRandom(SEED + index), gateways: addresses, tally });
    });
    await Promise.all(racers.map((racer) => racer.run(RACES / RACERS)));
    const { older, newer, replaced } = tally.first;
    context.diagnostic(`${tally.races} races: older first ${older}, newer first ${newer}, older replaced ${replaced}`);
    assert.deepEqual(tally.wrong.slice(0, 20), []);
    assert.equal(tally.races, RACES);
    assert.ok(Math.min(older, newer, replaced) > 0, 'either can be first, and the older one too late');
    await expectWhole(context, history, devices);
  });

  test('two devices of one sender, to one receiver with two devices, all at both', LIMIT, async (context) => {
    const history = new History();
    const devices = await enter(history, [
      ['sender', 0],
      ['sender', 1],
      ['receiver', 0],
      ['receiver', 1],
    ]);
    for (const device of devices.slice(0, 2)) for (let i = 0; i < MESSAGES; i++) device.send('receiver');
    await expectWhole(context, history, devices);
  });
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; !isSo() && Date.now() < deadline;) await sleep(50);
}
