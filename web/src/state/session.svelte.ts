/** The user's session: in and out, the connection, the own status; what the client tells goes to roster and conversations. */

import { Client } from '../../../protocol/client.ts';
import type { Connection, OutReason, Update } from '../../../protocol/client.ts';
import { STATUS_UNKNOWN, toAsciiLower } from '../../../protocol/documents.ts';
import type { Status } from '../../../protocol/documents.ts';
import { hashPassword } from '../connection/accounts.ts';
import { gatewayUrl, openLink } from '../connection/link.ts';
import { describeDevice, pageTiming } from '../connection/timing.ts';
import { openMemory, openPlace } from '../storage/place.ts';
import type { Place } from '../storage/place.ts';
import { forgetUser, recallUser, rememberUser } from '../storage/tab.ts';
import { Conversations } from './conversations.svelte.ts';
import { forgetDrafts } from './drafts.svelte.ts';
import { Roster } from './roster.svelte.ts';

const OTHER_TAB = 'IMS is open in another tab of this browser. Log in once more to use it in this one too.';
const NOT_KEPT = 'Log in again: this browser keeps nothing for this page.';
const UNREACHABLE = 'The server cannot be reached. Try again in a moment.';

const WORDS: Readonly<Record<OutReason, string>> = {
  stopped: '',
  left: '',
  credentials: 'Your log-in is not valid any more. Log in again: your messages are still here.',
  banned: 'This account has been banned by an administrator.',
  unsupported: 'This page and its server do not understand each other. Reload the page, or try again later.',
  replaced: 'This log-in was taken over by another copy of this page.',
  ended: 'Your session was ended by an administrator, or from another of your devices.',
};

export interface Arrival {
  readonly from: string;
  readonly text: string;
}

