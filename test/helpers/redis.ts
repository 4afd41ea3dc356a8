/** Starts a Redis for tests, on a free port and in a folder of its own. */

import { findPort } from './ports.ts';
import { serverArgs, startRedisProcess, type RedisProcess } from './redis-process.ts';

export type RedisServer = RedisProcess;

export interface RedisServerOptions {
  /** True when absent. */
  readonly appendonly?: boolean;
  /** More of the command line, e.g. `['--maxmemory-policy', 'allkeys-lru']`. */
  readonly args?: readonly string[];
}

/** Starts `$REDIS_SERVER`, or Debian's, and resolves when it answers. Rejects when it ends before. */
export async function startRedis({ appendonly = true, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await findPort();
  return startRedisProcess(port, (folder) => [...serverArgs(port, folder, appendonly), ...args]);
}
