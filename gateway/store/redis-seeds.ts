/** What the servers of a URL are, asked of each directly: ioredis only says that none of them was of use. */

import type { HostPort, RedisAddress } from './redis-address.ts';
import { createSeedConnection, type Connecting } from './redis-connect.ts';
import { ask, connect, readInfo, Unreachable } from './redis-start.ts';

/** Resolves with the first of the sentinels, or of the cluster's nodes, that is one; rejects with one line. */
export async function checkSeeds(address: RedisAddress, connecting: Connecting): Promise<void> {
  await Promise.any(address.hosts.map((host) => checkSeed(address, host, connecting))).catch((error: unknown) => {
    const { errors } = error as AggregateError;
    // One that answers says more than one that does not.
    throw errors.find((reason) => !(reason instanceof Unreachable)) ?? errors[0];
  });
}

async function checkSeed(address: RedisAddress, host: HostPort, connecting: Connecting): Promise<void> {
  const redis = createSeedConnection(address, host, connecting);
  const { kind, place, name } = address;
  try {
    if (kind === 'cluster') {
      await connect(redis, place);
      const refusal = findNoNode(readInfo(await ask(place, redis.info())));
      if (refusal) throw new Error(`redis ${place} ${refusal}`);
    } else {
      await connect(
        redis,
        place,
        'refuses the user or the password for sentinels: sentinelUser and sentinelPassword in the URL',
      );
      // Not INFO, which a sentinel's users need not be allowed.
      const master = await ask(place, redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)).catch(explain(place));
      if (master === null) throw new Error(`redis ${place} does not know a master ${name}`);
    }
  } finally {
    redis.disconnect();
  }
}

function findNoNode(info: ReadonlyMap<string, string>): string | undefined {
  if (info.get('redis_mode') === 'sentinel') return 'is a sentinel; its URL begins with redis+sentinel://';
  if (info.get('cluster_enabled') !== '1') return 'is no cluster; its URL begins with redis://';
  return undefined;
}

function explain(place: string): (error: Error) => never {
  return (error) => {
    if (!/unknown command/i.test(error.message)) throw error;
    throw new Error(`redis ${place} is no sentinel; its URL begins with redis:// or redis+cluster://`);
  };
}
