/** A failover loses the end of what one user has: it is noticed, counted, and brought back from the others' copies. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { systemClock } from '../../gateway/clock.ts';
import { createServices } from '../../gateway/create-services.ts';
import { SERVERS } from '../../gateway/store/keys.ts';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Author, OpenedSession, Store } from '../../gateway/store/store.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';
import { createParts } from './listening.ts';

/** What is in Redis under a user's or a pair's keys, to be put back as a replica has it that is behind. */
async function remember(redis: Redis, tag: string): Promise<() => Promise<void>> {
  const read = async () => {
    const keys = await redis.keys(`ims:1:{${tag}}:*`);
    return Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
  };
  const copies = await read();
  return async () => {
    for (const [key] of await read()) await redis.del(key);
    for (const [key, copy] of copies) await redis.restore(key, 0, copy);
  };
}

describe('after a failover that lost a tail', { timeout: 30_000 }, () => {
  let server: RedisServer;
  let redis: Redis;
  let store: Store;
  let services: ReturnType<typeof createServices>;
  const authors: Record<string, Author> = {};
  let op = 0;

  before(async () => {
    server = await startRedis({ appendonly: false });
    redis = new Redis(server.url);
  });

  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    await redis.flushall();
    const { config, logger } = createParts();
    store = await openRedisStore({ url: server.url, limits: config.limits.store });
    services = createServices({ config, store, clock: systemClock, logger });
    for (const name of ['Alice', 'Bob']) {
      await store.addAccount({ name, pass: 'p', op: name });
      await open(name.toLowerCase());
    }
    services.healing.noteFailover(0);
  });

  afterEach(() => store.close());

  async function open(user: string): Promise<OpenedSession> {
    const author = { user, session: `gw.${(op += 1)}`, generation: 1 };
    authors[user] = author;
    const opened = await store.openSession(author, { transport: 'tcp', address: '::1', since: 1 });
    assert.ok(opened.outcome === 'opened');
    return opened;
  }

  const nameOf = (user: string): string => user[0]!.toUpperCase() + user.slice(1);

  async function send(from: string, to: string, text: string): Promise<void> {
    const sent = await services.messaging.send({ ...authors[from]!, name: nameOf(from) }, to, text, (op += 1));
    assert.equal(sent.outcome, 'stored');
  }

  /** Numbers and texts of the messages of one direction in a user's log, by number. */
  async function list(user: string, kind: 'in' | 'out'): Promise<string[]> {
    const { entries } = await store.readLog(user, 0);
    const messages = entries.flatMap((entry) => (entry.kind === kind ? [entry] : []));
    return messages.sort((a, b) => a.n - b.n).map(({ n, text }) => `${n} ${text}`);
  }

  /** The store has failed over, and all users that log in now are compared. */
  async function compare(...users: string[]): Promise<void> {
    await services.messaging.settleAll();
    await redis.hset(SERVERS, 'failover', Date.now());
    const { failoverAt } = await store.beat('gw');
    services.healing.noteFailover(failoverAt);
    for (const user of users) {
      assert.equal((await open(user)).isDoubtful, true);
      services.healing.compare(user);
    }
    for (const user of users) while ((await open(user)).isDoubtful) await sleep(10);
  }

  it('a sender: the next message gets a free number, and the log gets back what it lost', async () => {
    await send('alice', 'bob', 'one');
    const rollBack = await remember(redis, 'alice');
    await send('alice', 'bob', 'two');
    await send('alice', 'bob', 'three');
    await rollBack();
    await send('alice', 'bob', 'four');
    const all = ['1 one', '2 two', '3 three', '4 four'];
    assert.deepEqual(await list('bob', 'in'), all);
    assert.deepEqual(await list('alice', 'out'), all);
    assert.equal(services.mending.mended.sent, 2);
    await send('alice', 'bob', 'five');
    assert.deepEqual(await list('bob', 'in'), [...all, '5 five']);
  });

  it('a sender of two gateways at once', async () => {
    const rollBack = await remember(redis, 'alice');
    for (const text of ['a', 'b', 'c']) await send('alice', 'bob', text);
    await rollBack();
    const texts = Array.from({ length: 8 }, (_, i) => `new ${i}`);
    const other = createServices({ ...createParts(), store, clock: systemClock });
    const first = authors['alice']!;
    await open('alice');
    await Promise.all(
      texts.map((text, i) =>
        i % 2 === 0
          ? services.messaging.send({ ...first, name: 'Alice' }, 'bob', text, 1_000 + i)
          : other.messaging.send({ ...authors['alice']!, name: 'Alice' }, 'bob', text, 1_000 + i),
      ),
    ).catch((error: unknown) => assert.match((error as Error).message, /op \d+ after op/));
    const received = await list('bob', 'in');
    assert.deepEqual(received.slice(0, 3), ['1 a', '2 b', '3 c']);
    await services.messaging.settleAll();
    await other.messaging.settleAll();
    assert.deepEqual(await list('alice', 'out'), received);
    assert.equal(new Set(received.map((line) => line.replace(/^\d+ /, ''))).size, received.length);
  });

  it('both, while a message is on its way: numbers that are given again are not taken for those of before', async () => {
    await send('alice', 'bob', 'one');
    await services.messaging.settleAll();
    const rollBacks = [await remember(redis, 'alice'), await remember(redis, 'bob')];
    for (const text of ['two', 'three']) await send('alice', 'bob', text);
    const onItsWay = await store.send(authors['alice']!, { to: 'Bob', text: 'four', op: (op += 1), settled: [] });
    assert.ok(onItsWay.outcome === 'appended');
    for (const rollBack of rollBacks) await rollBack();
    await services.messaging.carryOn('alice', 'Alice', [{ ...onItsWay, to: 'Bob', text: 'four' }]);
    for (const text of ['five', 'six', 'seven', 'eight']) await send('alice', 'bob', text);
    const all = ['1 one', '2 five', '3 six', '4 seven', '5 eight'];
    assert.deepEqual([await list('bob', 'in'), await list('alice', 'out')], [all, all]);
  });

  it('a sender whose copy is lost before the receiver has the message: it is sent again', async () => {
    const first = authors['alice']!;
    await open('alice');
    const rollBack = await remember(redis, 'alice');
    const receive = store.receive;
    let isFirst = true;
    Object.assign(store, {
      receive: async (...request: Parameters<Store['receive']>) => {
        if (isFirst) {
          isFirst = false;
          await rollBack();
          await send('alice', 'bob', 'meanwhile');
        }
        return receive(...request);
      },
    });
    const sent = await services.messaging.send({ ...first, name: 'Alice' }, 'bob', 'lost', 1);
    assert.equal(sent.outcome, 'stored');
    assert.deepEqual(await list('bob', 'in'), ['1 meanwhile', '2 lost']);
    assert.deepEqual(await list('alice', 'out'), ['1 meanwhile', '2 lost']);
  });

  it('a sender who writes no more: noticed at the next login', async () => {
    const rollBack = await remember(redis, 'alice');
    await send('alice', 'bob', 'one');
    await rollBack();
    await compare('alice', 'bob');
    assert.deepEqual(await list('alice', 'out'), ['1 one']);
    assert.equal(services.mending.mended.sent, 1);
  });

  it('a receiver: what was answered is there again, and counted', async () => {
    await send('alice', 'bob', 'one');
    const rollBack = await remember(redis, 'bob');
    await send('alice', 'bob', 'two');
    await send('alice', 'bob', 'three');
    await rollBack();
    await compare('bob');
    assert.deepEqual(await list('bob', 'in'), ['1 one', '2 two', '3 three']);
    assert.equal(services.mending.mended.received, 2);
    await send('bob', 'alice', 'back');
    assert.deepEqual(await list('alice', 'in'), ['1 back']);
  });

  it('a receiver: what was refused is not brought', async () => {
    const { config, logger } = createParts({ WAITING_MESSAGES: '1' });
    await store.closeSessions('bob', [authors['bob']!.session]);
    const strict = await openRedisStore({ url: server.url, limits: { ...config.limits.store, waiting: 1 } });
    services = createServices({ config, store: strict, clock: systemClock, logger });
    services.healing.noteFailover(0);
    const rollBack = await remember(redis, 'bob');
    await send('alice', 'bob', 'one');
    const second = await services.messaging.send({ ...authors['alice']!, name: 'Alice' }, 'bob', 'two', (op += 1));
    assert.equal(second.outcome === 'refused' && second.reason, 'full');
    await rollBack();
    await compare('bob', 'alice');
    assert.deepEqual(await list('bob', 'in'), ['1 one']);
    await strict.close();
  });

  it('a friendship: the copies bring back the record, the record the copies', async () => {
    const rollBackPair = await remember(redis, 'alice<>bob');
    const rollBackBob = await remember(redis, 'bob');
    for (const [from, type, to] of [
      ['alice', 'add', 'bob'],
      ['bob', 'accept', 'alice'],
    ] as const)
      assert.equal(await services.friendships.change(authors[from]!, nameOf(from), type, to), true);
    for (const rollBack of [rollBackPair, rollBackBob]) {
      await rollBack();
      await compare('alice');
      assert.equal((await store.readFriendship('alice', 'bob')).areFriends, true);
      const [copy] = await store.listFriendships('bob');
      assert.deepEqual([copy?.state, copy?.isOpen], ['friends', false]);
    }
    assert.ok(services.mending.mended.friendships >= 2);
  });
});
