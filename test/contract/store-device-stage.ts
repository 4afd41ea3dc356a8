/** What the checks of devices work with: logins, and what an author is refused. */

import assert from 'node:assert/strict';
import type {
  Author,
  DeviceId,
  DeviceLogin,
  OpenedDevice,
  OpenedSession,
  SendAnswer,
  SendRequest,
  SessionId,
  UserKey,
} from '../../gateway/store/store.ts';
import { INFO, type Appended, type Stage } from './store-stage.ts';

/** A login that brings nothing. */
export const LOGIN: DeviceLogin = { label: 'Phone', marks: 0 };

/** Ids that a careless key, range or pattern takes for each other. */
export const CLOSE_DEVICES = ['a', 'A', 'a-', 'a_', 'a-b', 'a_b', '0', '1', '10', '-', '_', 'a'.repeat(64)];

export interface OpenedWithDevice extends OpenedSession {
  readonly device: OpenedDevice;
}

export async function authorOn(stage: Stage, user: UserKey, session: SessionId, device: DeviceId): Promise<Author> {
  return { ...(await stage.author(user, session)), device };
}

/** Opens the author's session, or asks for it once more. */
export async function login(
  { store }: Stage,
  author: Author,
  more: Partial<DeviceLogin> = {},
): Promise<OpenedWithDevice> {
  const info = { ...INFO, device: author.device! };
  const opened = await store.openSession(author, info, { ...LOGIN, ...more });
  assert.equal(opened.outcome, 'opened');
  assert.ok('device' in opened && opened.device, 'a login with a device is answered with what it finds');
  return opened as OpenedWithDevice;
}

/** Opens a session on a device. */
export async function openOn(
  stage: Stage,
  user: UserKey,
  session: SessionId,
  device: DeviceId,
  more: Partial<DeviceLogin> = {},
): Promise<Author> {
  const author = await authorOn(stage, user, session, device);
  await login(stage, author, more);
  return author;
}

/** A message of a device by its id. */
export function sendAs(
  { store }: Stage,
  author: Author,
  id: number,
  more: Partial<SendRequest> = {},
): Promise<SendAnswer> {
  return store.send(author, { to: 'amy', text: `message ${id}`, op: id, settled: [], ...more });
}

/** A message of a device that must be taken. */
export async function appendAs(
  stage: Stage,
  author: Author,
  id: number,
  more: Partial<SendRequest> = {},
): Promise<Appended> {
  const answer = await sendAs(stage, author, id, more);
  assert.equal(answer.outcome, 'appended');
  return answer as Appended;
}

/** All that an author's changes could change. */
export async function observe({ store }: Stage, user: UserKey) {
  return [
    await store.readLog(user, 0),
    await store.readAccount(user),
    await store.listFriendships(user),
    await store.readMarks(user, 0),
    await store.readUnfinished(user),
  ];
}

/** Every change that an author can make is refused and changes nothing. */
export async function assertRefused(stage: Stage, author: Author, outcome: 'fenced' | 'replaced'): Promise<void> {
  const { store } = stage;
  const before = await observe(stage, author.user);
  assert.deepEqual(await sendAs(stage, author, 1_000_000 + stage.nextOp()), { outcome });
  assert.deepEqual(await store.setStatus(author, 3, stage.nextOp()), { outcome });
  assert.deepEqual(await store.setBlock(author, 'amy', true, stage.nextOp()), { outcome });
  assert.deepEqual(await store.beginFriendship(author.user, 'amy', author), { outcome });
  assert.deepEqual(await observe(stage, author.user), before);
}

/** The devices that are there, in the order of their ids. */
export async function devicesOf({ store }: Stage, user: UserKey): Promise<readonly DeviceId[]> {
  return (await store.listDevices(user)).map(({ device }) => device).sort();
}
