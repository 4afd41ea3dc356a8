/** The composition root: from settings, a store and a clock to a gateway that listens. */

import { createAdmin, type GatewayState, type WorkersState } from './admin/listener.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createServices } from './create-services.ts';
import { Drain } from './drain.ts';
import { Readiness, type Siblings } from './health.ts';
import { createHttp, createHttpServer } from './http.ts';
import { addressOf, adminAddress, listenAt, listenHttp, type Stop } from './listening.ts';
import type { Logger } from './log.ts';
import type { Sources } from './metrics/metrics.ts';
import type { MetricsReport } from './metrics/reports.ts';
import { OpenSessions } from './open-sessions.ts';
import { createOriginCheck } from './origin.ts';
import { removeUser } from './remove-user.ts';
import type { Services } from './services.ts';
import type { Incarnation, Store, UserKey } from './store/store.ts';
import { listenTcp } from './transport/tcp.ts';
import { createTrust } from './transport/trust.ts';
import { listenWebSocket } from './transport/websocket.ts';

/** How long closing connections may take before they are cut off with the process, in ms. */
const CLOSE_WITHIN = 5_000;

export interface ServerOptions {
  readonly config: Config;
  /** Stays the caller's: closed by the caller after the gateway. */
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the admin listener asks for. */
  readonly adminToken: string;
}

/** The ports for clients; a listener that is off has none. */
export interface ClientPorts {
  readonly http: number;
  readonly tcp?: number;
  readonly tcpTls?: number;
}

export interface AdminPort {
  readonly admin: number;
}

export interface Server<Ports> {
  /** The ports it listens on. */
  readonly ports: Ports;
  state(): GatewayState;
  readMetrics(): Promise<MetricsReport>;
  /**
   * Unready at once, then sessions are moved, spread over DRAIN_SECONDS; who connects meanwhile is served, and moved
   * towards the end. Resolves when `close` is due; early where nobody is there, and with `close`. Safe to repeat.
   */
  drain(): Promise<void>;
  /** Stops in order: no new connections, what was received is answered, sessions are closed. Within about 6 s. Safe to repeat. */
  close(): Promise<void>;
}

export type Gateway = Server<ClientPorts & AdminPort>;

/**
 * Starts a gateway. Rejects, with nothing left open, when the store does not answer, and with a ConfigError when a port
 * cannot be had.
 */
export function startServer(options: ServerOptions): Promise<Gateway> {
  return start(options, undefined, async (parts) => ({
    ...(await listenAdmin(parts)),
    ...(await listenClients(parts)),
  }));
}

/** Starts one of several processes that serve clients; the administrator speaks to another one. Rejects as `startServer`. */
export function startWorkerServer(options: ServerOptions, siblings: Siblings): Promise<Server<ClientPorts>> {
  return start(options, siblings, listenClients);
}

/** Starts what an administrator speaks to, where other processes serve the clients. Rejects as `startServer`. */
export function startAdminServer(options: ServerOptions, workers: Workers): Promise<Server<AdminPort>> {
  // Nobody asks this process for readiness but its metrics, which speak for all.
  const siblings = { why: () => workers.whyNot(), isWatched: () => false, watched: () => undefined };
  return start(options, siblings, (parts) => listenAdmin(parts, workers));
}

/** The other processes, which serve the clients. */
export interface Workers {
  /** Of those that serve. */
  incarnations(): readonly Incarnation[];
  readWorkers(): Promise<WorkersState>;
  readMetrics(): Promise<readonly MetricsReport[]>;
  /** Why not all of them can serve. */
  whyNot(): string | undefined;
}

/** What a server is made of. */
interface Parts {
  readonly options: ServerOptions;
  readonly services: Services;
  readonly sessions: OpenSessions;
  readonly readiness: Readiness;
  readonly stops: Stop[];
  state(): GatewayState;
}

