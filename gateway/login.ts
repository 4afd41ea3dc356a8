/** What a connection has from its LOGIN on: an owner, a seat for entries, and the dialect that it asked for. */

import { LOGOUT_RESULT, type ProtocolError, type ServerDocument } from '../protocol/documents.ts';
import { writeDocument } from '../protocol/writer.ts';
import { Classic } from './classic.ts';
import type { LocalSession, Seat } from './delivery.ts';
import type { Dialect } from './dialect.ts';
import type { HandlerSession, Owner, Version2Session } from './handlers/route.ts';
import type { Ending } from './metrics/metrics.ts';
import { openSession } from './opening.ts';
import type { Outlet } from './outlet.ts';
import type { Services } from './services.ts';
import type { DeviceLogin, Entry, Look, OpenedSession, Place, Push, SessionId, SessionInfo } from './store/store.ts';
import type { Connection } from './transport/connection.ts';
import { Version2 } from './version-2.ts';

export interface LoginOptions {
  readonly id: SessionId;
  readonly connection: Connection;
  readonly outlet: Outlet;
  readonly services: Services;
  /** The session was ended by an administrator, a ban or a new password, and its client has been told. */
  readonly ended: () => void;
  /** The session cannot go on: its client is told why, and the connection closed. */
  readonly fail: (error: ProtocolError) => void;
}

