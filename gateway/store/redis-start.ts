/** The first contact with Redis: the connection, and what a server must be to be trusted with messages. */

import type { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.ts';
import { DATA_VERSION, DATA_VERSION_KEY } from './keys.ts';

/** Nobody answers there, or not in time. */
export class Unreachable extends Error {}

/**
 * Connects once. Afterwards a lost connection is found again without end. `refusal` is what is said of a server that
 * does not take the password.
 */
export async function connect(
  redis: Redis | Cluster,
  place: string,
  refusal = 'refuses the user or the password in the URL',
): Promise<void> {
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
    const { message } = findCause(reason ?? (error as Error));
    if (/NOAUTH|WRONGPASS/.test(message)) throw new Error(`redis ${place} ${refusal}`);
    throw new Unreachable(`redis ${place} is not reachable: ${message}`);
  }
}

/** Of the errors of a cluster and of sentinels, which only say that none of them was of use. */
function findCause(error: Error & { lastNodeError?: Error }): { readonly message: string } {
  if (error.lastNodeError) return error.lastNodeError;
  return { message: error.message.replace(/^All sentinels are unreachable\b.*? Last error: /, '') };
}

/** Rejects when the server has no such database: ioredis would stay in database 0 and say nothing. */
export async function checkDatabase(redis: Redis, { db, place }: RedisAddress): Promise<void> {
  if (db === 0) return;
  await redis.select(db).catch((error: Error) => {
    const isMissing = /out of range/.test(error.message);
    throw new Error(`redis ${place}${isMissing ? ` has no database ${db}` : `: ${error.message}`}`);
  });
}

/** Rejects when one of the servers is none to keep messages in. `commands` goes to any of them. */
export async function checkServers(
  commands: Redis,
  servers: readonly Redis[],
  { kind, place }: RedisAddress,
  logger?: { warn(message: string): void },
): Promise<void> {
  for (const server of servers) await checkServer(server, kind, place, logger);
  await ask(place, commands.setnx(DATA_VERSION_KEY, DATA_VERSION));
  const version = await ask(place, commands.get(DATA_VERSION_KEY));
  if (Number(version) > DATA_VERSION) {
    throw new Error(
      `redis ${place} has data of version ${version}, written by a newer gateway; this one knows ${DATA_VERSION}`,
    );
  }
}

/** Rejects when a replica of the cluster could not take its master's place; one that does not answer is passed over. */
export async function checkReplicas(
  replicas: readonly Redis[],
  place: string,
  logger?: { warn(message: string): void },
): Promise<void> {
  for (const replica of replicas) {
    const isAnswering = await replica.info().then(
      () => true,
      () => false,
    );
    if (isAnswering) await checkServer(replica, 'cluster', place, logger);
  }
}

async function checkServer(
  server: Redis,
  kind: RedisAddress['kind'],
  place: string,
  logger?: { warn(message: string): void },
): Promise<void> {
  const { host, port } = server.options;
  const node = kind === 'cluster' ? `${place}: its node ${host}:${port}` : place;
  const info = readInfo(await ask(node, server.info()));
  const refusal = findRefusal(info, kind);
  if (refusal !== undefined) throw new Error(`redis ${node} ${refusal}`);
  if (info.get('aof_enabled') !== '1') {
    logger?.warn(`redis ${node} has no AOF (appendonly no): when it dies, messages that were answered are lost`);
  }
}

/** What was asked is kept out of the error's text. */
export async function ask<T>(place: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw new Error(`redis ${place}: ${(error as Error).message}`);
  });
}

export function readInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function findRefusal(info: ReadonlyMap<string, string>, kind: RedisAddress['kind']): string | undefined {
  if (info.get('redis_mode') === 'sentinel') return 'is a sentinel; its URL begins with redis+sentinel://';
  // Valkey says 7.2.4 here, and its own version elsewhere.
  const version = info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= 7)) return `is of version ${version}; 7.0 or later is needed`;
  if (info.get('cluster_enabled') === '1' && kind !== 'cluster') {
    return 'is a cluster; its URL begins with redis+cluster://';
  }
  if (info.get('role') === 'slave' && kind === 'single') {
    return 'is a replica, which takes no writes; the URL names its master, or with redis+sentinel:// its sentinels';
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    return `has maxmemory-policy ${policy} and would drop accounts and messages; set it to noeviction`;
  }
  return undefined;
}
