/** The store's contract over an ordered key-value engine in this process. */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { addAccount, listAccounts, readAccount } from './local-accounts.ts';
import type { Change } from './local-change.ts';
import { changeAccount, endSessions, removeAccount } from './local-endings.ts';
import {
  beginFriendship,
  decideFriendship,
  listFriendships,
  readFriendship,
  restoreFriendship,
  tellFriendship,
} from './local-friendships.ts';
import { keys, type Engine, type KeyValue, type Reader } from './local-keys.ts';
import { LocalLiving } from './local-living.ts';
import { readPage } from './local-log.ts';
import { mend } from './local-mending.ts';
import { confirm, receive, send, settle } from './local-messages.ts';
import { markCompared, openSession } from './local-opening.ts';
import { findReceived, findSent, readPeers, readUnfinished } from './local-peers.ts';
import { LocalPushes } from './local-pushes.ts';
import {
  closeIncarnation,
  closeSessions,
  leaveSession,
  listSessions,
  listUsers,
  look,
  readPresence,
  reopenSession,
  setStatus,
} from './local-sessions.ts';
import type {
  Place,
  Author,
  Friendship,
  FriendshipOperation,
  FriendshipRecord,
  Incarnation,
  MendRequest,
  Push,
  ReceiveRequest,
  SendRequest,
  SessionId,
  SessionInfo,
  Settlement,
  Store,
  StoreLimits,
  UserKey,
} from './store.ts';

export interface LocalSettings {
  readonly clock: Clock;
  readonly limits: StoreLimits;
  /** Random bytes, for the checks of places; the system's unless a simulation gives its own. */
  readonly random?: (size: number) => Buffer;
}

const PROBE_TIMEOUT = 2_000;
/** A local store keeps what it has answered: it never fails over. */
const FAILOVER_AT = 0;

export class LocalStore implements Store {
  readonly description: string;
  readonly #engine: Engine;
  readonly #settings: LocalSettings;
  readonly #random: (size: number) => Buffer;
  readonly #pushes = new LocalPushes();
  readonly #living: LocalLiving;
  #probes = 0;
  #closing: Promise<void> | undefined;

  /** A store over `engine`, which it closes. */
  constructor(engine: Engine, description: string, settings: LocalSettings) {
    this.#engine = engine;
    this.description = description;
    this.#settings = settings;
    this.#random = settings.random ?? randomBytes;
    this.#living = new LocalLiving(settings.clock);
  }

  addAccount(account: { name: string; pass: string; op: string }) {
    return this.#write((change) => addAccount(change, account));
  }

  readAccount(user: UserKey) {
    return this.#read((reader) => readAccount(reader, user));
  }

  changeAccount(user: UserKey, fields: { banned?: boolean; pass?: string }) {
    return this.#write((change) => changeAccount(change, user, fields));
  }

  removeAccount(user: UserKey) {
    return this.#write((change) => removeAccount(change, user));
  }

  listAccounts(after: UserKey, limit: number) {
    return this.#read((reader) => listAccounts(reader, after, limit));
  }

  openSession(author: Author, info: SessionInfo) {
    return this.#write((change) => openSession(change, author, info));
  }

  reopenSession(author: Author, info: SessionInfo) {
    return this.#write((change) => reopenSession(change, author, info));
  }

  leaveSession(user: UserKey, session: SessionId) {
    return this.#write((change) => leaveSession(change, user, session));
  }

  closeSessions(user: UserKey, sessions: readonly SessionId[]) {
    return this.#write((change) => closeSessions(change, user, sessions));
  }

  closeIncarnation(user: UserKey, incarnation: Incarnation) {
    return this.#write((change) => closeIncarnation(change, user, incarnation));
  }

  endSessions(user: UserKey, session?: SessionId) {
    return this.#write((change) => endSessions(change, user, session));
  }

  listSessions(user: UserKey) {
    return this.#read((reader) => listSessions(reader, user));
  }

  listUsers(incarnation: Incarnation) {
    return this.#read((reader) => listUsers(reader, incarnation));
  }

  setStatus(author: Author, status: number, op: number) {
    return this.#write((change) => setStatus(change, author, status, op));
  }

  readPresence(users: readonly UserKey[]) {
    return this.#read((reader) => users.map((user) => readPresence(reader, user)));
  }

  send(author: Author, request: SendRequest) {
    return this.#write((change) => send(change, author, request));
  }

  receive(user: UserKey, request: ReceiveRequest) {
    return this.#write((change) => receive(change, user, request));
  }

  settle(user: UserKey, settled: readonly Settlement[]) {
    return this.#write((change) => settle(change, user, settled));
  }

