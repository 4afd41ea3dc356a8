/** The user's session, as the desk has it: in and out, the connection, the own status; roster and conversations hang on it. */

import type { Connection, Message } from '../../../protocol/client.ts';
import { STATUS_UNKNOWN, toAsciiLower } from '../../../protocol/documents.ts';
import type { Status } from '../../../protocol/documents.ts';
import type { Problem } from '../connection/account.ts';
import { hashPassword } from '../connection/accounts.ts';
import type { Desk } from '../desk/desk.ts';
import { openDesk } from '../desk/open.ts';
import type { Entry } from '../host/commands.ts';
import type { Scene } from '../host/scene.ts';
import { bring } from '../shell/bring.ts';
import type { Archive } from '../storage/archive.ts';
import { forgetUser, onOtherLogIn, recallUser, rememberUser } from '../storage/tab.ts';
import { t } from '../texts/texts.svelte.ts';
import { Conversations } from './conversations.svelte.ts';
import { forgetDrafts } from './drafts.svelte.ts';
import { PeopleBook } from './people.ts';
import type { Sorted } from './people.ts';
import { Roster } from './roster.svelte.ts';
import type { Relation } from './roster.svelte.ts';
import { clearAddress } from './route.svelte.ts';

const OUT: Connection = { state: 'out', why: 'stopped' };

export class Session {
  /** `opening`: what the browser has kept is being read. */
  phase = $state<'opening' | 'out' | 'entering' | 'in'>('opening');
  connection = $state.raw<Connection>(OUT);
  /** Why the user is not in any more, or could not get in. */
  notice = $state('');
  user = $state('');
  /** The id of this browser, as a device of the user. */
  device = $state('');
  statuses = $state.raw<readonly Status[]>([]);
  status = $state(STATUS_UNKNOWN);
  /** The message that came last. */
  arrival = $state.raw<Message | undefined>();
  /** This tab is the one of all the user's tabs here that has the connection. */
  isLeading = $state(false);
  /** What is shown outlives a reload. */
  isLasting = $state(false);
  roster = $state.raw(new Roster(undefined));
  conversations = $state.raw(new Conversations(undefined));
  /** Everyone to talk to, and those who would like to. */
  readonly people: Sorted = $derived.by(() => this.#sort());
  /** How many messages are unread; those of strangers do not count. */
  readonly unread = $derived(
    this.conversations.unread - this.people.requests.reduce((sum, { conversation }) => sum + conversation!.unread, 0),
  );
  readonly #book = new PeopleBook();
  #desk: Desk | undefined;
  #isKept = true;
  /** Who logged out, in whichever tab. */
  #leftUser = '';

  constructor() {
    const { user, isKept } = recallUser();
    this.user = user;
    this.#isKept = isKept;
    onOtherLogIn((other) => this.#follow(other));
  }

  get isConnected(): boolean {
    return this.connection.state === 'online';
  }

  /** Who only wrote and was never let in: what one reads of them is not told. */
  isStranger(key: string): boolean {
    return this.people.strangers.has(key);
  }

  /** What this browser keeps of the user's log; undefined where nobody is in. */
  archive(): Promise<Archive> | undefined {
    return this.#desk?.archive();
  }

  /** Straight in, where a token was kept. */
  open(): void {
    if (this.user !== '' && this.#isKept) {
      this.#settle(this.user, true);
      return;
    }
    this.phase = 'out';
    if (this.user !== '') void this.#explain(({ describeLeave }) => describeLeave('notStaying'));
  }

  /** Logs in; what comes of it shows in `phase` and `notice`. `isKept`: until the user logs out, whatever becomes of the tab. */
  async logIn(user: string, password: string, isKept = true): Promise<void> {
    this.notice = '';
    this.phase = 'entering';
    const desk = this.#settle(user, isKept);
    this.user = user;
    const entry = await desk.ask('logIn', user, hashPassword(password));
    if (desk === this.#desk && this.phase === 'entering' && entry.result !== 'in') this.#refuse(desk, entry);
  }

  /** Logs out in all tabs, also where the gateway cannot be reached; nothing of the user stays in this browser. */
  logOut(): void {
    void this.#desk?.ask('logOut');
    this.#left();
  }

  async setStatus(status: number): Promise<boolean> {
    return (await this.#desk?.ask('setStatus', status)) === 'done';
  }

  /** What lets this browser in at the gateway's HTTP side; undefined where there is nothing. */
  async token(): Promise<string | undefined> {
    return this.#desk?.ask('token');
  }

  /** All other devices are out then, and this browser stays in. Undefined when it was changed. */
  async changePassword(old: string, password: string): Promise<Problem | undefined> {
    const desk = this.#desk;
    return desk ? desk.ask('changePassword', hashPassword(old), hashPassword(password)) : 'token';
  }

  /** The network is back, or someone looks at the page again. */
  wake(): void {
    void this.#desk?.ask('wake');
  }

  /** The desk of this user; what the browser has of someone else who was here before goes. */
  #settle(user: string, isKept: boolean): Desk {
    const before = this.#desk;
    const key = toAsciiLower(user);
    if (before?.user === key && this.#isKept === isKept) return before;
    if (before !== undefined && before.user !== key) this.#forget(before.user);
    this.#isKept = isKept;
    this.#desk = undefined;
    if (before?.scene?.user) void before.ask('logOut');
    else before?.close();
    return this.#begin(key);
  }

  #begin(user: string): Desk {
    // It may tell something before it is there.
    let current: Desk | undefined;
    const isCurrent = (): boolean => current !== undefined && this.#desk === current;
    const desk = openDesk(user, this.#isKept, {
      changed: () => {
        if (isCurrent()) this.#changed(desk);
      },
      arrived: (messages) => {
        if (isCurrent()) this.#arrived(messages);
      },
      left: () => {
        if (isCurrent()) this.#left();
      },
    });
    current = desk;
    this.#show(desk);
    this.#changed(desk);
    return desk;
  }

  #sort(): Sorted {
    const { roster, conversations } = this;
    const relationTo = (name: string): Relation => roster.relationTo(name);
    return this.#book.sort({ friends: roster.friends, conversations: conversations.list, relationTo });
  }

  #arrived(messages: readonly Message[]): void {
    const last = messages.findLast(({ from }) => !this.isStranger(toAsciiLower(from)));
    if (last !== undefined) this.arrival = last;
  }

