/** An outage of the store in the log and in the status: told once, not once for each session; and how sessions end. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { GatewayStatus } from '../../gateway/admin/answers.ts';
import { createLogger, quietenOutages } from '../../gateway/log.ts';
import { PushWatch } from '../../gateway/push-watch.ts';
import type { Store } from '../../gateway/store/store.ts';
import { startGateway } from '../helpers/gateway.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { waitFor } from '../helpers/redis-control.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, type Client } from '../transcripts/client.ts';
import { PASS } from './listening.ts';
import { login, message, say } from './metrics-parts.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: any;
}
const [DEBUG, INFO, WARN, ERROR] = [20, 30, 40, 50];

/** A gateway whose store can go away; `lines` is what it logs. */
async function start(context: TestContext) {
  const lines: Line[] = [];
  const log = (line: string): void => void lines.push(JSON.parse(line));
  const gateway = await startGateway({ isClockManual: true, settings: { LOG_LEVEL: 'debug' }, log });
  context.after(() => gateway.stop());
  const { store } = gateway;
  const lost = ['probe', 'send', 'confirm', 'closeSessions', 'leaveSession', 'unsubscribe'] as const;
  const real = lost.map((name) => [name, store[name]] as const);
  return {
    gateway,
    lines,
    find: (msg: string) => lines.filter((line) => line.msg === msg),
    clock: gateway.clock!,
    register: createRegistration(gateway.http),
    connect: () => connectTcp(gateway.tcp),
    goAway: () => {
      for (const name of lost) Object.assign(store, { [name]: () => Promise.reject(new Error('redis: gone')) });
    },
    comeBack: () => Object.assign(store, Object.fromEntries(real)),
    async readStatus() {
      const headers = { Authorization: `Bearer ${gateway.admin.token}` };
      return (await (await fetch(`${gateway.admin.url}/status`, { headers })).json()) as GatewayStatus;
    },
  };
}

const found = (what: string, find: () => unknown): Promise<unknown> => waitFor(what, async () => find());

test('one line when the store goes away and one when it is back, however many sessions fail', async (context) => {
  const { clock, find, lines, ...stage } = await start(context);
  const clients: Client[] = [];
  for (let i = 0; i < 12; i += 1) {
    await stage.register(`user${i}`, PASS);
    clients.push(await stage.connect());
    await say(clients[i]!, login(`user${i}`));
  }
  assert.equal((await stage.readStatus()).storeAwaySince, null);
  stage.goAway();
  const since = clock.now();
  for (const [i, client] of clients.entries()) await client.send(Buffer.from(message(`user${i}`, 'user0')));
  await found('failures of all sessions', () => find('a document could not be answered').length === 12);
  clock.advance(20_000);
  await found('a probe more', () => find('the store still does not answer').length > 0);
  const [away, ...more] = find('the store does not answer');
  assert.deepEqual([away?.level, away?.store, away?.why], [ERROR, stage.gateway.store.description, 'redis: gone']);
  assert.equal(more.length, 0);
  for (const line of find('a document could not be answered')) {
    assert.deepEqual([line.level, line.why, line.err], [DEBUG, 'redis: gone', undefined]);
  }
  assert.deepEqual(
    lines.filter(({ level }) => level > INFO).map(({ msg }) => msg),
    ['the store does not answer'],
  );
  assert.equal((await stage.readStatus()).storeAwaySince, new Date(since).toISOString());

  stage.comeBack();
  clock.advance(5_000);
  await found('the end of it', () => find('the store answers again').length === 1);
  const [back] = find('the store answers again');
  assert.deepEqual([back!.level, back!.seconds], [WARN, 25]);
  assert.equal((await stage.readStatus()).storeAwaySince, null);
  assert.deepEqual(
    find('session ended').map(({ why }) => why),
    clients.map(() => 'unavailable'),
  );
});

test('what fails while the store answers is told in full, and so is a bug while it does not', async () => {
  const lines: Line[] = [];
  const loud = createLogger({ logLevel: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) });
  let probe = (): Promise<void> => Promise.resolve();
  const store = { description: 'a store', probe: () => probe() } as Store;
  const watch = new PushWatch(store, createManualClock(), loud);
  const logger = quietenOutages(loud, watch);
  watch.start();
  logger.warn({ err: new Error('one'), user: 'alice' }, 'it failed');
  await found('the line', () => lines.length === 1);
  assert.deepEqual([lines[0]!.err.message, lines[0]!.user, lines[0]!.level], ['one', 'alice', WARN]);
  assert.match(lines[0]!.err.stack, /outage-log/);
  probe = () => Promise.reject(new Error('gone'));
  await watch.check();
  logger.error({ err: new Error('two') }, 'it failed');
  logger.error({ err: new TypeError('three') }, 'it failed');
  logger.warn({ gateway: 'x' }, 'a gateway died');
  logger.info('hello');
  assert.deepEqual(
    lines.slice(1).map(({ msg, err }) => [msg, err?.message]),
    [
      ['the store does not answer', undefined],
      ['it failed', 'three'],
      ['a gateway died', undefined],
      ['hello', undefined],
    ],
  );
  watch.stop();
});

test('a session that ends says why; a refused login names the address, and no password', async (context) => {
  const { find, lines, register, connect } = await start(context);
  await register('Alice', PASS);
  const client = await connect();
  const wrong = 'f'.repeat(32);
  await say(client, login('x'.repeat(99), wrong), login('Alice', wrong), login('Alice'), '<LOGOUT user="Alice"/>');
  await found('the end', () => find('session ended').length > 0);
  assert.deepEqual(
    find('a login was refused').map(({ level, name, address }) => [level, name, address]),
    [
      [INFO, 'x'.repeat(32), '127.0.0.1'],
      [INFO, 'Alice', '127.0.0.1'],
    ],
  );
  const [begin] = find('logged in');
  const [end, ...others] = find('session ended');
  assert.deepEqual([end!.level, end!.user, end!.session, end!.why], [INFO, 'alice', begin!.session, 'logout']);
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(wrong));

  const stranger = await connect();
  await stranger.send(Buffer.from('<nonsense'));
  stranger.drop();
  const leaver = await connect();
  await say(leaver, login('Alice'));
  leaver.drop();
  await found('the second end', () => find('session ended').length === 2);
  assert.deepEqual([others.length, find('session ended')[1]!.why], [0, 'left']);
});
