/** IMS LOGIN: the password decides, then a ban; known and unknown names take the same time. Version 2: or a token. */

import {
  DEVICE_ID,
  LOGIN_RESULT,
  PLACE,
  ProtocolError,
  toPass,
  toUserKey,
  VERSION,
  type ClientDocumentOf,
} from '../../protocol/documents.ts';
import type { Services } from '../services.ts';
import type { Account, DeviceId, DeviceLogin, OpenedSession, UserKey } from '../store/store.ts';
import { makeToken, readToken, verifyToken } from '../tokens.ts';
import { toNumber } from './numbers.ts';
import type { Answer, Route } from './route.ts';

type LoginDocument = ClientDocumentOf<'LOGIN'>;

/** Characters of a device's label that are kept. */
const MOST_LABEL = 64;

export const login: Route<'LOGIN'> = {
  async handle({ document, services, session }, owner) {
    const device = owner === undefined ? readDevice(document) : owner.device;
    const version = device === undefined ? {} : { version: VERSION };
    const answer = (result: string): Answer => ({
      document: { name: 'LOGIN', user: document.user, result, ...version },
    });
    const user = toUserKey(document.user);
    if (owner !== undefined || user === undefined) return answer(LOGIN_RESULT.refused);
    const account = await verify(user, device, document, services);
    if (account === undefined) return answer(LOGIN_RESULT.refused);
    if (account.banned) return answer(LOGIN_RESULT.banned);
    const { name, generation } = account;
    const known = { user, name, generation, spelling: document.user! };
    if (device === undefined) {
      const opened = await session.open(known);
      return opened === undefined
        ? answer(LOGIN_RESULT.refused)
        : { ...answer(LOGIN_RESULT.in), next: { start: opened } };
    }
    const given = document.pass === undefined ? undefined : makeToken(user, device);
    const opened = await session.open(
      { ...known, device },
      { ...readLogin(document, services), ...readHashes(document, given?.hash) },
    );
    if (opened === undefined) return answer(LOGIN_RESULT.refused);
    return { document: describeLogin(document, opened, given?.token), next: { start: opened } };
  },
};

/** Version 2: the device; undefined for a classic login. */
function readDevice({ version, device }: LoginDocument): DeviceId | undefined {
  if ((toNumber(version) ?? 0) < Number(VERSION)) return undefined;
  if (device !== undefined && DEVICE_ID.test(device)) return device;
  throw new ProtocolError('bad-device', 'version 2 needs a device: 1 to 64 of A-Z, a-z, 0-9, "_" and "-"');
}

/** The account to which this is the password, or of which it is the device's token. */
async function verify(
  user: UserKey,
  device: DeviceId | undefined,
  { pass: sent, token }: LoginDocument,
  { store, passwords }: Services,
): Promise<Account | undefined> {
  if (device !== undefined && sent === undefined) return verifyToken(store, user, device, token ?? '');
  const pass = toPass(sent);
  if (pass === undefined) return undefined;
  const account = await store.readAccount(user);
  return (await passwords.verify(pass, account?.pass)) ? account : undefined;
}

/** Of a new token, or of the one that was shown: a failover may take it, and the session then brings it back. */
function readHashes({ token }: LoginDocument, given: string | undefined): Pick<DeviceLogin, 'tokenHash' | 'shownHash'> {
  if (given !== undefined) return { tokenHash: given };
  const { hash } = readToken(token)!;
  return { tokenHash: hash, shownHash: hash };
}

function readLogin(document: LoginDocument, { config }: Services): DeviceLogin {
  const { label = '', epoch, after, marks, status } = document;
  const listed = config.statuses.find(({ id }) => String(id) === status);
  return {
    label: [...label.replace(/\s+/g, ' ').trim()].slice(0, MOST_LABEL).join(''),
    ...(epoch !== undefined && after !== undefined && PLACE.test(after) && { epoch, after }),
    marks: toNumber(marks) ?? 0,
    ...(listed && { status: listed.id }),
  };
}

function describeLogin({ user, after }: LoginDocument, { device }: OpenedSession, token: string | undefined) {
  const { epoch, isResumed, first, head, sent, marks } = device!;
  return {
    name: 'LOGIN' as const,
    user,
    result: LOGIN_RESULT.in,
    version: VERSION,
    token,
    epoch,
    after: isResumed ? after : undefined,
    first,
    head,
    sent: String(sent),
    marks: String(marks),
  };
}
