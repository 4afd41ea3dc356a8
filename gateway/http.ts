/** What PORT serves besides the WebSocket: the page, accounts and what is theirs, health. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ipKeyGenerator, MemoryStore, rateLimit, type AugmentedRequest } from 'express-rate-limit';
import { serveAccount, type AccountGateway } from './account-http.ts';
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
  type Request,
  type RequestHandler,
} from './json-http.ts';
import type { Logger } from './log.ts';
import { openapi } from './openapi.ts';
import { createOriginCheck } from './origin.ts';
import { PAGE_DIR, protectPage, servePage } from './page.ts';
import { BusyError, type Passwords } from './passwords.ts';
import type { Store } from './store/store.ts';
import { createTrust, type Trust } from './transport/trust.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly gateway: AccountGateway;
  /** The folder of the built page. */
  readonly pageDir?: string;
}

/** Wrong tokens and passwords of one address in {@link TRIES_WINDOW}, from which on it is refused. */
export const WRONG_TRIES = 30;
const TRIES_WINDOW = 900_000;

/** The express app for PORT. */
export function createHttp(options: HttpOptions): Express {
  const { config, logger, pageDir = PAGE_DIR } = options;
  const trust = createTrust(config.trustedProxies);
  const app = createJsonApp();
  app.use(...protectPage());
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
  app
    .route('/api/openapi.json')
    .get((_request, response) => void response.json(openapi))
    .all(allowOnly('GET', 'HEAD'));
  serveAccounts(app, options, trust);
  serveAccount(app, { ...options, trust, limitTries: limitTries(trust) });
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
        'Access-Control-Expose-Headers': 'Content-Disposition, Retry-After, WWW-Authenticate',
      });
    }
    if (request.method !== 'OPTIONS') return next();
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type',
    });
    response.status(204).end();
  };
}

/** Counts the requests of an address; those over the limit get 429. */
function createLimit(
  trust: Trust,
  counted: { readonly windowMs: number; readonly limit: number; readonly store: MemoryStore; readonly refusal: string },
): RequestHandler {
  const { refusal, ...options } = counted;
  return rateLimit({
    ...options,
    keyGenerator: (request) => ipKeyGenerator(trust.addressOf(request)),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    handler() {
      throw new HttpError(429, refusal);
    },
  });
}

function keyOf(request: Request): string {
  return (request as AugmentedRequest).rateLimit!.key;
}

/** Each try counts until it is answered, so that many at once are no way round; in the end only the wrong ones do. */
function limitTries(trust: Trust): readonly RequestHandler[] {
  const store = new MemoryStore();
  const refusal = 'Too many wrong tokens or passwords came from this address; try again later.';
  return [
    createLimit(trust, { windowMs: TRIES_WINDOW, limit: WRONG_TRIES, store, refusal }),
    (request, response, next) => {
      response.once('close', () => {
        // Who leaves before the answer has tried all the same.
        const isRight = response.headersSent && ![401, 403].includes(response.statusCode);
        if (isRight) void store.decrement(keyOf(request));
      });
      next();
    },
  ];
}

function serveAccounts(app: Express, { config, store, passwords, logger }: HttpOptions, trust: Trust): void {
  const counts = new MemoryStore();
  const limit = createLimit(trust, {
    windowMs: 3_600_000,
    limit: config.limits.accountsPerHour,
    store: counts,
    refusal: 'Too many accounts were made from this address; try again later.',
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
          if (error instanceof BusyError) await counts.decrement(keyOf(request));
          throw error;
        });
        logger.info({ user, address: trust.addressOf(request) }, 'account made');
        response.status(201).json({ user });
      },
    )
    .all(allowOnly('POST'));
}
