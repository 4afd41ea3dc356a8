/** What PORT serves besides the WebSocket: the page, accounts, health. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ipKeyGenerator, MemoryStore, rateLimit, type AugmentedRequest } from 'express-rate-limit';
import { makeAccount, readNewAccount } from './accounts.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Readiness } from './health.ts';
import {
  allowOnly,
  createJsonApp,
  endJsonApp,
  HttpError,
  readJson,
  type Express,
  type RequestHandler,
} from './json-http.ts';
import type { Logger } from './log.ts';
import { createOriginCheck } from './origin.ts';
import { PAGE_DIR, protectPage, servePage } from './page.ts';
import { BusyError, type Passwords } from './passwords.ts';
import type { Store } from './store/store.ts';
import { createTrust } from './transport/trust.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readiness: Readiness;
  /** The folder of the built page. */
  readonly pageDir?: string;
}

/** The express app for PORT. */
export function createHttp(options: HttpOptions): Express {
  const { config, logger, pageDir = PAGE_DIR } = options;
  const app = createJsonApp();
  app.use(protectPage());
  app.use((_request, response, next) => {
    // A proxy keeps connections for later requests: these must not meet the one that is closed at the end of draining.
    if (options.readiness.isDraining) response.set('Connection', 'close');
    next();
  });
  serveHealth(app, options);
  app.use('/api', createOriginGate(config));
  app
    .route('/api/settings')
    .get((_request, response) => {
      response.json({ registration: config.registration, idleSeconds: config.timing.idle / 1000 });
    })
    .all(allowOnly('GET', 'HEAD'));
  serveAccounts(app, options);
  app.all('/ims', () => {
    throw new HttpError(426, 'This is the WebSocket of the gateway.', { headers: { Upgrade: 'websocket' } });
  });
  servePage(app, pageDir);
  endJsonApp(app, logger);
  return app;
}

/** An HTTP server for the app, HTTPS where the configuration has a certificate; slow senders are cut off. */
export function createHttpServer({ tls }: Pick<Config, 'tls'>, app: RequestListener): Server {
  const patience = {
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    connectionsCheckingInterval: 5_000,
    // Longer than a proxy in front keeps an idle connection (nginx: 60 s), so that it is never the gateway who closes.
    keepAliveTimeout: 65_000,
  };
  return tls ? createTlsServer({ ...patience, ...tls, minVersion: 'TLSv1.2' }, app) : createServer(patience, app);
}

function serveHealth(app: Express, { readiness }: HttpOptions): void {
  app
    .route('/healthz')
    .get((_request, response) => void response.json({ status: 'ok' }))
    .all(allowOnly('GET', 'HEAD'));
  app
    .route('/readyz')
    .get(async (_request, response) => {
      const why = await readiness.ask();
      if (why === undefined) response.json({ status: 'ready' });
      else response.status(503).json({ status: 'unready', why });
    })
    .all(allowOnly('GET', 'HEAD'));
}

/** Refuses foreign pages, and tells browsers that the allowed ones may read the answers. */
function createOriginGate({ allowedOrigins }: Config): RequestHandler {
  const isOriginAllowed = createOriginCheck(allowedOrigins);
  return (request, response, next) => {
    response.vary('Origin');
    if (!isOriginAllowed(request)) throw new HttpError(403, 'This page may not use this gateway.');
    if (request.headers.origin !== undefined) {
      response.set({
        'Access-Control-Allow-Origin': request.headers.origin,
        'Access-Control-Expose-Headers': 'Retry-After',
      });
    }
    if (request.method !== 'OPTIONS') return next();
    response.set({ 'Access-Control-Allow-Methods': 'GET, POST', 'Access-Control-Allow-Headers': 'Content-Type' });
    response.status(204).end();
  };
}

function serveAccounts(app: Express, { config, store, passwords, logger }: HttpOptions): void {
  const trust = createTrust(config.trustedProxies);
  const counts = new MemoryStore();
  const limit = rateLimit({
    windowMs: 3_600_000,
    limit: config.limits.accountsPerHour,
    store: counts,
    keyGenerator: (request) => ipKeyGenerator(trust.addressOf(request)),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    handler() {
      throw new HttpError(429, 'Too many accounts were made from this address; try again later.');
    },
  });
  app
    .route('/api/accounts')
    .post(
      (_request, _response, next) => {
        if (config.registration === 'closed') throw new HttpError(403, 'This gateway gives out no accounts.');
        next();
      },
      ...readJson,
      (request, _response, next) => {
        request.body = readNewAccount(request.body);
        next();
      },
      // Here and not before: only what costs a hash counts.
      limit,
      async (request, response) => {
        const { user, pass } = request.body;
        await makeAccount({ store, passwords }, { user, pass }).catch(async (error: unknown) => {
          if (error instanceof BusyError) await counts.decrement((request as AugmentedRequest).rateLimit!.key);
          throw error;
        });
        logger.info({ user, address: trust.addressOf(request) }, 'account made');
        response.status(201).json({ user });
      },
    )
    .all(allowOnly('POST'));
}
