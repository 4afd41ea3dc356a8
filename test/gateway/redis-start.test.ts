/** Which servers the Redis store refuses, and that it never tells its password. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../gateway/store/redis.ts';
import { DATA_VERSION_KEY } from '../../gateway/store/keys.ts';
import { WIDE_LIMITS } from '../contract/store.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer, RedisServerOptions } from '../helpers/redis.ts';

async function withRedis(options: RedisServerOptions, use: (server: RedisServer) => Promise<void>): Promise<void> {
  const server = await startRedis(options);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** The line with which a URL is refused. */
async function refusal(url: string): Promise<string> {
  const opened = await openRedisStore({ url, limits: WIDE_LIMITS, answerTimeout: 1_000 }).catch(
    (error: unknown) => error as Error,
  );
  if (opened instanceof Error) return opened.message;
  await opened.close();
  return assert.fail('the store was opened');
}

/** A server that answers INFO with this text and knows nothing else. */
async function withInfo(info: string, use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n)/)) {
        const isInfo = /\r\ninfo\r\n/i.test(command);
        socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : "-ERR unknown command 'HELLO'\r\n");
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('redis at the start', { timeout: 20_000 }, () => {
  it('refuses a server that evicts keys', async () => {
    await withRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] }, async ({ url, port }) => {
      assert.match(
        await refusal(url),
        new RegExp(`^redis 127.0.0.1:${port} has maxmemory-policy allkeys-lru .*noeviction$`),
      );
    });
  });

  it('refuses one that is too old', async () => {
    await withInfo('redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n', async (port) => {
      const expected = `redis 127.0.0.1:${port} is of version 6.2.14; 7.0 or later is needed`;
      assert.equal(await refusal(`redis://127.0.0.1:${port}`), expected);
    });
  });

  it('takes Valkey for what it is compatible with', async () => {
    const valkey =
      'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\nmaxmemory_policy:volatile-lru\r\n';
    await withInfo(valkey, async (port) => {
      assert.match(await refusal(`redis://127.0.0.1:${port}`), /has maxmemory-policy volatile-lru/);
    });
  });

  it('refuses a cluster', async () => {
    await withRedis({ args: ['--cluster-enabled', 'yes'] }, async ({ url }) => {
      assert.match(await refusal(url), /is a cluster; its URL begins with redis\+cluster:\/\/$/);
    });
  });

  it('refuses a database that is not there, and names the one that is used', async () => {
    await withRedis({}, async ({ url, port }) => {
      assert.equal(await refusal(`${url}/16`), `redis 127.0.0.1:${port}/16 has no database 16`);
      const store = await openRedisStore({ url: `${url}/15`, limits: WIDE_LIMITS });
      assert.equal(store.description, `redis 127.0.0.1:${port}/15`);
      await store.close();
    });
  });

  it('refuses a replica', async () => {
    await withRedis({}, async (master) => {
      await withRedis({ args: ['--replicaof', '127.0.0.1', `${master.port}`] }, async ({ url }) => {
        assert.match(await refusal(url), /^redis 127\.0\.0\.1:\d+ is a replica, which takes no writes;/);
      });
    });
  });

  it('refuses one that is not there, or is no Redis', async () => {
    const gone = await startRedis();
    await gone.stop();
    assert.match(await refusal(gone.url), new RegExp(`^redis 127.0.0.1:${gone.port} is not reachable: .*ECONNREFUSED`));
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    assert.match(await refusal(`redis://127.0.0.1:${port}`), /is not reachable: Socket timeout\. .*1000ms\.$/);
    silent.close();
  });

  it('refuses data of a newer version', async () => {
    await withRedis({}, async ({ url }) => {
      const redis = new Redis(url);
      await redis.set(DATA_VERSION_KEY, 2);
      redis.disconnect();
      assert.match(await refusal(url), /has data of version 2, written by a newer gateway; this one knows 1$/);
    });
  });

  it('refuses what is no URL of Redis, and does not repeat it', async () => {
    for (const url of [
      '',
      'localhost:6379',
      'http://:hidden@h/',
      'redis://:hidden@h:6379/db',
      'redis://:hidden@h:99999/',
    ]) {
      assert.match(await refusal(url), /^REDIS_URL: expected redis:\/\/.* each with rediss for TLS$/);
    }
  });

  it('warns of a server without AOF, once', async () => {
    for (const [appendonly, expected] of [
      [false, 1],
      [true, 0],
    ] as const) {
      await withRedis({ appendonly }, async ({ url }) => {
        const lines: string[] = [];
        const store = await openRedisStore({ url, limits: WIDE_LIMITS, logger: { warn: (line) => lines.push(line) } });
        await store.close();
        assert.equal(lines.length, expected);
        if (!appendonly) assert.match(lines[0]!, /has no AOF.*are lost$/);
      });
    }
  });
});

describe('redis with a password', { timeout: 20_000 }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis({ args: ['--requirepass', 'right%hidden'] });
  });
  after(() => server.stop());

  it('is used with the password of the URL, in the database of the URL', async () => {
    const url = `redis://default:right%25hidden@127.0.0.1:${server.port}/3`;
    const store = await openRedisStore({ url, limits: WIDE_LIMITS });
    assert.equal(store.description, `redis 127.0.0.1:${server.port}/3`);
    await store.addAccount({ name: 'Alice', pass: 'p', op: '1' });
    await store.close();
    const redis = new Redis(url);
    const keys = await redis.keys('*');
    redis.disconnect();
    assert.deepEqual(keys.sort(), ['ims:1:names', 'ims:1:{:gateways}:servers', 'ims:1:{alice}:account', 'ims:version']);
  });

  it('refuses a wrong one without telling it', async () => {
    const line = await refusal(`redis://:wrong-hidden@127.0.0.1:${server.port}`);
    assert.match(line, new RegExp(`^redis 127.0.0.1:${server.port} refuses the user or the password`));
    assert.ok(!line.includes('hidden'));
  });

  it('keeps what was asked out of its errors', async () => {
    const store = await openRedisStore({
      url: `redis://:right%25hidden@127.0.0.1:${server.port}`,
      limits: WIDE_LIMITS,
    });
    const redis = new Redis(`redis://:right%25hidden@127.0.0.1:${server.port}`);
    await redis.set('ims:1:{alice}:account', 'no hash');
    const error = await store.addAccount({ name: 'alice', pass: 'hidden', op: '1' }).catch((reason: unknown) => reason);
    redis.disconnect();
    await store.close();
    assert.ok(error instanceof Error);
    assert.match(error.message, /^redis 127.0.0.1:\d+: WRONGTYPE/);
    assert.ok(!JSON.stringify([error, error.message, error.stack, error.cause]).includes('hidden'));
  });
});
