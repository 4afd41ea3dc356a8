/** The first contact with Redis: its address, the connection, and what it must be to be trusted with messages. */

import type { Redis } from 'ioredis';
import { DATA_VERSION, DATA_VERSION_KEY } from './keys.ts';
import { createAsk } from './redis-link.ts';

/** The address for people, without user and password, and what ioredis connects to. Throws for no such URL. */
export function readUrl(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = url?.pathname.match(/^\/?(\d*)$/);
  if (!url || !db || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error('REDIS_URL: expected redis://[user:password@]host[:port][/db], or rediss:// for TLS');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port || 6379);
  return {
    place: `${url.hostname}:${port}`,
    connection: {
      host,
      port,
      db: Number(db[1]),
      ...(url.username && { username: decodeURIComponent(url.username) }),
      ...(url.password && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' && { tls: { servername: host } }),
    },
  };
}

/** Connects once. Afterwards a lost connection is found again without end. */
export async function connect(redis: Redis, place: string): Promise<void> {
  let reason: Error | undefined;
  // Without a listener an error would end the process; what was lost is rejected where it was asked for.
  redis.on('error', (error: Error) => (reason = error));
  try {
    await redis.connect();
  } catch (error) {
    const { message } = reason ?? (error as Error);
    if (/^(NOAUTH|WRONGPASS)/.test(message))
      throw new Error(`redis ${place} refuses the user or the password in the URL`);
    throw new Error(`redis ${place} is not reachable: ${message}`);
  }
}

/** Rejects when the server is none to keep messages in. */
export async function checkServer(
  redis: Redis,
  place: string,
  logger?: { warn(message: string): void },
): Promise<void> {
  const ask = createAsk(redis, place);
  const info = readInfo(await ask(() => redis.info()));
  const refusal = findRefusal(info);
  if (refusal !== undefined) throw new Error(`redis ${place} ${refusal}`);
  await ask(() => redis.setnx(DATA_VERSION_KEY, DATA_VERSION));
  const version = await ask(() => redis.get(DATA_VERSION_KEY));
  if (Number(version) > DATA_VERSION) {
    throw new Error(
      `redis ${place} has data of version ${version}, written by a newer gateway; this one knows ${DATA_VERSION}`,
    );
  }
  if (info.get('aof_enabled') !== '1') {
    logger?.warn(`redis ${place} has no AOF (appendonly no): when it dies, messages that were answered are lost`);
  }
}

function readInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function findRefusal(info: ReadonlyMap<string, string>): string | undefined {
  // Valkey says 7.2.4 here, and its own version elsewhere.
  const version = info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= 7)) return `is of version ${version}; 7.0 or later is needed`;
  if (info.get('cluster_enabled') === '1') return 'runs in cluster mode, which is not supported yet';
  const policy = info.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    return `has maxmemory-policy ${policy} and would drop accounts and messages; set it to noeviction`;
  }
  return undefined;
}
