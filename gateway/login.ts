/** What a connection has from its LOGIN on: an owner, a seat for entries, and receipts for what it was sent. */

import { LOGOUT_RESULT, type ServerDocument } from '../protocol/documents.ts';
import { writeDocument } from '../protocol/writer.ts';
import type { LocalSession, Seat } from './delivery.ts';
import { toDocuments, toInvitations } from './entry-documents.ts';
import type { HandlerSession, Owner } from './handlers/route.ts';
import type { Ending } from './metrics/metrics.ts';
import { openSession } from './opening.ts';
import type { Outlet } from './outlet.ts';
import { Receipts } from './receipts.ts';
import type { Services } from './services.ts';
import type { Entry, OpenedSession, SessionId, SessionInfo } from './store/store.ts';
import type { Connection } from './transport/connection.ts';

export interface LoginOptions {
  readonly id: SessionId;
  readonly connection: Connection;
  readonly outlet: Outlet;
  readonly services: Services;
  /** The session was ended by an administrator, a ban or a new password, and its client has been told. */
  readonly ended: () => void;
}

export class Login implements LocalSession, HandlerSession {
  readonly id: SessionId;
  readonly #options: LoginOptions;
  readonly #receipts: Receipts;
  #owner: Owner | undefined;
  #info: SessionInfo | undefined;
  #seat: Seat | undefined;
  /** The log's head when the session was opened: what came before is backlog. */
  #backlogEnd = Infinity;
  #isOpened = false;
  /** Ended before it was opened. */
  #isEnded = false;
  #isGone = false;
  #left: Promise<void> | undefined;
  #operations = 0;
  /** Writes of receipts, one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #lastReceipt: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.id = options.id;
    const { clock, config, delivery } = options.services;
    this.#receipts = new Receipts({
      connection: options.connection,
      clock,
      confirmAfter: config.timing.confirm,
      confirm: (receipt) => {
        const { user } = this.#owner!;
        this.#writing = this.#writing.then(() => delivery.confirm(user, receipt));
      },
    });
  }

  get owner(): Owner | undefined {
    return this.#owner;
  }

  get info(): SessionInfo {
    return this.#info!;
  }

  get generation(): number {
    return this.#owner!.generation;
  }

  nextOperation(): number {
    this.#operations += 1;
    return this.#operations;
  }

  async open(account: Omit<Owner, 'session'>): Promise<OpenedSession | undefined> {
    const { delivery, clock, logger, metrics } = this.#options.services;
    const { transport, address } = this.#options.connection;
    const owner: Owner = {
      user: account.user,
      session: this.id,
      generation: account.generation,
      name: account.name,
      spelling: account.spelling,
    };
    this.#owner = owner;
    this.#seat = await delivery.join(owner.user, this);
    this.#info = { transport, address, since: clock.now() };
    try {
      const opened = await openSession(owner, this.#info, this.#options.services);
      this.#isOpened = opened.outcome === 'opened' && !this.#isGone;
      if (this.#isOpened) {
        metrics.countSession(transport, 1);
        logger.info({ user: owner.user, session: this.id, transport, address }, 'logged in');
      }
      return this.#isOpened ? (opened as OpenedSession) : undefined;
    } finally {
      // Refused, failed, or the connection closed meanwhile, before there was a seat to leave.
      if (!this.#isOpened) await this.#giveUp(owner);
    }
  }

  async #giveUp({ user }: Owner): Promise<void> {
    const { delivery } = this.#options.services;
    await delivery.leave(user, this.id);
    if (this.#isGone) await delivery.close(user, this.id);
    this.#seat = undefined;
    this.#owner = undefined;
    this.#isEnded = false;
  }

  /** Sends what waited, then the open invitations; from then on entries come as they are made. */
  async start(opened: OpenedSession): Promise<void> {
    if (this.#seat === undefined) return;
    if (this.#isEnded) return this.endedElsewhere();
    this.#backlogEnd = opened.head;
    this.#tidy(opened);
    await this.#seat.feed.start(opened, () => {
      this.#send(toInvitations(opened.friendships, this.#owner!.spelling));
    });
  }

  deliver(entries: readonly Entry[]): void {
    const documents = toDocuments(entries, this.#owner!.spelling, this.#backlogEnd);
    if (documents.length > 0) this.#send(documents, this.#receipts.sent(entries));
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
    this.#receipts.received();
  }

  /** See {@link Receipts.resumed}. */
  resumed(): void {
    this.#receipts.resumed();
  }

  /** Nobody is there to read: what comes stays in the log. */
  disconnected(): void {
    this.#seat?.feed.stop();
  }

  get isOpened(): boolean {
    return this.#isOpened && !this.#isGone;
  }

  ping(): void {
    this.#receipts.ping();
  }

  pong(): void {
    this.#receipts.pong();
  }

  /** The user has one session less, at once; what was sent may still be confirmed until `closed`. Safe to repeat. */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<void> {
    this.#isGone = true;
    if (this.#seat === undefined || this.#owner === undefined) return;
    const { services, connection } = this.#options;
    if (this.#isOpened) services.metrics.countSession(connection.transport, -1);
    if (this.#receipts.isOpen) this.#lastReceipt = deferred();
    await services.delivery.leave(this.#owner.user, this.id, this.#lastReceipt?.promise);
  }

  /** The connection is closed; `isOrderly`: its client had read all that was flushed. Resolves when that is written. */
  async closed(isOrderly: boolean): Promise<void> {
    const left = this.leave();
    this.#receipts.closed(isOrderly);
    await this.#writing;
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

  /** Finishes what earlier sessions and gateways left half-way. The client need not wait for it. */
  #tidy({ sessions, pending, friendships, isDoubtful }: OpenedSession): void {
    const { store, presence, messaging, friendships: friends, healing, logger } = this.#options.services;
    const { user, name } = this.#owner!;
    if (isDoubtful) healing.compare(user);
    const closeDead = async (): Promise<void> => {
      const dead = await presence.findDead(sessions);
      if (dead.length > 0) await store.closeSessions(user, dead);
    };
    for (const work of [closeDead(), messaging.carryOn(user, name, pending), friends.heal(user, name, friendships)]) {
      work.catch((error: unknown) =>
        logger.warn({ err: error, user }, 'finishing earlier work failed; the next login tries again'),
      );
    }
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