  findSent(user: UserKey, to: UserKey, first: number, last: number) {
    return this.#read((reader) => findSent(reader, user, to, first, last));
  }

  findReceived(user: UserKey, from: UserKey, first: number) {
    return this.#read((reader) => findReceived(reader, user, from, first));
  }

  mend(user: UserKey, request: MendRequest) {
    return this.#write((change) => mend(change, user, request));
  }

  readPeers(user: UserKey, other?: UserKey) {
    return this.#read((reader) => readPeers(reader, user, other));
  }

  markCompared(user: UserKey, failoverAt: number) {
    return this.#write((change) => markCompared(change, user, failoverAt));
  }

  readUnfinished(user: UserKey) {
    return this.#read((reader) => readUnfinished(reader, user));
  }

  look(user: UserKey) {
    return this.#read((reader) => look(reader, user));
  }

  readLog(user: UserKey, after: number) {
    return this.#read((reader) => readPage(reader, user, after));
  }

  confirm(user: UserKey, upto: Place, senders: ReadonlyMap<UserKey, number>) {
    return this.#write((change) => confirm(change, user, upto, senders));
  }

  beginFriendship(user: UserKey, other: string, author?: Author) {
    return this.#write((change) => beginFriendship(change, user, other, author));
  }

  decideFriendship(operation: FriendshipOperation) {
    return this.#write((change) => decideFriendship(change, operation));
  }

  readFriendship(a: UserKey, b: UserKey) {
    return this.#read((reader) => readFriendship(reader, a, b));
  }

  restoreFriendship(user: UserKey, copy: Friendship) {
    return this.#write((change) => restoreFriendship(change, user, copy));
  }

  tellFriendship(user: UserKey, other: string, record: FriendshipRecord) {
    return this.#write((change) => tellFriendship(change, user, other, record));
  }

  listFriendships(user: UserKey) {
    return this.#read((reader) => listFriendships(reader, user));
  }

  subscribe(user: UserKey, listener: (push: Push) => void) {
    return this.#read(() => this.#pushes.listen(user, listener));
  }

  unsubscribe(user: UserKey) {
    return this.#read(() => this.#pushes.forget(user));
  }

  /** Never calls it: nothing is lost between a process and itself. */
  onPushGap() {}

  beat(incarnation: Incarnation) {
    return this.#read((reader) => ({ ...this.#living.beat(reader, incarnation), failoverAt: FAILOVER_AT }));
  }

  leave(incarnation: Incarnation) {
    return this.#read((reader) => this.#living.leave(reader, incarnation));
  }

  claim(dead: Incarnation, by: Incarnation) {
    return this.#read((reader) => this.#living.claim(reader, dead, by));
  }

  bury(dead: Incarnation) {
    return this.#write((change) => this.#living.bury(change, dead));
  }

  async probe() {
    const channel = `probe ${(this.#probes += 1)}`;
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = this.#settings.clock.after(PROBE_TIMEOUT, () => reject(new Error('the store does not answer')));
        const settle = (action: () => void) => (timer.cancel(), action());
        this.#pushes.listen(channel, () => settle(resolve));
        this.#sendProbe(channel).catch((error: unknown) => settle(() => reject(error)));
      });
    } finally {
      this.#pushes.forget(channel);
    }
  }

  #sendProbe(channel: string): Promise<void> {
    return this.#write((change) => {
      change.put(keys.probe, String(change.now));
      // No user's name holds the space that is in a probe's channel.
      change.push(channel, { kind: 'end', generation: 0 });
    });
  }

  close() {
    return (this.#closing ??= this.#engine.close());
  }

  async #read<T>(take: (reader: Reader) => T): Promise<T> {
    this.#assertOpen();
    return take(this.#engine.reader);
  }

  async #write<T>(decide: (change: Change) => T): Promise<T> {
    this.#assertOpen();
    const caused: [UserKey, Push][] = [];
    const answer = await this.#engine.transact((keyValue) => decide(this.#createChange(keyValue, caused)));
    for (const [user, push] of caused) this.#pushes.deliver(user, push);
    return answer;
  }

  #createChange(keyValue: KeyValue, caused: [UserKey, Push][]): Change {
    return {
      get: (key) => keyValue.get(key),
      range: (start, end, limit) => keyValue.range(start, end, limit),
      put: (key, value) => keyValue.put(key, value),
      remove: (key) => keyValue.remove(key),
      now: this.#settings.clock.now(),
      limits: this.#settings.limits,
      failoverAt: FAILOVER_AT,
      newCheck: () => this.#random(3).toString('hex'),
      push: (user, push) => void caused.push([user, push]),
    };
  }

  #assertOpen(): void {
    if (this.#closing) throw new Error('the store is closed');
  }
}
