/** The store in Redis 7.0 or later, or Valkey: one script on one user's keys for each decision. */

import type { Redis } from 'ioredis';
import { createAccounts } from './redis-accounts.ts';
import { readRedisUrl, REDIS_URL_FORMS, type RedisAddress } from './redis-address.ts';
import { createChannels, type Channels } from './redis-channels.ts';
import { createClusterChannels } from './redis-cluster-channels.ts';
import {
  createClusterClient,
  createNodeConnection,
  createServerConnection,
  keepMap,
  persist,
  type Connecting,
} from './redis-connect.ts';
import { createDevices } from './redis-devices.ts';
import { createFriendships } from './redis-friendships.ts';
import { createGateways, type Gateways } from './redis-gateways.ts';
import { createAsk, createLink, inTime, type Ask, type Link } from './redis-link.ts';
import { createMarks } from './redis-marks.ts';
import { createMessages } from './redis-messages.ts';
import { createOpening } from './redis-opening.ts';
import { createPeers } from './redis-peers.ts';
import { createPushes } from './redis-pushes.ts';
import { createSessions } from './redis-sessions.ts';
import { checkSeeds } from './redis-seeds.ts';
import { checkDatabase, checkReplicas, checkServers, connect } from './redis-start.ts';
import type { Store, StoreLimits } from './store.ts';

export interface RedisStoreOptions {
  /** See {@link REDIS_URL_FORMS}. */
  readonly url: string;
  readonly limits: StoreLimits;
  /** Told at the start what the server's configuration costs. */
  readonly logger?: { warn(message: string): void };
  /** Milliseconds after its last beat when an incarnation is dead (12 s). */
  readonly aliveFor?: number;
  /** Milliseconds in which a server that was asked says something, or is given up and connected to again (2 s). */
  readonly answerTimeout?: number;
  /** Milliseconds for which a command is given again while the store is away or fails over (15 s). */
  readonly patience?: number;
}

/** What all parts of the store work with. */
interface Parts {
  readonly commands: Redis;
  readonly link: Link;
  readonly channels: Channels;
  readonly gateways: Gateways;
}

/** How parts are opened. */
interface Opening {
  readonly address: RedisAddress;
  readonly options: RedisStoreOptions;
  readonly connecting: Connecting;
  /** What was opened, to be closed with the store. */
  readonly opened: { close(): void }[];
  readonly isClosed: () => boolean;
  /** `patience` in milliseconds; that of the options where absent. */
  readonly createAsk: (commands: Redis, patience?: number) => Ask;
}

/**
 * Opens the store. Rejects with one line for people when the server cannot be reached or cannot be trusted with
 * messages: too old, evicting keys, or with data of a newer version. The line never has the password.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const address = readRedisUrl(options.url);
  if (address === undefined) throw new Error(`REDIS_URL: expected ${REDIS_URL_FORMS}`);
  const { answerTimeout = 2_000, patience = 15_000 } = options;
  const opened: { close(): void }[] = [];
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    for (const part of opened) part.close();
  };
  const opening: Opening = {
    address,
    options,
    connecting: { answerTimeout },
    opened,
    isClosed: () => isClosed,
    createAsk: (commands, most = patience) =>
      createAsk(commands, address.place, { patience: most, isClosed: () => isClosed }),
  };
  try {
    const { commands, link, channels, gateways } = await (address.kind === 'cluster' ? openCluster : openServer)(
      opening,
    );
    return {
      ...gateways.store,
      ...createAccounts(link),
      ...createOpening(link, gateways.failoverAt),
      ...createSessions(link),
      ...createMessages(link),
      ...createFriendships(link),
      ...createPeers(link),
      ...createDevices(link),
      ...createMarks(link),
      ...(await createPushes(channels, link)),
      description: `redis ${address.place}`,
      close: async () => {
        // Goes the way of all commands, so behind what was asked before.
        if (commands.status === 'ready') await inTime(commands.ping(), answerTimeout).catch(() => undefined);
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The sentinels have passwords of their own. */
const MASTER_REFUSES = 'has a master that refuses the user or the password in the URL';

async function openServer({ address, options, connecting, opened, isClosed, createAsk }: Opening): Promise<Parts> {
  if (address.kind === 'sentinel') await checkSeeds(address, connecting);
  const commands = createServerConnection(address, connecting, true);
  const subscriber = createServerConnection(address, connecting);
  opened.push({ close: () => commands.disconnect() }, { close: () => subscriber.disconnect() });
  for (const redis of [commands, subscriber]) {
    await connect(redis, address.place, address.kind === 'sentinel' ? MASTER_REFUSES : undefined);
    persist(redis, isClosed);
  }
  await checkDatabase(commands, address);
  await checkServers(commands, [commands], address, options.logger);
  const ask = createAsk(commands);
  const link = createLink(commands, ask, options.limits);
  const gateways = createGateways(link, options.aliveFor);
  await gateways.note(subscriber);
  const channels = createChannels(subscriber, { ask, connected: gateways.note });
  return { commands, link, channels, gateways };
}

async function openCluster({ address, options, connecting, opened, createAsk }: Opening): Promise<Parts> {
  await checkSeeds(address, connecting);
  const cluster = createClusterClient(address, connecting);
  // Commands are the same; ioredis has no common type for what both can.
  const commands = cluster as unknown as Redis;
  opened.push({ close: () => cluster.disconnect() });
  await connect(cluster, address.place);
  opened.push(keepMap(cluster));
  await checkServers(commands, cluster.nodes('master'), address, options.logger);
  await checkReplicas(cluster.nodes('slave'), address.place, options.logger);
  const ask = createAsk(commands);
  const link = createLink(commands, ask, options.limits);
  const gateways = createGateways(link, options.aliveFor);
  const channels = createClusterChannels({
    cluster,
    open: (node) => createNodeConnection(address, node, connecting),
    once: createAsk(commands, 0),
    ask,
    connected: gateways.note,
  });
  opened.push(channels);
  return { commands, link, channels, gateways };
}
