/** Why a cluster, or what sentinels watch, is refused at the start: each cause has its line. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../gateway/store/redis.ts';
import { findPorts } from '../helpers/ports.ts';
import { WIDE_LIMITS } from '../contract/store.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts';
import { startRedisSentinel, type RedisSentinel } from '../helpers/redis-sentinel.ts';

/** What the store says: its refusal, or its description when it opens. */
async function open(url: string, warnings: string[] = []): Promise<string> {
  const logger = { warn: (line: string) => void warnings.push(line) };
  const opened = await openRedisStore({ url, limits: WIDE_LIMITS, logger }).catch((error: Error) => error);
  if (opened instanceof Error) return opened.message;
  await opened.close();
  return opened.description;
}

const LIMIT = { timeout: 120_000 };
const withUser = (url: string, user: string): string => url.replace('://', `://${user}@`);

let plain: RedisServer;
let locked: RedisServer;
let dead: number;
before(async () => {
  [plain, locked] = await Promise.all([startRedis(), startRedis({ args: ['--requirepass', 'hidden'] })]);
  [dead] = (await findPorts(1)) as [number];
}, LIMIT);
after(() => Promise.all([plain.stop(), locked.stop()]));

describe('a cluster at the start', LIMIT, () => {
  let cluster: RedisCluster;
  let place: string;
  before(async () => {
    cluster = await startRedisCluster({ masters: 3, replicas: 1 });
    place = `redis ${cluster.url.replace('redis+cluster://', 'cluster ')}`;
  });
  after(() => cluster.stop());

  it('opens when one seed is one of its nodes', async () => {
    const url = `redis+cluster://127.0.0.1:${dead},127.0.0.1:${plain.port},127.0.0.1:${cluster.nodes[4]!.port}`;
    assert.match(await open(url), /^redis cluster [\d.,:]+$/);
  });

  it('closes where no node answers, and leaves no timer behind though a look at the slots is on its way', async () => {
    const countTimers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    // What was begun before ends.
    while (countTimers() > 0) await sleep(50, undefined, { ref: false });
    const store = await openRedisStore({ url: cluster.url, limits: WIDE_LIMITS });
    for (const node of cluster.nodes) node.freeze();
    // The map is asked for each second.
    await sleep(1_200);
    await store.close();
    for (const node of cluster.nodes) node.thaw();
    await cluster.waitUntilWhole();
    const end = Date.now() + 15_000;
    while (countTimers() > 0 && Date.now() < end) await sleep(50, undefined, { ref: false });
    assert.equal(countTimers(), 0);
  });

  it('refuses a server that is none, and seeds that are not there', async () => {
    assert.equal(
      await open(`redis+cluster://127.0.0.1:${dead},127.0.0.1:${plain.port}`),
      `redis cluster 127.0.0.1:${dead},127.0.0.1:${plain.port} is no cluster; its URL begins with redis://`,
    );
    assert.equal(
      await open(`redis+cluster://127.0.0.1:${dead}`),
      `redis cluster 127.0.0.1:${dead} is not reachable: connect ECONNREFUSED 127.0.0.1:${dead}`,
    );
  });

  it('names the node, master or replica, that evicts keys or has no AOF', async () => {
    for (const { client, port } of [cluster.nodes[1]!, cluster.nodes[5]!]) {
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const line = `${place}: its node 127.0.0.1:${port} has maxmemory-policy allkeys-lru`;
      assert.ok((await open(cluster.url)).startsWith(line));
      await client.config('SET', 'maxmemory-policy', 'noeviction');
      await client.config('SET', 'appendonly', 'no');
      const warnings: string[] = [];
      assert.equal(await open(cluster.url, warnings), place);
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0]!.startsWith(`${place}: its node 127.0.0.1:${port} has no AOF`));
      await client.config('SET', 'appendonly', 'yes');
    }
  });

  it('refuses a user or a password that the nodes refuse', async () => {
    const refused = `${place} refuses the user or the password in the URL`;
    assert.equal(await open(withUser(cluster.url, 'nobody:hidden')), refused);
    for (const { client } of cluster.nodes) {
      await client.config('SET', 'masterauth', 'right');
      await client.config('SET', 'requirepass', 'right');
    }
    for (const user of ['', ':hidden@']) {
      assert.equal(await open(cluster.url.replace('://', `://${user}`)), refused);
    }
    assert.equal(await open(withUser(cluster.url, ':right')), place);
  });
});

describe('sentinels at the start', LIMIT, () => {
  let sentinel: RedisSentinel;
  let port: number;
  before(async () => {
    sentinel = await startRedisSentinel({ replicas: 1 });
    ({ port } = sentinel.sentinels[0]!);
  });
  after(() => sentinel.stop());

  it('name their master, and the database that is used', async () => {
    assert.match(await open(`${sentinel.url}/3`), /^redis sentinel [\d.,:]+\/ims\/3$/);
    assert.match(await open(`${sentinel.url}/16`), /\/ims\/16 has no database 16$/);
  });

  it('know the name, or are refused', async () => {
    const url = `redis+sentinel://127.0.0.1:${port}/other`;
    assert.equal(await open(url), `redis sentinel 127.0.0.1:${port}/other does not know a master other`);
  });

  it('are told from servers and nodes', async () => {
    const single = await open(`redis://127.0.0.1:${port}`);
    assert.equal(single, `redis 127.0.0.1:${port} is a sentinel; its URL begins with redis+sentinel://`);
    const cluster = await open(`redis+cluster://127.0.0.1:${port}`);
    assert.equal(cluster, `redis cluster 127.0.0.1:${port} is a sentinel; its URL begins with redis+sentinel://`);
    assert.equal(
      await open(`redis+sentinel://127.0.0.1:${plain.port}/ims`),
      `redis sentinel 127.0.0.1:${plain.port}/ims is no sentinel; its URL begins with redis:// or redis+cluster://`,
    );
  });

  it('that are not there are named once', async () => {
    assert.equal(
      await open(`redis+sentinel://127.0.0.1:${dead}/ims`),
      `redis sentinel 127.0.0.1:${dead}/ims is not reachable: connect ECONNREFUSED 127.0.0.1:${dead}`,
    );
  });

  it('have passwords of their own, and their master another', async () => {
    const own = `${sentinel.url}?sentinelPassword=wrong-hidden`;
    for (const { client } of sentinel.sentinels) await client.call('ACL', 'SETUSER', 'default', 'resetpass', '>right');
    const refused =
      /\/ims refuses the user or the password for sentinels: sentinelUser and sentinelPassword in the URL$/;
    assert.match(await open(own), refused);
    assert.match(await open(sentinel.url), refused);
    const right = own.replace('wrong-hidden', 'right');
    assert.match(await open(right), /\/ims$/);
    const masters = /\/ims has a master that refuses the user or the password in the URL$/;
    assert.match(await open(withUser(right, 'nobody:hidden')), masters);
  });
});

it('a server with a password behind the wrong scheme says that it refuses', LIMIT, async () => {
  assert.match(await open(`redis+cluster://127.0.0.1:${locked.port}`), /refuses the user or the password in the URL$/);
});