export class Session {
  /** `opening`: what the browser has kept is being read. */
  phase = $state<'opening' | 'out' | 'entering' | 'in'>('opening');
  connection = $state.raw<Connection>({ state: 'out', why: 'stopped' });
  /** Why the user is not in any more, or could not get in. */
  notice = $state('');
  user = $state(recallUser());
  statuses = $state.raw<readonly Status[]>([]);
  status = $state(STATUS_UNKNOWN);
  /** The message that came last. */
  arrival = $state.raw<Arrival | undefined>();
  #place: Place = openMemory();
  #client = this.#makeClient();
  roster = $state.raw(new Roster(this.#client));
  conversations = $state.raw(new Conversations(this.#client));
  #isStale = false;
  #wasCaughtUp = false;

  get isConnected(): boolean {
    return this.connection.state === 'online';
  }

  /** Straight in, where a token was kept. */
  async open(): Promise<void> {
    if (this.user === '') {
      this.phase = 'out';
      return;
    }
    await this.#settle(this.user);
    if (this.phase !== 'opening') return;
    const mayEnter = this.#client.user !== '' && this.#client.start();
    this.phase = mayEnter ? 'in' : 'out';
    if (!mayEnter) this.notice = this.#whyOut();
  }

  /** Logs in; what comes of it shows in `phase` and `notice`. */
  async logIn(user: string, password: string): Promise<void> {
    this.notice = '';
    this.phase = 'entering';
    const isOther = toAsciiLower(user) !== toAsciiLower(this.#client.user);
    if (isOther) await this.#settle(user);
    this.user = user;
    this.#client.logIn(user, hashPassword(password));
  }

  /** Logs out, also where the gateway cannot be reached; nothing of the user stays in this browser. */
  logOut(): void {
    const { user } = this;
    this.user = '';
    forgetUser(user);
    this.#client.logOut();
    forgetDrafts();
    void this.#place.remove();
    this.#begin(openMemory());
    this.phase = 'out';
  }

  setStatus(status: number): Promise<boolean> {
    return new Promise((done) => {
      this.#client.setStatus(status, (outcome) => {
        if (outcome === 'done') this.status = status;
        done(outcome === 'done');
      });
    });
  }

  /** The network is back, or someone looks at the page again. */
  wake(): void {
    this.#client.wake();
  }

  /** Keeps what a reload of this tab would lose. */
  save(): void {
    if (this.phase === 'in') this.conversations.drafts.save(this.#client.user);
  }

  /** Takes the place of this user in the browser; what it has of someone else who was here before goes. */
  async #settle(user: string): Promise<void> {
    const before = this.#place;
    const isOther = this.#client.user !== '' && toAsciiLower(this.#client.user) !== toAsciiLower(user);
    this.#client.stop();
    if (isOther) void before.remove();
    else before.leave();
    this.#begin(await openPlace(toAsciiLower(user)));
  }

  #begin(place: Place): void {
    this.#place = place;
    this.#client = this.#makeClient();
    this.#wasCaughtUp = false;
    this.arrival = undefined;
    this.statuses = [];
    this.roster = new Roster(this.#client);
    this.conversations = new Conversations(this.#client);
    this.connection = this.#client.connection;
  }

  #makeClient(): Client {
    const { storage, kept } = this.#place;
    const client: Client = new Client(
      {
        open: (listener) => openLink(gatewayUrl(), listener),
        storage,
        timing: pageTiming,
        update: (update) => {
          if (client === this.#client) this.#updated(update);
        },
      },
      { kept, label: describeDevice() },
    );
    return client;
  }

  #updated(update: Update): void {
    if (update.kind === 'connection') this.#connectionChanged(this.#client.connection);
    if (update.kind === 'message' && !update.isOld) this.arrival = update.message;
    if (this.#isStale) return;
    // One step of the client tells much at once: it is drawn once.
    this.#isStale = true;
    queueMicrotask(() => {
      this.#isStale = false;
      this.roster.take();
      this.conversations.take();
    });
  }

  #connectionChanged(connection: Connection): void {
    this.connection = connection;
    const isCaughtUp = connection.state === 'online' && connection.isCaughtUp;
    if (isCaughtUp && !this.#wasCaughtUp) this.#readStatus();
    this.#wasCaughtUp = isCaughtUp;
    if (connection.state === 'out') this.#leave(connection.why);
    else if (this.phase === 'entering') this.#enter(connection);
  }

  /** Why a user who was here before has to log in again. */
  #whyOut(): string {
    if (!this.#place.isLasting) return NOT_KEPT;
    if (this.#client.user !== '') return WORDS.credentials;
    return this.#place.isSecond ? OTHER_TAB : '';
  }

  #enter(connection: Connection): void {
    if (connection.state === 'online') {
      this.user = this.#client.user;
      rememberUser(this.user);
      this.phase = 'in';
    } else if (connection.state === 'offline' && connection.retryAt !== undefined) {
      this.notice = connection.reason === undefined ? UNREACHABLE : toSentence(connection.reason);
      this.phase = 'out';
      this.#client.stop();
    }
  }

  #leave(why: OutReason): void {
    if (why === 'stopped' || (this.phase !== 'entering' && this.phase !== 'in')) return;
    const isRefused = this.phase === 'entering' && why === 'credentials';
    this.save();
    this.notice = isRefused ? 'The name or the password is wrong.' : WORDS[why];
    this.phase = 'out';
    // A name that was mistyped leaves nothing behind.
    if (isRefused && this.#client.conversations.length === 0) this.#discard();
  }

  #discard(): void {
    void this.#place.remove();
    this.#begin(openMemory());
  }

  #readStatus(): void {
    this.#client.askStatus((status) => {
      if (status !== undefined) this.status = status;
    });
    this.#client.askStatuses((statuses) => {
      if (statuses !== undefined) this.statuses = statuses;
    });
  }
}

/** The gateway's own word, which is written for a log. */
function toSentence(reason: string): string {
  return `The server says: ${reason}.`;
}
