/** What the contract cannot ask of a store without a clock: since when somebody is there in Redis, and bytes of entries of both versions. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { userKeys } from '../../gateway/store/keys.ts';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Author, Store, StoreLimits } from '../../gateway/store/store.ts';
import { INFO, WIDE_LIMITS } from '../contract/store-stage.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';

/** Milliseconds. */
const ABSENCE = 400;

let server: RedisServer;
before(async () => {
  server = await startRedis({ appendonly: false });
});
after(() => server.stop());

async function open(limits: Partial<StoreLimits>, user: string): Promise<{ store: Store; author: Author }> {
  const store = await openRedisStore({ url: server.url, limits: { ...WIDE_LIMITS, ...limits } });
  await store.addAccount({ name: user, pass: 'p', op: user });
  return { store, author: { user, session: `${user}.1`, generation: 1 } };
}

test('a short absence does not change since when a user is there; a long one, and a status, do', async () => {
  const { store, author } = await open({ absence: ABSENCE }, 'bob');
  const since = async (): Promise<number> => (await store.readPresence(['bob']))[0]!.since;
  const come = async (): Promise<number> => {
    await sleep(5);
    await store.openSession(author, INFO);
    return since();
  };
  const go = async (): Promise<number> => {
    await sleep(5);
    await store.closeSessions('bob', [author.session]);
    return since();
  };
  try {
    const made = await since();
    const came = await come();
    assert.ok(came > made, 'the first time');
    const went = await go();
    assert.ok(went > came, 'away since the last session went');
    assert.equal(await come(), came, 'a short absence');
    await sleep(5);
    await store.setStatus(author, 0, 1);
    assert.equal(await since(), came, 'the same status');
    await store.setStatus(author, 2, 2);
    const changed = await since();
    assert.ok(changed > went, 'another status');
    assert.equal(await store.leaveSession('bob', author.session), true);
    const left = await since();
    assert.ok(left >= changed, 'a session that leaves');
    assert.equal(await go(), left, 'closed after it left');
    await sleep(ABSENCE);
    const back = await come();
    assert.ok(back >= left + ABSENCE, 'a long absence');
    assert.equal(await store.endSessions('bob'), true);
    assert.ok((await since()) >= back, 'ended');
    assert.deepEqual((await store.readPresence(['bob']))[0]!.sessions, []);
  } finally {
    await store.close();
  }
});

test('a session that a failover lost comes back with the time that the user came', async () => {
  const { store, author } = await open({ absence: 0 }, 'amy');
  const redis = new Redis(server.url);
  try {
    await store.openSession(author, INFO);
    const [came] = await store.readPresence(['amy']);
    await redis.hdel(userKeys('amy').account, `s:${author.session}`);
    await sleep(5);
    await store.reopenSession(author, INFO);
    assert.deepEqual(await store.readPresence(['amy']), [came]);
  } finally {
    redis.disconnect();
    await store.close();
  }
});

test('an entry with device and id takes the bytes of both, and a log is trimmed by them', async () => {
  const kept = async (user: string, device: string | undefined): Promise<number> => {
    const { store, author: classic } = await open({ logBytes: 4_000 }, user);
    const author = device === undefined ? classic : { ...classic, device };
    try {
      await store.openSession(author, INFO, device === undefined ? undefined : { label: '', marks: 0 });
      for (let op = 1_001; op <= 1_128; op += 1) {
        // Five bytes of device and four of id.
        const text = device === undefined ? '123456789|' : '|';
        const sent = await store.send(author, { to: user, text, op, settled: [] });
        assert.ok(sent.outcome === 'appended');
        if (op === 1_100) await store.confirm(user, sent.place);
      }
      return (await store.readLog(user, 0)).entries.length;
    } finally {
      await store.close();
    }
  };
  const counts = [await kept('cat', undefined), await kept('dan', 'phone')];
  assert.equal(counts[0], counts[1]);
  assert.ok(counts[0]! > 0 && counts[0]! < 64, `${counts[0]} entries kept`);
});