  #show(desk: Desk | undefined): void {
    this.#desk = desk;
    this.connection = OUT;
    this.arrival = undefined;
    this.statuses = [];
    this.isLeading = false;
    this.conversations.stop();
    this.roster = new Roster(desk);
    this.conversations = new Conversations(desk);
  }

  #changed(desk: Desk): void {
    const { scene, isLeader, isLasting } = desk;
    this.isLeading = isLeader;
    this.isLasting = isLasting;
    if (scene === undefined) return;
    this.connection = scene.connection;
    this.device = scene.device;
    this.status = scene.status;
    this.statuses = scene.statuses;
    this.roster.take();
    this.conversations.take();
    if (scene.isIn) this.#enter(scene);
    else if (this.phase === 'opening' || this.phase === 'in') this.#leave(scene);
  }

  #enter({ user }: Scene): void {
    if (this.phase === 'in') return;
    this.user = user;
    this.notice = '';
    this.phase = 'in';
    rememberUser({ user, isKept: this.#isKept });
  }

  /** The session ended, or never began: the user has to log in again. */
  #leave({ user, connection }: Scene): void {
    const why = connection.state === 'out' ? connection.why : 'stopped';
    const isNew = this.phase === 'opening' && user === '';
    const cause = this.phase === 'opening' && !this.isLasting ? 'notKept' : why;
    this.notice = '';
    this.phase = 'out';
    if (!isNew || cause === 'notKept') void this.#explain(({ describeLeave }) => describeLeave(cause));
  }

  /** Says why one is out, unless something else is said or done by then. */
  async #explain(describe: (problems: typeof import('./problems.ts')) => string): Promise<void> {
    const problems = await bring(() => import('./problems.ts')).catch(() => undefined);
    if (this.phase !== 'out' || this.notice !== '') return;
    this.notice = problems === undefined ? t.signIn.unreachable : describe(problems);
  }

  #refuse(desk: Desk, entry: Exclude<Entry, { result: 'in' }>): void {
    const isWrong = entry.result === 'out' && entry.why === 'credentials';
    const { reason } = entry;
    this.phase = 'out';
    if (isWrong) this.notice = t.signIn.wrong;
    else if (entry.result === 'out') void this.#explain(({ describeLeave }) => describeLeave(entry.why));
    else if (reason === undefined) this.notice = t.signIn.unreachable;
    else void this.#explain(({ describeRefusal }) => describeRefusal(reason));
    // A name that was mistyped leaves nothing behind.
    if (!isWrong || (desk.scene?.conversations.size ?? 0) > 0) return;
    this.#show(undefined);
    void desk.ask('logOut');
  }

  /** Here or in another tab. */
  #left(): void {
    const { user } = this;
    this.#leftUser = user;
    this.user = '';
    forgetUser({ user, isKept: this.#isKept });
    this.#forget(toAsciiLower(user));
    this.#show(undefined);
    this.#isKept = true;
    this.notice = '';
    this.phase = 'out';
  }

  /** What this tab has of somebody beside what the desk keeps. */
  #forget(user: string): void {
    forgetDrafts(user, this.isLasting);
    clearAddress();
  }

  /** Someone logged in in another tab: the tabs of that one come in too, and those where nobody is about to log in. */
  #follow(user: string): void {
    if (this.phase !== 'out' || this.#desk !== undefined) return;
    const last = this.user === '' ? this.#leftUser : this.user;
    const isSame = toAsciiLower(last) === toAsciiLower(user);
    const isFree = this.user === '' && document.visibilityState === 'hidden';
    if (!isSame && !isFree) return;
    this.user = user;
    this.#isKept = true;
    this.phase = 'opening';
    this.#settle(user, true);
  }
}
