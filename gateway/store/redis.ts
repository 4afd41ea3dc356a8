/** The store in Redis 7.0 or later, or Valkey: one script on one user's keys for each decision. */

import { Redis } from 'ioredis';
import { INCARNATIONS } from './keys.ts';
import { createAccounts } from './redis-accounts.ts';
import { createChannels } from './redis-channels.ts';
import { createFriendships } from './redis-friendships.ts';
import { createAsk, createLink } from './redis-link.ts';
import type { Link } from './redis-link.ts';
import { createMessages } from './redis-messages.ts';
import { createOpening } from './redis-opening.ts';
import { createPushes } from './redis-pushes.ts';
import { createSessions } from './redis-sessions.ts';
import { checkServer, connect, readUrl } from './redis-start.ts';
import type { Store, StoreLimits } from './store.ts';

export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly limits: StoreLimits;
  /** Told at the start what the server's configuration costs. */
  readonly logger?: { warn(message: string): void };
  /** Milliseconds after its last beat when an incarnation is dead (12 s). */
  readonly aliveFor?: number;
  /** Milliseconds in which a command is answered or rejected (5 s). */
  readonly commandTimeout?: number;
}

/**
 * Opens the store. Rejects with one line for people when the server cannot be reached or cannot be trusted with
 * messages: too old, evicting keys, a cluster, or with data of a newer version. The line never has the password.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { limits, logger, aliveFor = 12_000, commandTimeout = 5_000 } = options;
  const { place, connection } = readUrl(options.url);
  const shared = {
    ...connection,
    commandTimeout,
    connectTimeout: commandTimeout,
    lazyConnect: true,
    keepAlive: 5_000,
    retryStrategy: (times: number) => Math.min(times * 100, 1_000),
    // With the delays above, 3 s in which a server may restart.
    maxRetriesPerRequest: 6,
    // Its own way back, in redis-channels.ts, knows when it is done; that of ioredis leaves rejections unhandled.
    autoResubscribe: false,
  };
  const commands = new Redis({ ...shared, enableAutoPipelining: true });
  const subscriber = new Redis(shared);
  try {
    await connect(commands, place);
    await connect(subscriber, place);
    await checkServer(commands, place, logger);
    const link = createLink(commands, place, limits);
    const channels = createChannels(subscriber, createAsk(subscriber, place));
    return {
      ...createAccounts(link),
      ...createOpening(link),
      ...createSessions(link),
      ...createMessages(link),
      ...createFriendships(link),
      ...(await createPushes(channels, link)),
      ...createBeats(link, aliveFor),
      description: `redis ${place}`,
      close: async () => {
        subscriber.disconnect();
        // Goes the way of all commands, so behind what was asked before.
        if (commands.status === 'ready') await commands.ping().catch(() => undefined);
        commands.disconnect();
      },
    };
  } catch (error) {
    commands.disconnect();
    subscriber.disconnect();
    throw error;
  }
}

function createBeats(link: Link, aliveFor: number): Pick<Store, 'beat' | 'leave'> {
  return {
    async beat(incarnation) {
      return new Set((await link.run('beat', [INCARNATIONS], [incarnation, aliveFor])) as string[]);
    },
    async leave(incarnation) {
      await link.ask((redis) => redis.zrem(INCARNATIONS, incarnation));
    },
  };
}
