/** Draining: who is moved when, what a client sees of it, and how long the listeners take new ones. */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../gateway/config.ts';
import { Drain } from '../../gateway/drain.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer } from '../../gateway/server.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, connectWebSocket } from '../transcripts/client.ts';
import { PASS, send } from './listening.ts';

const PATIENCE = 10_000;

/** Sessions that are gone as soon as they are told, and when that was, in ms since the beginning. */
function createStage(count: number, { time = 8_000, isWatched = false } = {}) {
  const clock = createManualClock();
  const begun = clock.now();
  const open = new Set<{ isServedOn: boolean; move(within: number): void }>();
  const closed = new Map<string, number>();
  const join = (name: string, isServedOn = false): void => {
    const session = {
      isServedOn,
      move(within: number) {
        assert.equal(within, time - (clock.now() - begun), 'what is left of the time');
        closed.set(name, clock.now() - begun);
        open.delete(session);
      },
    };
    open.add(session);
  };
  for (let index = 0; index < count; index++) join(`early${index}`);
  const sessions = {
    all: () => open,
    get size() {
      return open.size;
    },
  };
  const drain = new Drain({ clock, time, sessions, isWatched: () => isWatched });
  let endedAt: number | undefined;
  const run = (): void => void drain.run().then(() => (endedAt = clock.now() - begun));
  const advance = async (ms: number): Promise<void> => {
    for (let step = 0; step < ms; step += 20) {
      clock.advance(20);
      await Promise.resolve();
    }
  };
  return { drain, run, advance, join, closed, leave: () => open.clear(), endedAt: () => endedAt };
}

describe('the time to drain', () => {
  test('each session has its own moment, evenly, after a balancer has noticed and before the end', async () => {
    const { run, advance, closed, endedAt } = createStage(10, { isWatched: true });
    run();
    await advance(8_000);
    assert.deepEqual(
      [...closed.keys()],
      Array.from({ length: 10 }, (_, index) => `early${index}`),
      'oldest first',
    );
    const moments = [...closed.values()];
    assert.ok(moments[0]! >= 2_000 && moments.at(-1)! <= 7_000, String(moments));
    const gaps = moments.slice(1).map((moment, index) => moment - moments[index]!);
    for (const gap of gaps) assert.ok(Math.abs(gap - 500) <= 20, String(gaps));
    assert.equal(endedAt(), 8_000);
  });

  test('a thousand sessions: never more than their share at once', async () => {
    const { run, advance, closed } = createStage(1_000, { isWatched: true });
    run();
    await advance(8_000);
    const counts = new Map<number, number>();
    for (const moment of closed.values()) counts.set(moment, (counts.get(moment) ?? 0) + 1);
    assert.equal(closed.size, 1_000);
    assert.ok(Math.max(...counts.values()) <= 5, 'of 5 s each 20 ms has four');
  });

  test('who connects meanwhile is left alone until the last part, and is moved before the end', async () => {
    const { run, advance, join, closed } = createStage(4, { isWatched: true });
    run();
    for (let second = 0; second < 6; second++) {
      await advance(1_000);
      join(`late${second}`);
    }
    await advance(2_000);
    const late = [...closed].filter(([name]) => name.startsWith('late')).map(([, moment]) => moment);
    assert.equal(late.length, 6);
    assert.ok(Math.min(...late) >= 7_000 && Math.max(...late) < 8_000, String(late));
    assert.equal(new Set(late).size, 6, 'each at its own moment');
  });

  test('who is served on until it has moved has half of the time for it, also who connects meanwhile', async () => {
    const { run, advance, join, closed } = createStage(4, { isWatched: true });
    for (let index = 0; index < 4; index++) join(`asked${index}`, true);
    run();
    await advance(1_000);
    join('late', true);
    await advance(7_000);
    const moments = (name: string): number[] =>
      [...closed].filter(([each]) => each.startsWith(name)).map(([, moment]) => moment);
    assert.ok(Math.min(...moments('asked')) >= 2_000 && Math.max(...moments('asked')) <= 4_000, `${moments('asked')}`);
    assert.ok(Math.min(...moments('late')) >= 4_000 && Math.max(...moments('late')) <= 5_000, `${moments('late')}`);
    assert.ok(Math.max(...moments('early')) > 5_000, 'others are closed over the whole time');
  });

  test('with nobody there it is over at once, unless somebody asks for readiness', async () => {
    const alone = createStage(0);
    await alone.drain.run();
    const balanced = createStage(0, { isWatched: true });
    balanced.run();
    await balanced.advance(7_980);
    assert.equal(balanced.endedAt(), undefined);
    await balanced.advance(20);
    assert.equal(balanced.endedAt(), 8_000);
  });

  test('when the last one has gone it is over', async () => {
    const { run, advance, leave, endedAt } = createStage(3);
    run();
    await advance(1_000);
    leave();
    await advance(20);
    assert.equal(endedAt(), 1_020);
  });

  test('it can be skipped, before and after it has begun, and 0 is no time', async () => {
    const begun = createStage(3);
    begun.run();
    await begun.advance(100);
    assert.equal(begun.endedAt(), undefined);
    begun.drain.skip();
    await begun.drain.run();
    await begun.advance(20);
    assert.equal(begun.endedAt(), 100);
    assert.equal(begun.closed.size, 0, 'what is left is for the end');
    const early = createStage(3);
    assert.equal(early.drain.isDraining, false);
    early.drain.skip();
    assert.equal(early.drain.isDraining, true);
    await early.drain.run();
    const none = createStage(3, { time: 0 });
    await none.drain.run();
    assert.equal(none.drain.isDraining, true);
  });
});

