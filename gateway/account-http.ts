/** A user's own account over HTTP, for whoever has the token of one of its devices. */

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DEVICE_ID } from '../protocol/documents.ts';
import { readPass } from './accounts.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { describeAccount, describeDevice, openExport } from './export.ts';
import {
  allowOnly,
  askStore,
  HttpError,
  readJson,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from './json-http.ts';
import type { Logger } from './log.ts';
import type { Passwords } from './passwords.ts';
import { incarnationOf } from './store/presence.ts';
import type { Account, DeviceId, Incarnation, Store, UserKey } from './store/store.ts';
import { makeToken, readToken, verifyToken } from './tokens.ts';
import type { Trust } from './transport/trust.ts';

/** What the account's routes ask of the gateway. */
export interface AccountGateway {
  /** The incarnations that live, as far as is known here. */
  living(): ReadonlySet<Incarnation>;
  /** Removes a user for good; false when there is none. After a failure it can be repeated. */
  removeUser(user: UserKey): Promise<boolean>;
}

export interface AccountOptions {
  readonly config: Config;
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gateway: AccountGateway;
  readonly trust: Trust;
  /** Refuses addresses that try too many tokens and passwords. */
  readonly limitTries: readonly RequestHandler[];
}

/** Who asks. */
interface Owner {
  readonly user: UserKey;
  readonly device: DeviceId;
  readonly account: Account;
}

/** Serves everything below `/api/account`. */
export function serveAccount(app: Express, options: AccountOptions): void {
  const owned: readonly RequestHandler[] = [...options.limitTries, authenticate(options)];
  app
    .route('/api/account')
    .get(...owned, (_request, response) => {
      const { account, device } = ownerOf(response);
      response.json({ ...describeAccount(account, options.config), device });
    })
    .delete(...owned, ...readJson, (request, response) => removeAccount(options, request, response))
    .all(allowOnly('GET', 'HEAD', 'DELETE'));
  app
    .route('/api/account/devices')
    .get(...owned, async (_request, response) => void response.json(await listDevices(options, ownerOf(response))))
    .all(allowOnly('GET', 'HEAD'));
  app
    .route('/api/account/devices/:device')
    .delete(...owned, (request, response) => revokeDevice(options, request, response))
    .all(allowOnly('DELETE'));
  app
    .route('/api/account/password')
    .put(...owned, ...readJson, (request, response) => changePassword(options, request, response))
    .all(allowOnly('PUT'));
  app
    .route('/api/account/export')
    .head(allowOnly('GET'))
    .get(...owned, createExport(options))
    .all(allowOnly('GET'));
}

/** Finds the owner by the bearer token. Whatever is wrong with it, the answer is the same. */
function authenticate({ store, logger }: AccountOptions): RequestHandler {
  return async (request, response, next) => {
    const [, token] = /^bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const claimed = readToken(token);
    const account = claimed && (await askStore(verifyToken(store, claimed.user, claimed.device, token!)));
    if (claimed === undefined || account === undefined || account.banned) {
      return refuseToken();
    }
    const { user, device } = claimed;
    // A token is good for a time after its last use. What was asked for does not fail for that.
    await store.touchDevice(user, device).catch((error: unknown) => logger.debug({ err: error }, 'use not noted'));
    response.locals.owner = { user, device, account } satisfies Owner;
    next();
  };
}

function refuseToken(): never {
  throw new HttpError(401, 'This needs the token of a device that is logged in.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

function ownerOf(response: Response): Owner {
  return response.locals.owner as Owner;
}

/** For what a token alone does not suffice; the field of the body that has the password. */
async function verifyPass({ passwords }: AccountOptions, { account }: Owner, body: unknown, field: string) {
  const pass = readPass(body, field);
  if (!(await passwords.verify(pass, account.pass))) throw new HttpError(403, 'The password is wrong.', { field });
}

async function listDevices({ store, gateway }: AccountOptions, { user, device: own }: Owner): Promise<object> {
  const [devices, sessions] = await askStore(Promise.all([store.listDevices(user), store.listSessions(user)]));
  const living = gateway.living();
  const connected = new Set(
    sessions.filter(({ session }) => living.has(incarnationOf(session))).map(({ info }) => info.device),
  );
  return {
    devices: devices.map((device) => ({
      ...describeDevice(device),
      isOwn: device.device === own,
      isConnected: connected.has(device.device),
    })),
  };
}

async function revokeDevice(options: AccountOptions, request: Request, response: Response): Promise<void> {
  const { user } = ownerOf(response);
  const device = String(request.params.device);
  const isRevoked = DEVICE_ID.test(device) && (await askStore(options.store.revokeDevice(user, device)));
  if (!isRevoked) throw new HttpError(404, `There is no device ${JSON.stringify(device.slice(0, 64))}.`);
  note(options, request, response, { revoked: device }, 'device revoked');
  response.status(204).end();
}

/** All sessions end and all tokens are void with the old password; this device gets another one. */
async function changePassword(options: AccountOptions, request: Request, response: Response): Promise<void> {
  const { store, passwords, logger } = options;
  const owner = ownerOf(response);
  const { user, device, account } = owner;
  const pass = readPass(request.body);
  await verifyPass(options, owner, request.body, 'old');
  const isChanged = await askStore(store.changeAccount(user, { pass: await passwords.hash(pass) }));
  // Removed meanwhile.
  if (!isChanged) refuseToken();
  note(options, request, response, {}, 'password changed');
  const { token, hash } = makeToken(user, device);
  // Good in the generation that this change made: a ban or a kick that came right after it voids the token. The password is
  // set, whatever becomes of that: without a token the client logs in with it.
  const isGiven = await store.setToken(user, device, hash, account.generation + 1).catch((error: unknown) => {
    logger.warn({ err: error, user, device }, 'no token given after a new password');
    return false;
  });
  response.json({ ...(isGiven && { token }) });
}

async function removeAccount(options: AccountOptions, request: Request, response: Response): Promise<void> {
  const owner = ownerOf(response);
  await verifyPass(options, owner, request.body, 'pass');
  await askStore(options.gateway.removeUser(owner.user));
  note(options, request, response, {}, 'account removed');
  response.status(204).end();
}

/** One at a time for each user: a slow reader keeps a page of the log in memory. */
function createExport(options: AccountOptions): RequestHandler {
  const { store, clock, config } = options;
  const exporting = new Set<UserKey>();
  return async (request, response) => {
    const { user, account } = ownerOf(response);
    if (exporting.has(user)) {
      throw new HttpError(429, 'An export is under way; try again when it is done.', {
        headers: { 'Retry-After': '5' },
      });
    }
    exporting.add(user);
    try {
      const pages = await askStore(openExport({ store, config, user, account, now: clock.now() }));
      note(options, request, response, {}, 'account exported');
      // No name holds a quote or a backslash.
      response.type('json').set('Content-Disposition', `attachment; filename="ims-${account.name}.json"`);
      response.setTimeout(config.timing.stall, () => response.destroy());
      await sendAll(pages, response, options);
    } finally {
      exporting.delete(user);
    }
  };
}

/** A failure half-way cuts the answer off, so that nobody takes a part for the whole. */
async function sendAll(pages: Readable, response: Response, { logger }: AccountOptions): Promise<void> {
  try {
    await pipeline(pages, response);
  } catch (error) {
    const hasLeft = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!hasLeft) logger.warn({ err: error, user: ownerOf(response).user }, 'an export broke off');
  }
}

function note({ logger, trust }: AccountOptions, request: Request, response: Response, more: object, what: string) {
  const { user, device } = ownerOf(response);
  logger.info({ user, device, ...more, address: trust.addressOf(request) }, what);
}
