/** Connections to a server, to the master that sentinels name, or to a cluster: opened alike, lost and found alike. */

import { isIP } from 'node:net';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import type { HostPort, RedisAddress } from './redis-address.ts';

export interface Connecting {
  /** Milliseconds in which a server that was asked says something, or is given up and connected to again. */
  readonly answerTimeout: number;
}

/** How often the map of a cluster's slots is read: a failover is found so soon, also where nothing was asked. */
const MAP_REFRESH = 1_000;

function createOptions({ isTls, credentials }: RedisAddress, { answerTimeout }: Connecting) {
  return {
    ...credentials,
    ...(isTls && { tls: {} }),
    // Not commandTimeout: what that rejects stays in the queues of ioredis and is sent later, behind its own repeat.
    socketTimeout: answerTimeout,
    connectTimeout: answerTimeout,
    lazyConnect: true,
    keepAlive: 5_000,
    retryStrategy: (times: number) => Math.min(times * 50, 1_000),
    // redis-link.ts asks again by itself, and knows for how long.
    maxRetriesPerRequest: 1,
    // Its own way back, in redis-channels.ts, knows when it is done; that of ioredis leaves rejections unhandled.
    autoResubscribe: false,
    // A master that became a replica is left for the one that took its place.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

/** The name that TLS asks for: of one server, since those that sentinels or a cluster name have their own. */
function createTls({ isTls }: RedisAddress, { host }: HostPort) {
  return isTls && { tls: isIP(host) ? {} : { servername: host } };
}

/** A connection to the server, or to whatever server is the master now; not connected yet. */
export function createServerConnection(address: RedisAddress, connecting: Connecting, isPipelining = false): Redis {
  const options = { ...createOptions(address, connecting), db: address.db, enableAutoPipelining: isPipelining };
  if (address.kind === 'single') {
    const server = address.hosts[0]!;
    return new Redis({ ...options, ...createTls(address, server), ...server });
  }
  const { username, password } = address.sentinelCredentials;
  return new Redis({
    ...options,
    sentinels: address.hosts.map(({ host, port }) => ({ host, port })),
    name: address.name,
    ...(username && { sentinelUsername: username }),
    ...(password && { sentinelPassword: password }),
    ...(address.isTls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: () => 200,
    // A frozen master keeps its connections: its sentinels say when it is not the master any more.
    failoverDetector: true,
  });
}

/** A connection to one of the sentinels, or to a node of the cluster that the URL names; not connected yet. */
export function createSeedConnection(address: RedisAddress, host: HostPort, connecting: Connecting): Redis {
  const credentials = address.kind === 'sentinel' ? address.sentinelCredentials : address.credentials;
  return new Redis({
    ...createOptions({ ...address, credentials }, connecting),
    ...createTls(address, host),
    ...host,
    // It would ask a sentinel for INFO, which its users need not be allowed.
    enableReadyCheck: false,
  });
}

/**
 * Connects again what ioredis gave up, until it is closed: behind sentinels a change of the master that is told while the
 * connection is on its way ends it for good.
 */
export function persist(redis: Redis, isClosed: () => boolean): void {
  redis.on('end', () => {
    setTimeout(() => {
      if (!isClosed() && redis.status === 'end') redis.connect().catch(() => undefined);
    }, 100);
  });
}

/** A client of the cluster for commands; not connected yet. Design: autopipelining surfaces raw MOVED in a cluster. */
export function createClusterClient(address: RedisAddress, connecting: Connecting): Cluster {
  const { retryStrategy, ...redisOptions } = createOptions(address, connecting);
  return new Cluster([...address.hosts], {
    redisOptions,
    lazyConnect: true,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnMoved: 20,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 100,
    maxRedirections: 16,
  } satisfies ClusterOptions);
}

/** Reads the map again and again until it is closed. Not slotsRefreshInterval: closed in the midst of a look, that goes on for ever. */
export function keepMap(cluster: Cluster): { close(): void } {
  const timer = setInterval(() => cluster.refreshSlotsCache(), MAP_REFRESH).unref();
  return { close: () => clearInterval(timer) };
}

/** A connection to one master of a cluster, by its key `host:port`. */
export function createNodeConnection(address: RedisAddress, node: string, connecting: Connecting): Redis {
  const at = node.lastIndexOf(':');
  const server = { host: node.slice(0, at), port: Number(node.slice(at + 1)) };
  return new Redis({ ...createOptions(address, connecting), ...createTls(address, server), ...server });
}