async function start<Ports>(
  options: ServerOptions,
  siblings: Siblings | undefined,
  listen: (parts: Parts) => Promise<Ports>,
): Promise<Server<Ports>> {
  const { config, store, clock } = options;
  const services = createServices(options);
  const { pushWatch } = services;
  const sessions = new OpenSessions(services);
  const stops: Stop[] = [];
  const readiness: Readiness = new Readiness({ store, clock, siblings, isDraining: () => drain.isDraining });
  const drain = new Drain({ clock, time: config.timing.drain, sessions, isWatched: () => readiness.isWatched });
  const startedAt = clock.now();
  const state = (): GatewayState => describeState(services, startedAt);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    drain.skip();
    return (closing ??= stopAll(stops, sessions, services));
  };
  try {
    await services.presence.start();
    pushWatch.start();
    services.rounds.start();
    watchGateway(services, {
      connections: () => sessions.size,
      isStoreUp: () => pushWatch.isAnswering,
      isReady: () => pushWatch.isAnswering && !drain.isDraining && siblings?.why() === undefined,
      isDraining: () => drain.isDraining,
    });
    stops.push(async () => {
      pushWatch.stop();
      services.rounds.stop();
    });
    const ports = await listen({ options, services, sessions, readiness, stops, state });
    const readMetrics = (): Promise<MetricsReport> => services.metrics.report();
    return { ports, state, readMetrics, drain: () => drain.run(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenAdmin({ options, services, stops, state }: Parts, workers?: Workers): Promise<AdminPort> {
  const { config, clock, store, adminToken } = options;
  const { logger } = services;
  const status = async (): Promise<GatewayState> => {
    const { living, ...rest } = state();
    // A worker that has just started lives, though the next heartbeat here is still to come.
    return { ...rest, living: new Set([...living, ...(workers?.incarnations() ?? [])]) };
  };
  const readWorkers = workers && { readWorkers: () => workers.readWorkers() };
  const readMetrics = async (): Promise<readonly MetricsReport[]> => [
    await services.metrics.report(),
    ...((await workers?.readMetrics()) ?? []),
  ];
  const app = createAdmin({
    config,
    token: adminToken,
    store,
    passwords: services.passwords,
    clock,
    logger,
    gateway: { status, removeUser: (user) => removeUser(user, services), readMetrics, ...readWorkers },
  });
  return { admin: await listenHttp(createHttpServer({}, app), adminAddress(config), stops) };
}

async function listenClients(parts: Parts): Promise<ClientPorts> {
  const { options, services, sessions, readiness, stops } = parts;
  const { config, clock, store } = options;
  const { logger } = services;
  const { addressOf: addressOfClient } = createTrust(config.trustedProxies);
  const gateway = {
    living: () => services.presence.living,
    removeUser: (user: UserKey) => removeUser(user, services),
  };
  const app = createHttp({ config, store, passwords: services.passwords, clock, logger, readiness, gateway });
  const server = createHttpServer(config, app);
  const isOriginAllowed = createOriginCheck(config.allowedOrigins);
  const { accept } = sessions;
  const sockets = listenWebSocket({ server, path: '/ims', isOriginAllowed, addressOf: addressOfClient, clock, accept });
  stops.push(async () => sockets.close());
  const http = await listenHttp(server, addressOf(config, 'PORT', config.port), stops);
  return { http, ...(await listenNative(parts)) };
}

/** The listeners for native clients, those that are on. */
async function listenNative({ options, sessions, stops }: Parts): Promise<Omit<ClientPorts, 'http'>> {
  const { config, clock } = options;
  const { isTrusted } = createTrust(config.trustedProxies);
  const { host, tcpPort, tcpTlsPort, tls } = config;
  const open = async (
    portSetting: 'TCP_PORT' | 'TCP_TLS_PORT',
    port: number,
    secure: Config['tls'],
  ): Promise<number> => {
    const tcp = { host, port, ...(secure && { tls: secure }), isTrusted, clock, accept: sessions.accept };
    const listening = await listenAt(addressOf(config, portSetting, port), () => listenTcp(tcp));
    stops.push(() => listening.close());
    return listening.port;
  };
  return {
    ...(tcpPort !== undefined && { tcp: await open('TCP_PORT', tcpPort, undefined) }),
    ...(tls && { tcpTls: await open('TCP_TLS_PORT', tcpTlsPort, tls) }),
  };
}

/** Answers what was received, closes all sessions, then writes down what became of the messages. */
async function stopAll(stops: readonly Stop[], sessions: OpenSessions, services: Services): Promise<void> {
  const stopped = Promise.all(stops.map((stop) => stop()));
  await sessions.closeAll(CLOSE_WITHIN);
  await services.finishing.stop();
  await services.messaging.settleAll();
  await services.marks.settleAll();
  await stopped;
  await services.presence.stop();
}

type ServerSources = Pick<Sources, 'connections' | 'isStoreUp' | 'isReady' | 'isDraining'>;

function watchGateway({ metrics, delivery, passwords, mending }: Services, sources: ServerSources): void {
  metrics.watch({
    ...sources,
    users: () => delivery.userCount,
    hashesWaiting: () => passwords.waiting,
    mended: () => mending.mended,
  });
}

function describeState({ presence, delivery, mending, pushWatch }: Services, startedAt: number): GatewayState {
  const { incarnation, living } = presence;
  const { userCount: users, sessionCount: sessions } = delivery;
  const { awaySince: storeAwaySince } = pushWatch;
  return { incarnation, startedAt, living, users, sessions, mended: { ...mending.mended }, storeAwaySince };
}