async function startGateway(context: TestContext) {
  const config = { ...readConfig({ PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent' }), tcpPort: 0 };
  const clock = createManualClock();
  const store = createMemoryStore({ clock, limits: config.limits.store });
  const options = { config, store, clock, logger: createLogger(config), adminToken: 'a-token-for-tests' };
  const gateway = await startServer(options);
  const { http, tcp } = gateway.ports;
  // Connections linger by the clock.
  const close = async (): Promise<void> => {
    const moving = setInterval(() => clock.advance(500), 5);
    await gateway.close().finally(() => clearInterval(moving));
  };
  context.after(async () => {
    await close();
    await store.close();
  });
  return { gateway, clock, close, url: `http://127.0.0.1:${http}`, tcp: { host: '127.0.0.1', port: tcp! } };
}

describe('a gateway that drains', () => {
  test('is unready at once, says so on connections that a proxy keeps, and still takes and serves clients', async (context) => {
    const { gateway, clock, url, tcp, close } = await startGateway(context);
    assert.equal((await send(`${url}/readyz`)).status, 200);
    const drained = gateway.drain();
    clock.advance(1_000);
    const answer = await send(`${url}/readyz`);
    assert.deepEqual([answer.status, answer.json], [503, { status: 'unready', why: 'the gateway is stopping' }]);
    assert.equal((await send(`${url}/api/settings`)).headers.connection, 'close');
    const late = [await connectTcp(tcp), await connectWebSocket(`${url.replace('http', 'ws')}/ims`)];
    for (const client of late) {
      await client.send(Buffer.from('<ALIVE/>'));
      assert.equal(await client.inbox.next(PATIENCE), '<ALIVE/>');
    }
    clock.advance(7_000);
    await drained;
    for (const { inbox } of late) assert.match((await inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/);
    for (const { inbox } of late) assert.equal(await inbox.waitForEnd(PATIENCE), true);
    assert.equal(late[1]!.inbox.ending?.code, 1012);
    const last = await connectTcp(tcp);
    await close();
    assert.match((await last.inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/, 'until the listeners close');
    await assert.rejects(connectTcp(tcp), { code: 'ECONNREFUSED' });
  });

  test('answers what a session had sent before it is moved', async (context) => {
    const { gateway, clock, url, tcp } = await startGateway(context);
    const addAccount = createRegistration(url);
    for (const name of ['alice', 'bob']) await addAccount(name, PASS);
    const alice = await connectTcp(tcp);
    await alice.send(Buffer.from(`<LOGIN user="alice" pass="${PASS}"/>`));
    for (const name of ['user', 'result'])
      assert.match((await alice.inbox.next(PATIENCE)) ?? '', new RegExp(`<LOGIN.*${name}=`));
    const sent = Array.from({ length: 100 }, (_, index) => `<MESSAGE from="alice" to="bob">${index}</MESSAGE>`);
    await alice.send(Buffer.from(sent.join('')));
    // The first answer shows that the gateway has begun with them.
    assert.equal(await alice.inbox.next(PATIENCE), sent[0]);
    const drained = gateway.drain();
    clock.advance(5_000);
    assert.equal(await alice.inbox.next(PATIENCE), '<MESSAGE result="-1"/>');
    for (const message of sent.slice(1)) {
      assert.equal(await alice.inbox.next(PATIENCE), message);
      assert.equal(await alice.inbox.next(PATIENCE), '<MESSAGE result="-1"/>');
    }
    assert.match((await alice.inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/);
    assert.equal(await alice.inbox.waitForEnd(PATIENCE), true);
    // Nobody asked for readiness, and nobody is left: it is over before its time.
    const moving = setInterval(() => clock.advance(20), 5);
    await Promise.race([drained, sleep(PATIENCE, undefined, { ref: false }).then(() => assert.fail('still draining'))]);
    clearInterval(moving);
    assert.ok(clock.now() < Date.UTC(2030, 0, 1) + 7_500);
  });
});
