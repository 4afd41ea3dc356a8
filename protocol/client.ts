/**
 * An IMS 2 client as a state machine: documents in, documents out; every message once, in order, whatever breaks.
 * Connections, storage, time and chance come through {@link ClientPorts}; what there is to show is in client/view.ts.
 */

import { cleanText } from './characters.ts';
import { lastIncoming, listPeers } from './client/conversations.ts';
import { Core } from './client/core.ts';
import { numberOf } from './client/entry.ts';
import { loadOlder } from './client/history.ts';
import type { Question } from './client/line.ts';
import type { ClientPorts } from './client/ports.ts';
import { toOutcome } from './client/requests.ts';
import { measureMessage } from './client/size.ts';
import type { Connection, Conversation, FriendView, Outcome } from './client/view.ts';
import { MAX_DOCUMENT_BYTES, STATUS_UNKNOWN, toAsciiLower, toUserKey } from './documents.ts';
import type { ClientDocument, Status } from './documents.ts';

export { describeHeld } from './client/describe.ts';
export type { Viewpoint } from './client/describe.ts';
export { numberOf } from './client/entry.ts';
export type { HeldEntry } from './client/entry.ts';
export { ENTRY, entryNumber, MemoryStorage } from './client/ports.ts';
export type * from './client/ports.ts';
export type * from './client/view.ts';

const HOST = 'host/';

export interface ClientOptions {
  /** What the storage has: the changes that were saved, as a map. With a {@link floor} without some of the entries. */
  readonly kept?: Iterable<readonly [string, unknown]> | undefined;
  /** How many entries are to stay in memory: the newest ones, and some for each conversation. All where absent. */
  readonly window?: number | undefined;
  /**
   * Of the entries with lower numbers `kept` has, for each conversation, the last one and the last message of the other
   * user; of the rest it has all. 0 where absent: it has all of all.
   */
  readonly floor?: number | undefined;
  /** The device, for people: `Firefox on a laptop`. */
  readonly label?: string | undefined;
}

/**
 * Everything that can be seen changes only within its methods, what its links report, its timers, and what the storage
 * confirms; after that {@link ClientPorts.update} says what is different. Methods may be called from inside `update`.
 */
export class Client {
  readonly #core: Core;

  constructor(ports: ClientPorts, { kept = [], label, window = Infinity, floor = 0 }: ClientOptions = {}) {
    this.#core = new Core(ports, { kept: new Map(kept), label, extent: { window, floor } });
  }

  /** Whose client it is; empty for nobody's. */
  get user(): string {
    return this.#core.holdings.account.user;
  }

  get device(): string {
    return this.#core.holdings.account.device;
  }

  /** What lets this device in: the bearer of requests over HTTP. Undefined before the first login, and where it is void. */
  get token(): string | undefined {
    return this.#core.holdings.account.token;
  }

  get connection(): Connection {
    return this.#core.connection;
  }

  /** Those with a message or a change of friendship, the one with the newest first; then others who are blocked. */
  get conversations(): readonly Conversation[] {
    const newest = ({ items }: Conversation): number => items.at(-1)?.time ?? 0;
    const all = [...listPeers(this.#core.holdings)].map((key) => this.#core.notices.describe(key));
    return all.sort((a, b) => newest(b) - newest(a));
  }

  /** The conversation with a user; an empty one where there is nothing. The same object as long as it is the same. */
  conversation(name: string): Conversation {
    return this.#core.notices.describe(name);
  }

  get friends(): readonly FriendView[] {
    return this.#core.holdings.people.friends;
  }

  /** Who wants to be a friend of the user. */
  get invitations(): readonly string[] {
    return this.#core.holdings.people.invitations;
  }

  /** Whom the user has invited. */
  get invited(): readonly string[] {
    return this.#core.holdings.people.invited;
  }

  /** Whether the gateway has older entries for {@link loadOlder}. */
  get hasOlder(): boolean {
    return this.#core.holdings.log.hasOlder;
  }

  /**
   * The number of a place from which on nothing is missing in what is held; below it something may, until
   * {@link loadOlder} has brought it. 0 where nothing is held.
   */
  get completeFrom(): number {
    const { bottom } = this.#core.holdings.log;
    return bottom === undefined ? 0 : numberOf(bottom);
  }

  /** What `work` does is kept in one step: whatever dies, the storage has all of it or nothing. */
  step(work: () => void): void {
    this.#core.run(work);
  }

  /**
   * Keeps something of the host's under a key that begins with `host/`; undefined removes it, also where the host itself has
   * put it into the storage. It goes with everything else at {@link logOut}.
   */
  keep(key: string, value: unknown): void {
    if (!key.startsWith(HOST)) throw new RangeError('a key of the host begins with host/');
    this.#core.run(() => this.#core.keepForHost(key, value));
  }

  /** Logs in with a password: its MD5 in hex, kept only until there is a token. What is held of another user is forgotten. */
  logIn(user: string, pass: string): void {
    this.#core.run(() => {
      const isOther = toAsciiLower(user) !== toAsciiLower(this.user);
      if (isOther) this.#core.forget(user);
      this.#core.holdings.account.usePassword(pass);
      this.#core.start();
    });
  }

  /** Connects with the token that is kept, and stays connected. False where there is none: {@link logIn}. */
  start(): boolean {
    const { hasCredentials } = this.#core.holdings.account;
    this.#core.run(() => (hasCredentials ? this.#core.start() : this.#core.end('credentials')));
    return hasCredentials;
  }

