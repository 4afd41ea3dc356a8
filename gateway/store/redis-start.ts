/** The first contact with Redis: the connection, and what a server must be to be trusted with messages. */

import type { Cluster, Redis } from 'ioredis';
import { DATA_VERSION, DATA_VERSION_KEY } from './keys.ts';

/** Connects once. Afterwards a lost connection is found again without end. */
export async function connect(redis: Redis | Cluster, place: string): Promise<void> {
  let reason: Error | undefined;
  // Without a listener an error would end the process; what was lost is rejected where it was asked for.
  redis.on('error', (error: Error) => (reason = error));
  redis.on('node error', (error: Error) => (reason = error));
  const failed = new Promise<never>((_, reject) => {
    // Behind sentinels ioredis asks without end for a master that nobody names.
    redis.on('error', (error: Error) => /^All sentinels are unreachable/.test(error.message) && reject(error));
  });
  try {
    await Promise.race([redis.connect(), failed]);
  } catch (error) {
    throw new Error(explain((reason ?? (error as Error)).message, place));
  }
}

function explain(message: string, place: string): string {
  if (/NOAUTH|WRONGPASS/.test(message)) return `redis ${place} refuses the user or the password in the URL`;
  if (/cluster support disabled/.test(message)) return `redis ${place} is no cluster; its URL begins with redis://`;
  return `redis ${place} is not reachable: ${message}`;
}

/** Rejects when one of the servers is none to keep messages in. `commands` goes to any of them. */
export async function checkServers(
  commands: Redis,
  servers: readonly Redis[],
  place: string,
  logger?: { warn(message: string): void },
): Promise<void> {
  const isCluster = commands !== servers[0];
  for (const server of servers) await checkServer(server, place, isCluster, logger);
  await ask(place, commands.setnx(DATA_VERSION_KEY, DATA_VERSION));
  const version = await ask(place, commands.get(DATA_VERSION_KEY));
  if (Number(version) > DATA_VERSION) {
    throw new Error(
      `redis ${place} has data of version ${version}, written by a newer gateway; this one knows ${DATA_VERSION}`,
    );
  }
}

async function checkServer(
  server: Redis,
  place: string,
  isCluster: boolean,
  logger?: { warn(message: string): void },
): Promise<void> {
  const info = readInfo(await ask(place, server.info()));
  const refusal = findRefusal(info, isCluster);
  if (refusal !== undefined) throw new Error(`redis ${place} ${refusal}`);
  if (info.get('aof_enabled') !== '1') {
    logger?.warn(`redis ${place} has no AOF (appendonly no): when it dies, messages that were answered are lost`);
  }
}

/** What was asked is kept out of the error's text. */
async function ask<T>(place: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw new Error(`redis ${place}: ${(error as Error).message}`);
  });
}

function readInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function findRefusal(info: ReadonlyMap<string, string>, isCluster: boolean): string | undefined {
  // Valkey says 7.2.4 here, and its own version elsewhere.
  const version = info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= 7)) return `is of version ${version}; 7.0 or later is needed`;
  if (info.get('cluster_enabled') === '1' && !isCluster) return 'is a cluster; its URL begins with redis+cluster://';
  const policy = info.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    return `has maxmemory-policy ${policy} and would drop accounts and messages; set it to noeviction`;
  }
  return undefined;
}
