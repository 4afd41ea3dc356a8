/** What a connection has from its LOGIN on: an owner, a seat for entries, and receipts for what it was sent. */

import { LOGOUT_RESULT, type ServerDocument } from '../protocol/documents.ts';
import { writeDocument } from '../protocol/writer.ts';
import type { LocalSession, Seat } from './delivery.ts';
import { toDocuments, toInvitations } from './entry-documents.ts';
import type { HandlerSession, Owner } from './handlers/route.ts';
import type { Outlet } from './outlet.ts';
import { Receipts } from './receipts.ts';
import type { Services } from './services.ts';
import type { Entry, OpenedSession, SessionId } from './store/store.ts';
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
  #seat: Seat | undefined;
  #isInBacklog = true;
  #isGone = false;
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

  get generation(): number {
    return this.#owner!.generation;
  }

  nextOperation(): number {
    this.#operations += 1;
    return this.#operations;
  }

  async open(account: Omit<Owner, 'session'>): Promise<OpenedSession | undefined> {
    const { store, delivery, clock } = this.#options.services;
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
    const opened = await store.openSession(owner, { transport, address, since: clock.now() });
    // The connection may have closed meanwhile, before there was a seat to leave.
    if (opened.outcome === 'opened' && !this.#isGone) return opened;
    await delivery.leave(owner.user, this.id);
    if (this.#isGone) await delivery.close(owner.user, this.id);
    this.#seat = undefined;
    this.#owner = undefined;
    return undefined;
  }

  /** Sends what waited, then the open invitations; from then on entries come as they are made. */
  async start(opened: OpenedSession): Promise<void> {
    if (this.#seat === undefined) return;
    this.#tidy(opened);
    await this.#seat.feed.start(opened, () => {
      this.#isInBacklog = false;
      this.#send(toInvitations(opened.friendships, this.#owner!.spelling));
    });
  }

  deliver(entries: readonly Entry[]): void {
    const documents = toDocuments(entries, this.#owner!.spelling, this.#isInBacklog);
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
    if (this.#isGone || this.#owner === undefined) return;
    this.#send([{ name: 'LOGOUT', user: this.#owner.spelling, result: LOGOUT_RESULT.out }]);
    this.#options.outlet.push(this.#options.ended);
  }

  received(): void {
    this.#receipts.received();
  }

  ping(): void {
    this.#receipts.ping();
  }

  pong(): void {
    this.#receipts.pong();
  }

  /** The user has one session less, at once; what was sent may still be confirmed until `closed`. Safe to repeat. */
  async leave(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    if (this.#seat === undefined || this.#owner === undefined) return;
    if (this.#receipts.isOpen) this.#lastReceipt = deferred();
    await this.#options.services.delivery.leave(this.#owner.user, this.id, this.#lastReceipt?.promise);
  }

  /** The connection is closed; `isOrderly`: its client had read all that was flushed. */
  closed(isOrderly: boolean): void {
    void this.leave();
    this.#receipts.closed(isOrderly);
    void this.#writing.then(() => this.#lastReceipt?.resolve());
  }

  #send(documents: readonly ServerDocument[], flushed?: () => void): void {
    if (documents.length === 0) return;
    const texts = documents.map(writeDocument);
    this.#options.outlet.push(() => this.#options.connection.send(texts, flushed));
  }

  /** Finishes what earlier sessions and gateways left half-way. The client need not wait for it. */
  #tidy({ sessions, pending, friendships }: OpenedSession): void {
    const { store, presence, messaging, friendships: friends, logger } = this.#options.services;
    const { user, name } = this.#owner!;
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
