/** Everything that is kept of a user, as one JSON document that is read page by page. */

import { Readable } from 'node:stream';
import type { Config } from './config.ts';
import { placeNumber } from './store/entry.ts';
import type { Account, Device, Entry, LogPage, Store, UserKey } from './store/store.ts';

export interface ExportOptions {
  readonly store: Store;
  readonly config: Config;
  readonly user: UserKey;
  readonly account: Account;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A stream of strings: the document's head, then a page of the log with each. Rejects before, and fails later, where the store does. */
export async function openExport(options: ExportOptions): Promise<Readable> {
  const { store, user } = options;
  const [head, page] = await Promise.all([readHead(options), store.readLog(user, 0)]);
  return Readable.from(writeExport(options, head, page));
}

/** What the user can see of the own account. */
export function describeAccount({ name, status, createdAt }: Account, { statuses }: Config) {
  const known = statuses.find(({ id }) => id === status);
  return { name, createdAt: toTime(createdAt), status: { id: status, name: known?.name ?? '' } };
}

/** A device without its token. */
export function describeDevice({ device, label, madeAt, usedAt }: Device) {
  return { device, label, madeAt: toTime(madeAt), usedAt: toTime(usedAt) };
}

async function readHead({ store, config, user, account, now }: ExportOptions): Promise<object> {
  const [devices, sessions, friendships, { marks }] = await Promise.all([
    store.listDevices(user),
    store.listSessions(user),
    store.listFriendships(user),
    store.readMarks(user, 0),
  ]);
  return {
    exportedAt: toTime(now),
    account: describeAccount(account, config),
    devices: devices.map(describeDevice),
    sessions: sessions.map(({ session, info }) => ({ session, ...info, since: toTime(info.since) })),
    friends: friendships.filter(({ state }) => state !== 'none').map(({ name, state }) => ({ name, state })),
    marks: marks.map(({ v: _version, ...mark }) => mark),
  };
}

/** Up to the end that the log has at the start: a busy one would never be done. */
async function* writeExport({ store, user, account }: ExportOptions, head: object, first: LogPage) {
  yield `${JSON.stringify(head).slice(0, -1)},"log":[`;
  let separator = '';
  for (let { entries } = first; entries.length > 0;) {
    const lines = entries.map((entry) => JSON.stringify(describeEntry(entry, account.name)));
    yield `${separator}\n${lines.join(',\n')}`;
    separator = ',';
    const last = placeNumber(entries.at(-1)!.place);
    entries = last < first.head ? (await store.readLog(user, last)).entries : [];
  }
  yield '\n]}\n';
}

function describeEntry(entry: Entry, own: string): object {
  const isIncoming = entry.kind === 'in' || entry.kind === 'friend-in';
  const [from, to] = isIncoming ? [entry.name, own] : [own, entry.name];
  const base = { at: entry.place, time: toTime(entry.time), from, to };
  if ('change' in entry) return { ...base, type: entry.change };
  return { ...base, type: 'message', n: entry.n, ...entry.by, text: entry.text };
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
