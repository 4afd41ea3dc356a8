/** The composition root: from settings, a store and a clock to a gateway that listens. */

import { randomBytes } from 'node:crypto';
import { createAdmin, type GatewayState } from './admin/listener.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { Delivery } from './delivery.ts';
import { Directory } from './directory.ts';
import { Friendships } from './friendships.ts';
import { createHttp, createHttpServer } from './http.ts';
import { addressOf, adminAddress, listenAt, listenHttp, type Stop } from './listening.ts';
import type { Logger } from './log.ts';
import { Messaging } from './messaging.ts';
import { createOriginCheck } from './origin.ts';
import { createPasswords } from './passwords.ts';
import { Presence } from './presence.ts';
import { watchPushes } from './push-watch.ts';
import { removeUser } from './remove-user.ts';
import type { Services } from './services.ts';
import { Session } from './session.ts';
import type { Store } from './store/store.ts';
import type { Accept } from './transport/connection.ts';
import { listenTcp } from './transport/tcp.ts';
import { createTrust, type Trust } from './transport/trust.ts';
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

export interface Gateway {
  /** The ports it listens on; a listener that is off has none. */
  readonly ports: { readonly http: number; readonly tcp?: number; readonly tcpTls?: number; readonly admin: number };
  /** Stops in order: no new connections, what was received is answered, sessions are closed. Within about 6 s. */
  close(): Promise<void>;
}

/**
 * Starts a gateway. Rejects, with nothing left open, when the store does not answer, and with a ConfigError when a port
 * cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<Gateway> {
  const services = createServices(options);
  const sessions = new Map<Session, Promise<void>>();
  const stops: Stop[] = [];
  let isDraining = false;
  const close = async (): Promise<void> => {
    isDraining = true;
    const stopped = Promise.all(stops.map((stop) => stop()));
    await closeSessions(sessions, services);
    await stopped;
    await services.presence.stop();
  };
  try {
    await services.presence.start();
    const watching = watchPushes(options.store, options.clock, options.logger);
    stops.push(async () => watching.cancel());
    const ports = await listen(options, services, createAccept(services, sessions), () => isDraining, stops);
    return { ports, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createServices({ config, store, clock, logger }: ServerOptions): Services {
  const directory = new Directory(store);
  const incarnation = randomBytes(8).toString('hex');
  const { statuses, timing, limits } = config;
  return {
    config,
    clock,
    logger,
    store,
    passwords: createPasswords({ concurrency: limits.hashes, queue: limits.hashQueue }),
    presence: new Presence({ store, incarnation, clock, logger, beatInterval: timing.beat, statuses }),
    delivery: new Delivery({ store, clock, logger }),
    messaging: new Messaging({ store, directory, clock, logger }),
    friendships: new Friendships(store, directory),
  };
}

function createAccept(services: Services, sessions: Map<Session, Promise<void>>): Accept {
  let count = 0;
  return (connection) => {
    count += 1;
    const id = `${services.presence.incarnation}.${count}`;
    let over = (): void => {};
    const closed = new Promise<void>((resolve) => (over = resolve));
    const session: Session = new Session(id, connection, services, () => {
      sessions.delete(session);
      over();
    });
    sessions.set(session, closed);
    return session;
  };
}

async function listen(
  options: ServerOptions,
  services: Services,
  accept: Accept,
  isDraining: () => boolean,
  stops: Stop[],
): Promise<Gateway['ports']> {
  const { config, clock, store, logger, adminToken } = options;
  const trust = createTrust(config.trustedProxies);
  const { passwords } = services;
  const startedAt = clock.now();
  const adminApp = createAdmin({
    config,
    token: adminToken,
    store,
    passwords,
    clock,
    logger,
    gateway: {
      status: async () => describeState(services, startedAt),
      removeUser: (user) => removeUser(user, services),
    },
  });
  const admin = await listenHttp(createHttpServer({}, adminApp), adminAddress(config), stops);
  const app = createHttp({ config, store, passwords, clock, logger, readiness: { isDraining } });
  const server = createHttpServer(config, app);
  const isOriginAllowed = createOriginCheck(config.allowedOrigins);
  const sockets = listenWebSocket({ server, path: '/ims', isOriginAllowed, addressOf: trust.addressOf, clock, accept });
  stops.push(async () => sockets.close());
  const http = await listenHttp(server, addressOf(config, 'PORT', config.port), stops);
  return { http, admin, ...(await listenNative(config, trust, clock, accept, stops)) };
}

/** The listeners for native clients, those that are on. */
async function listenNative(
  config: Config,
  { isTrusted }: Trust,
  clock: Clock,
  accept: Accept,
  stops: Stop[],
): Promise<{ tcp?: number; tcpTls?: number }> {
  const { host, tcpPort, tcpTlsPort, tls } = config;
  const open = async (
    portSetting: 'TCP_PORT' | 'TCP_TLS_PORT',
    port: number,
    secure: Config['tls'],
  ): Promise<number> => {
    const options = { host, port, ...(secure && { tls: secure }), isTrusted, clock, accept };
    const listening = await listenAt(addressOf(config, portSetting, port), () => listenTcp(options));
    stops.push(() => listening.close());
    return listening.port;
  };
  return {
    ...(tcpPort !== undefined && { tcp: await open('TCP_PORT', tcpPort, undefined) }),
    ...(tls && { tcpTls: await open('TCP_TLS_PORT', tcpTlsPort, tls) }),
  };
}

/** Answers what was received, closes all sessions, then writes down what became of the messages. */
async function closeSessions(
  sessions: ReadonlyMap<Session, Promise<void>>,
  { messaging, clock }: Services,
): Promise<void> {
  for (const session of [...sessions.keys()]) session.shutDown();
  const patience = new Promise<void>((resolve) => clock.after(CLOSE_WITHIN, resolve));
  await Promise.race([Promise.all(sessions.values()), patience]);
  for (const session of sessions.keys()) session.cutOff();
  await messaging.settleAll();
}

function describeState({ presence, delivery }: Services, startedAt: number): GatewayState {
  const { incarnation, living } = presence;
  return { incarnation, startedAt, living, users: delivery.userCount, sessions: delivery.sessionCount };
}