export class Login implements LocalSession, HandlerSession {
  readonly id: SessionId;
  readonly #options: LoginOptions;
  #owner: Owner | undefined;
  #info: SessionInfo | undefined;
  #login: DeviceLogin | undefined;
  #dialect: Dialect | undefined;
  #seat: Seat | undefined;
  #isOpened = false;
  /** Ended before it was opened. */
  #isEnded = false;
  #isGone = false;
  #left: Promise<void> | undefined;
  #operations = 0;
  #lastReceipt: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.id = options.id;
  }

  get owner(): Owner | undefined {
    return this.#owner;
  }

  get info(): SessionInfo {
    return this.#info!;
  }

  get login(): DeviceLogin | undefined {
    return this.#login;
  }

  get generation(): number {
    return this.#owner!.generation;
  }

  get version2(): Version2Session | undefined {
    return this.#dialect?.version2;
  }

  nextOperation(): number {
    this.#operations += 1;
    return this.#operations;
  }

  async open(account: Omit<Owner, 'session'>, login?: DeviceLogin): Promise<OpenedSession | undefined> {
    const { delivery, clock } = this.#options.services;
    const { transport, address } = this.#options.connection;
    const owner: Owner = { ...account, session: this.id };
    const { user, device } = owner;
    this.#owner = owner;
    this.#login = login;
    this.#dialect = this.#createDialect(owner);
    this.#seat = await delivery.join(user, this);
    this.#info = { transport, address, since: clock.now(), ...(device !== undefined && { device }) };
    try {
      const opened = await openSession(owner, this.#info, this.#options.services, login);
      if (opened.outcome !== 'opened' || this.#isGone) return undefined;
      this.#isOpened = true;
      this.#noteOpened(owner, opened);
      return opened;
    } finally {
      // Refused, failed, or the connection closed meanwhile, before there was a seat to leave.
      if (!this.#isOpened) await this.#giveUp(owner);
    }
  }

  #createDialect(owner: Owner): Dialect {
    const { connection, services, fail } = this.#options;
    const send = (documents: readonly ServerDocument[], flushed?: () => void): void => this.#send(documents, flushed);
    const options = { owner, connection, services, send, fail };
    return owner.device === undefined ? new Classic(options) : new Version2(options);
  }

  #noteOpened({ user, device }: Owner, { sessions, friendships, status }: OpenedSession): void {
    const { announcing, logger, metrics } = this.#options.services;
    const { transport, address } = this.#options.connection;
    metrics.countSession(transport, 1);
    logger.info({ user, session: this.id, transport, address, device }, 'logged in');
    this.version2?.noteStatus(status);
    if (this.#login?.status !== undefined) void announcing.announceStatus(user, friendships);
    else if (sessions.length === 1) void announcing.announce(user, friendships);
  }

  async #giveUp({ user }: Owner): Promise<void> {
    const { delivery } = this.#options.services;
    await delivery.leave(user, this.id);
    if (this.#isGone) await delivery.close(user, this.id);
    this.#dialect?.stop();
    this.#dialect = undefined;
    this.#seat = undefined;
    this.#owner = undefined;
    this.#isEnded = false;
  }

  /** Sends the backlog and what follows it; from then on entries come as they are made. Rejects where the store cannot be asked. */
  async start(opened: OpenedSession): Promise<void> {
    const dialect = this.#dialect;
    if (this.#seat === undefined || dialect === undefined) return;
    if (this.#isEnded) return this.endedElsewhere();
    this.#options.services.finishing.begin(this.#owner!.user, opened, opened.sessions);
    dialect.begin(opened);
    const held = opened.device?.isResumed === true ? this.#login?.after : undefined;
    await this.#seat.feed.start(opened, () => dialect.greet(opened), held);
  }

  deliver(entries: readonly Entry[]): void {
    this.#dialect?.deliver(entries);
  }

  tailLost(lost: Place): void {
    this.#dialect?.tailLost(lost);
  }

  pushed(push: Push): void {
    this.#dialect?.pushed(push);
  }

  compare(look: Look, areHintsLost: boolean): void {
    this.#dialect?.compare(look, areHintsLost);
  }

  async confirmAgain(): Promise<void> {
    if (this.isOpened) await this.#dialect?.confirmAgain();
  }

  get isReady(): boolean {
    return this.#options.outlet.isReady;
  }

  whenReady(): Promise<void> {
    return this.#options.outlet.whenReady();
  }

  /** IMS LOGOUT from the server: "equivalent to the positive response of the client initiated logout". */
  endedElsewhere(): void {
    this.#isEnded = true;
    if (this.#isGone || this.#owner === undefined || !this.#isOpened) return;
    this.#send([{ name: 'LOGOUT', user: this.#owner.spelling, result: LOGOUT_RESULT.out }]);
    this.#options.outlet.push(this.#options.ended);
  }

  received(): void {
    this.#dialect?.received();
  }

  /** See {@link Dialect.resumed}. */
  resumed(): void {
    this.#dialect?.resumed();
  }

  /** Nobody is there to read: what comes stays in the log. */
  disconnected(): void {
    this.#seat?.feed.stop();
  }

  get isOpened(): boolean {
    return this.#isOpened && !this.#isGone;
  }

  ping(): void {
    if (this.#dialect === undefined) this.#options.connection.ping();
    else this.#dialect.ping();
  }

  pong(): void {
    this.#dialect?.pong();
  }

  /** The user has one session less, at once; what was sent may still be confirmed until `closed`. Safe to repeat. */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<void> {
    this.#isGone = true;
    this.#dialect?.stop();
    if (this.#seat === undefined || this.#owner === undefined) return;
    const { services, connection } = this.#options;
    if (this.#isOpened) services.metrics.countSession(connection.transport, -1);
    if (this.#dialect?.isConfirming) this.#lastReceipt = deferred();
    await services.delivery.leave(this.#owner.user, this.id, this.#lastReceipt?.promise);
  }

  /** The connection is closed; `isOrderly`: its client had read all that was flushed. Resolves when that is written. */
  async closed(isOrderly: boolean): Promise<void> {
    const left = this.leave();
    await this.#dialect?.closed(isOrderly);
    this.#lastReceipt?.resolve();
    await left;
  }

  /** The counterpart of "logged in"; silent for who never was. */
  logEnd(why: Ending): void {
    if (!this.#isOpened || this.#owner === undefined) return;
    const { connection, services } = this.#options;
    const { transport, address } = connection;
    services.logger.info({ user: this.#owner.user, session: this.id, transport, address, why }, 'session ended');
  }

  #send(documents: readonly ServerDocument[], flushed?: () => void): void {
    if (documents.length === 0) return;
    const texts = documents.map(writeDocument);
    this.#options.outlet.push(() => this.#options.connection.send(texts, flushed));
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
