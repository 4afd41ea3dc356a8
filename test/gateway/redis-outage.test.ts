/** Redis dies and comes back: what was asked is answered or rejected in time, and pushes find their way again. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Author, Push, Store } from '../../gateway/store/store.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis.ts';

const limits = {
  logEntries: 1e4,
  logAge: 1e9,
  logBytes: 1e6,
  waiting: 500,
  unconfirmed: 5_000,
  friendships: 100,
  devices: 32,
  absence: 0,
};
const alice: Author = { user: 'alice', session: 'gw.1', generation: 1 };

describe('an outage of redis', { timeout: 30_000 }, () => {
  let server: RedisServer;
  let store: Store;

  beforeEach(async () => {
    server = await startRedis({ args: ['--appendfsync', 'always'] });
    store = await openRedisStore({ url: server.url, limits, answerTimeout: 2_000, patience: 2_500 });
    await store.addAccount({ name: 'Alice', pass: 'p', op: '1' });
    await store.openSession(alice, { transport: 'tcp', address: '::1', since: 1 });
  });

  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it('keeps what was answered, and tells that pushes may have been lost', async () => {
    const pushes: Push[] = [];
    await store.subscribe('alice', (push) => pushes.push(push));
    const isBack = new Promise<void>((resolve) => store.onPushGap(resolve));
    const calls: Promise<unknown>[] = [];
    for (let op = 1; op <= 50; op += 1) calls.push(store.send(alice, { to: 'Alice', text: `${op}`, op, settled: [] }));
    await calls[0];
    await server.kill9();
    for (let i = 0; i < 10; i += 1) calls.push(store.readAccount('alice'));
    const outcomes = Promise.allSettled(calls);
    await server.restart();
    await isBack;
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') assert.match((outcome.reason as Error).message, /^redis 127.0.0.1:\d+: /);
    }
    const answered = (await outcomes).slice(0, 50).filter(({ status }) => status === 'fulfilled').length;
    const { head, entries } = await store.readLog('alice', 0);
    assert.ok(answered >= 1 && head >= answered && head <= 50, `${answered} were answered, ${head} are there`);
    assert.deepEqual(
      entries.map((entry) => 'text' in entry && entry.text),
      Array.from({ length: head }, (_, i) => `${i + 1}`),
    );
    pushes.length = 0;
    await store.send(alice, { to: 'Alice', text: 'again', op: 51, settled: [] });
    await store.probe();
    assert.equal(pushes.length, 1);
  });

  it('rejects all calls in bounded time', async () => {
    await server.kill9();
    const began = Date.now();
    await assert.rejects(store.readAccount('alice'), /^Error: redis 127.0.0.1:\d+: /);
    await assert.rejects(store.probe(), /redis/);
    await assert.rejects(
      store.subscribe('bob', () => undefined),
      /^Error: redis 127.0.0.1:\d+: /,
    );
    assert.ok(Date.now() - began < 9_000);
    await server.restart();
    await assert.doesNotReject(store.readAccount('alice').catch(() => store.readAccount('alice')));
  });

  it('refuses messages when Redis is full, and still ends sessions and lets go of what was kept', async () => {
    const { place } = (await store.send(alice, { to: 'Bob', text: '', op: 1, settled: [] })) as { place: string };
    const redis = new Redis(server.url);
    await redis.config('SET', 'maxmemory', 1);
    await assert.rejects(store.send(alice, { to: 'Bob', text: '', op: 2, settled: [] }), /: OOM /);
    await assert.rejects(store.probe(), /: OOM /);
    await store.settle('alice', [{ to: 'bob', n: 1 }]);
    await store.confirm('alice', place);
    assert.equal(await store.endSessions('alice', 'gw.1'), true);
    assert.equal(await store.changeAccount('alice', { banned: true }), true);
    await store.closeSessions('alice', ['gw.1']);
    assert.ok((await store.beat('gw')).living.has('gw'));
    assert.equal(await store.removeAccount('alice'), true);
    redis.disconnect();
  });

  it('finds a push channel that has gone deaf on a connection that looks alive', async () => {
    const proxy = await startProxy(server.port);
    const through = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}`, limits });
    const pushes: Push[] = [];
    await through.subscribe('alice', (push) => pushes.push(push));
    proxy.silenceSubscribers();
    const isBack = new Promise<void>((resolve) => through.onPushGap(resolve));
    await assert.rejects(through.probe(), /^Error: the push channel of redis did not answer within 2 s$/);
    await isBack;
    await store.send(alice, { to: 'Alice', text: '', op: 1, settled: [] });
    await through.probe();
    assert.equal(pushes.length, 1);
    await through.close();
    proxy.stop();
  });
});

/** Passes bytes on to a port, until what comes back to the connections that subscribed so far is dropped. */
async function startProxy(port: number) {
  const subscribers = new Set<Socket>();
  const silent = new Set<Socket>();
  const server = createServer((client) => {
    const redis = createConnection(port, '127.0.0.1');
    redis.on('error', () => client.destroy());
    client.on('error', () => redis.destroy());
    client.on('close', () => redis.destroy());
    redis.on('close', () => client.destroy());
    client.on('data', (data) => {
      if (/ssubscribe/i.test(data.toString())) subscribers.add(client);
      redis.write(data);
    });
    redis.on('data', (data) => silent.has(client) || client.write(data));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silenceSubscribers: () => subscribers.forEach((client) => silent.add(client)),
    stop: () => void server.close(),
  };
}