  /** Ends the connections; all is kept. */
  stop(): void {
    this.#core.run(() => this.#core.end('stopped'));
  }

  /** IMS LOGOUT, where there is a connection; then everything is forgotten, also what was not sent. */
  logOut(): void {
    this.#core.run(() => {
      this.#core.logOut();
      this.#core.forget('');
      this.#core.end('left');
    });
  }

  /** The device woke up, the network is another, or someone looks at the page again: is the connection still good? */
  wake(): void {
    this.#core.run(() => {
      if (this.connection.state !== 'out') this.#core.lines.wake();
    });
  }

  /**
   * Sends a message, now or when there is a connection, and answers with its id. Throws RangeError for what is no name, for
   * a text that is too long ({@link excess}), and where nobody has logged in.
   */
  send(to: string, text: string): number {
    const cleaned = cleanText(text);
    if (this.user === '') throw new RangeError('nobody has logged in');
    if (toUserKey(to) === undefined) throw new RangeError('no user has such a name');
    if (this.excess(to, cleaned) > 0) throw new RangeError('the text is too long for a message');
    let id = 0;
    this.#core.run(() => {
      id = this.#core.holdings.outbox.add(to, cleaned, this.#core.ports.timing.now());
      this.#core.notices.addConversation(to);
      this.#core.holdings.people.forgetTold(to);
    });
    return id;
  }

  /** How many bytes a message is over what one document may have; 0 or less when it fits. */
  excess(to: string, text: string): number {
    return measureMessage(this.user, { to, text }) - MAX_DOCUMENT_BYTES;
  }

  /** A message that failed is not shown any more. False where there is none with this id. */
  discard(id: number): boolean {
    const item = this.#core.holdings.outbox.find(id);
    if (item?.failed === undefined) return false;
    this.#core.run(() => {
      this.#core.holdings.outbox.remove(id);
      this.#core.notices.addConversation(item.to);
    });
    return true;
  }

  /** Sends a message that failed once more, as the newest one; answers with its new id. */
  resend(id: number): number | undefined {
    const item = this.#core.holdings.outbox.find(id);
    if (item?.failed === undefined) return undefined;
    let newId: number | undefined;
    this.#core.run(() => {
      newId = this.send(item.to, item.text);
      this.discard(id);
    });
    return newId;
  }

  /** The messages of that user were shown, up to the number `upto`; all that are held where absent. */
  read(name: string, upto = Infinity): void {
    const last = Math.min(upto, lastIncoming(this.#core.holdings, name));
    this.#core.run(() => {
      if (this.#core.holdings.marks.read(name, last)) this.#core.notices.addConversation(name);
    });
  }

  /** The user is writing to that one: may be called for each key that is pressed. */
  typing(name: string): void {
    const { main, isFree } = this.#core.lines;
    if (main?.isCaughtUp && isFree && this.#core.holdings.people.mayTell(name)) {
      main.send({ name: 'TYPING', from: this.user, to: name });
    }
  }

  /** IMS FRIEND: `add` and `delete` (also an own invitation), `accept` and `deny` an invitation. */
  friend(type: 'add' | 'delete' | 'accept' | 'deny', name: string, done?: (outcome: Outcome) => void): void {
    const whom = type === 'accept' || type === 'deny' ? { other: name } : { friend: name };
    this.#ask({ name: 'FRIEND', user: this.user, type, ...whom }, ['FRIEND'], (answer) => done?.(toOutcome(answer)));
  }

  /** Nothing of a blocked user arrives, and that one sees the user as away. */
  block(name: string, isBlocked: boolean, done?: (outcome: Outcome) => void): void {
    const document = { name: isBlocked ? 'BLOCK' : 'UNBLOCK', user: name } as const;
    this.#ask(document, [document.name], (answer) => done?.(toOutcome(answer)));
  }

  /** Sets the own status; where that is `unknown` the next LOGIN brings it. */
  setStatus(status: number, done?: (outcome: Outcome) => void): void {
    const { account } = this.#core.holdings;
    account.status = status;
    this.#ask({ name: 'STATUS', user: this.user, type: 'set', code: String(status) }, ['STATUS'], (answer) => {
      if (answer && account.status === status) account.status = undefined;
      done?.(toOutcome(answer));
    });
  }

  /** The own status; undefined where it is not known. */
  askStatus(done: (status: number | undefined) => void): void {
    this.#ask({ name: 'STATUS', user: this.user, type: 'get' }, ['STATUS'], (answer) => {
      const result = answer?.name === 'STATUS' ? Number(answer.result) : STATUS_UNKNOWN;
      done(result === STATUS_UNKNOWN ? undefined : result);
    });
  }

  /** The statuses that there are; undefined where the answer did not come. */
  askStatuses(done: (statuses: readonly Status[] | undefined) => void): void {
    this.#ask({ name: 'STATUS', user: this.user, type: 'list' }, ['STATUSLIST'], (answer) => {
      done(answer?.name === 'STATUSLIST' ? answer.statuses : undefined);
    });
  }

  /** Asks for the page of the log before what is held. It is kept when `done` is called; `refused`: there is none. */
  loadOlder(done?: (outcome: Outcome) => void): void {
    loadOlder(this.#core, (outcome) => done?.(outcome));
  }

  #ask(document: ClientDocument, answer: Question['answer'], answered: Question['answered']): void {
    this.#core.run(() => this.#core.requests.ask({ document: () => document, answer, answered }));
  }
}
