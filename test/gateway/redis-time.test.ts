/** What depends on Redis' own clock, with durations short enough to wait for. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../gateway/store/redis.ts';
import type { Store } from '../../gateway/store/store.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis.ts';

const limits = {
  logEntries: 1e4,
  logAge: 100,
  logBytes: 1e6,
  waiting: 500,
  unconfirmed: 5_000,
  friendships: 100,
  devices: 32,
  absence: 0,
};

describe('time in redis', { timeout: 20_000 }, () => {
  let server: RedisServer;
  let store: Store;

  before(async () => {
    server = await startRedis({ appendonly: false });
    store = await openRedisStore({ url: server.url, limits, aliveFor: 300 });
  });

  after(async () => {
    await store.close();
    await server.stop();
  });

  it('drops delivered entries that are too old, at every 64th', async () => {
    const receive = async (first: number, last: number): Promise<void> => {
      for (let n = first; n <= last; n += 1) {
        await store.receive('bob', { from: 'Amy', n, check: 'abcdef', previous: 'abcdef', time: 1, text: '' });
      }
    };
    await store.addAccount({ name: 'Bob', pass: 'p', op: '1' });
    await receive(1, 10);
    const eighth = (await store.readLog('bob', 7)).entries[0]!;
    await store.confirm('bob', eighth.place);
    await sleep(150);
    await receive(11, 63);
    assert.equal((await store.readLog('bob', 0)).entries.length, 63);
    await receive(64, 64);
    assert.equal((await store.readLog('bob', 0)).entries[0]?.place.split('-')[0], '9');
  });

  it('takes an incarnation for dead after its time', async () => {
    await store.beat('one');
    await sleep(350);
    const { living, dead } = await store.beat('two');
    assert.deepEqual([[...living], dead], [['two'], ['one']]);
  });
});
