/** Devices of the local stores: what is kept of them, and what their last messages were answered. */

import { createHash } from 'node:crypto';
import { toAsciiLower } from '../../protocol/documents.ts';
import type { Appended, Change } from './local-change.ts';
import { keyName, keys, readRecord, walkPrefix, writeRecord, type KeyValue, type Reader } from './local-keys.ts';
import { ANSWERS } from './store.ts';
import type { Author, Device, DeviceId, DeviceLogin, Place, SendRequest, SessionId, UserKey } from './store.ts';

export interface DeviceRecord {
  readonly label: string;
  readonly madeAt: number;
  readonly usedAt: number;
  /** The newest session: the only one that may change anything. */
  readonly session: SessionId;
  /** The highest id that was taken. */
  readonly sent: number;
  readonly tokenHash?: string;
  readonly tokenGeneration?: number;
}

/** A message that was taken: what it was, and the answer. */
interface Taken {
  readonly id: number;
  readonly to: UserKey;
  readonly hash: string;
  readonly answer: Appended;
}

export function readDeviceRecord(reader: Reader, user: UserKey, device: DeviceId): DeviceRecord | undefined {
  return readRecord(reader, keys.device(user, device));
}

export function readDevice(reader: Reader, user: UserKey, device: DeviceId, now: number): Device | undefined {
  const record = readDeviceRecord(reader, user, device);
  return record && toDevice(device, record, now);
}

function toDevice(device: DeviceId, record: DeviceRecord, now: number): Device {
  const { label, madeAt, usedAt, tokenHash, tokenGeneration } = record;
  const token = tokenHash !== undefined && tokenGeneration !== undefined && { tokenHash, tokenGeneration };
  return { device, label, madeAt, usedAt, unusedFor: Math.max(0, now - usedAt), ...token };
}

export function listDevices(reader: Reader, user: UserKey, now: number): readonly Device[] {
  return [...walkPrefix(reader, keys.devices(user))]
    .map(([key, value]) => toDevice(keyName(key), JSON.parse(value) as DeviceRecord, now))
    .sort((a, b) => b.usedAt - a.usedAt || b.madeAt - a.madeAt);
}

/** Makes the device where there is none; the author's session is its newest now. */
export function bindDevice(
  change: Change,
  { user, session, generation }: Author,
  device: DeviceId,
  { label, tokenHash }: DeviceLogin,
): void {
  const known = readDeviceRecord(change, user, device);
  writeRecord<DeviceRecord>(change, keys.device(user, device), {
    ...(known ?? { madeAt: change.now, sent: 0 }),
    label,
    usedAt: change.now,
    session,
    ...(tokenHash !== undefined && { tokenHash, tokenGeneration: generation }),
  });
}

export function touchDevice(change: Change, user: UserKey, device: DeviceId): void {
  const record = readDeviceRecord(change, user, device);
  if (record) writeRecord<DeviceRecord>(change, keys.device(user, device), { ...record, usedAt: change.now });
}

export function setToken(
  change: Change,
  user: UserKey,
  device: DeviceId,
  tokenHash: string,
  tokenGeneration: number,
): boolean {
  const record = readDeviceRecord(change, user, device);
  if (!record) return false;
  writeRecord<DeviceRecord>(change, keys.device(user, device), { ...record, tokenHash, tokenGeneration });
  return true;
}

/** Forgets the device; its sessions stay. */
export function forgetDevice(keyValue: KeyValue, user: UserKey, device: DeviceId): void {
  keyValue.remove(keys.device(user, device));
  keyValue.remove(keys.answers(user, device));
}

/** The first answer to the very same message. */
export function findAnswer(
  reader: Reader,
  user: UserKey,
  device: DeviceId,
  { op, to, text }: SendRequest,
): Appended | undefined {
  const taken = readTaken(reader, user, device).find(({ id }) => id === op);
  return taken && taken.to === toAsciiLower(to) && taken.hash === hashText(text) ? taken.answer : undefined;
}

/** The device has taken a message. */
export function rememberAnswer(
  change: Change,
  user: UserKey,
  device: DeviceId,
  { op: id, to, text, answer }: Pick<SendRequest, 'op' | 'to' | 'text'> & { readonly answer: Appended },
): void {
  const record = readDeviceRecord(change, user, device);
  if (!record) return;
  writeRecord<DeviceRecord>(change, keys.device(user, device), { ...record, sent: id });
  const taken: Taken = { id, to: toAsciiLower(to), hash: hashText(text), answer };
  writeTaken(change, user, device, [...readTaken(change, user, device), taken].slice(-ANSWERS));
}

/** What devices remember of messages that have another place and number now. */
export function renameAnswers(change: Change, user: UserKey, moved: ReadonlyMap<Place, Appended>): void {
  for (const [key] of walkPrefix(change, keys.devices(user))) {
    const device = keyName(key);
    const all = readTaken(change, user, device);
    if (!all.some(({ answer }) => moved.has(answer.place))) continue;
    const renamed = all.map((taken) => ({ ...taken, answer: moved.get(taken.answer.place) ?? taken.answer }));
    writeTaken(change, user, device, renamed);
  }
}

function readTaken(reader: Reader, user: UserKey, device: DeviceId): readonly Taken[] {
  return readRecord<readonly Taken[]>(reader, keys.answers(user, device)) ?? [];
}

function writeTaken(keyValue: KeyValue, user: UserKey, device: DeviceId, taken: readonly Taken[]): void {
  writeRecord(keyValue, keys.answers(user, device), taken);
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
