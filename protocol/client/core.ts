/** The parts of a client, put together: each step is one save and one round of updates, then whatever may be sent is sent. */

import { Account, makeDevice, restoreAccount } from './account.ts';
import type { Extent } from './entries.ts';
import { createHoldings } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import { Intake } from './intake.ts';
import { Keeper } from './keeper.ts';
import type { Line } from './line.ts';
import { Lines } from './lines.ts';
import { Notices } from './notices.ts';
import type { ClientPorts } from './ports.ts';
import { Requests } from './requests.ts';
import type { Connection, OutReason } from './view.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

/** How long LOGOUT waits for its answer. */
const LOGOUT_PATIENCE = 2_000;
/** Characters of a label. */
const LONGEST_LABEL = 64;
const NOTHING: ReadonlyMap<string, unknown> = new Map();

export interface CoreOptions {
  readonly kept: ReadonlyMap<string, unknown>;
  readonly label: string | undefined;
  readonly extent: Extent;
}

export class Core {
  readonly ports: ClientPorts;
  readonly lines: Lines;
  readonly requests: Requests;
  readonly notices: Notices;
  holdings: Holdings;
  readonly #label: string | undefined;
  readonly #window: number;
  readonly #keeper: Keeper;
  readonly #intake: Intake;
  #depth = 0;
  /** Why it is out; undefined while it wants to be connected. */
  #out: { readonly why: OutReason; readonly reason?: string | undefined } | undefined = { why: 'stopped' };
  #offlineSince = 0;
  #wasIn = false;
  /** Nothing was done with the device that was kept. */
  #isRestored: boolean;

  constructor(ports: ClientPorts, { kept, label, extent }: CoreOptions) {
    this.ports = ports;
    this.#label = label?.slice(0, LONGEST_LABEL);
    this.#window = extent.window;
    this.#keeper = new Keeper(ports.storage, kept.keys(), extent.floor > 0, () => this.run(() => {}));
    this.notices = new Notices(
      () => this.holdings,
      (update) => ports.update(update),
    );
    const account = restoreAccount(this.#keeper, kept);
    this.#isRestored = account !== undefined;
    this.holdings = this.#hold(account ?? this.#makeAccount(''), kept, extent.floor);
    this.lines = new Lines(ports, {
      login: (line) => this.#login(line),
      isSettled: (line) => this.holdings.outbox.isSettled && !line.isAsking,
      received: (line, documents) => this.#received(line, documents),
      changed: () => this.#changed(),
      run: (work) => this.run(work),
    });
    this.requests = new Requests(this.lines);
    this.#intake = new Intake({
      holdings: () => this.holdings,
      lines: this.lines,
      keeper: this.#keeper,
      notices: this.notices,
      now: () => ports.timing.now(),
      end: (why, reason) => this.end(why, reason),
    });
  }

  get connection(): Connection {
    const { main, next, retryAt } = this.lines;
    if (this.#out) return { state: 'out', ...this.#out };
    if (main) return { state: 'online', isCaughtUp: main.isCaughtUp, isMoving: next !== undefined };
    return { state: 'offline', since: this.#offlineSince, retryAt, reason: this.#intake.reason };
  }

  /** One step: what it changes is kept together, then told, then what may be sent is sent. Steps may be within steps. */
  run(work: () => void): void {
    this.#keeper.batch(() => {
      this.#depth += 1;
      try {
        work();
        if (this.#depth === 1) this.#finish();
      } finally {
        this.#depth -= 1;
      }
    });
    if (this.#depth === 0) this.#flow();
  }

  /** Calls `action` as soon as everything so far is kept. */
  whenKept(action: () => void): void {
    this.#keeper.then(action);
  }

  /** Keeps something of the host's; undefined removes it, also where the host has put it into the storage by itself. */
  keepForHost(key: string, value: unknown): void {
    if (value === undefined) this.#keeper.remove(key, true);
    else this.#keeper.put(key, value);
  }

  /** Connects anew, and stays connected. */
  start(): void {
    this.lines.stop();
    this.#out = undefined;
    this.#wasIn = false;
    this.#offlineSince = this.ports.timing.now();
    this.lines.start(this.#isRestored);
    this.#isRestored = false;
  }

  /** There will be no connection until the host wants one. */
  end(why: OutReason, reason?: string): void {
    this.#out = { why, reason };
    this.#intake.reason = undefined;
    this.lines.stop();
    this.#changed();
  }

  /** Everything that is held and kept; from now on it is this user's, on a new device. */
  forget(user: string): void {
    this.lines.stop();
    this.holdings.people.endAllTyping();
    this.#keeper.clear();
    this.holdings = this.#hold(this.#makeAccount(user), NOTHING, 0);
    this.notices.reset();
  }

  /** IMS LOGOUT on the line of now, which nothing else is done with. */
  logOut(): void {
    const line = this.lines.release();
    const { user } = this.holdings.account;
    if (!line) return;
    const cancel = this.ports.timing.after(LOGOUT_PATIENCE, () => line.close());
    const answered = (): void => {
      cancel();
      line.close();
    };
    line.ask({ document: { name: 'LOGOUT', user }, answer: ['LOGOUT'], answered });
  }

  /** A page of the log that is older than what is held took its place. */
  noteDropped: Intake['noteDropped'] = (dropped, page) => this.#intake.noteDropped(dropped, page);

  #received(line: Line, documents: readonly ServerDocument[]): void {
    if (line === this.lines.main || line === this.lines.next) this.#intake.receive(line, documents);
    else for (const document of documents) line.answer(document);
  }

  #changed(): void {
    this.notices.add('connection');
    const isIn = this.lines.main !== undefined;
    if (this.#wasIn && !isIn) this.#offlineSince = this.ports.timing.now();
    this.#wasIn = isIn;
    if (isIn) return;
    this.requests.fail();
    for (const key of this.holdings.people.endAllTyping()) this.notices.addConversation(key);
  }

  #finish(): void {
    this.notices.tell();
    // Memory may let go of what the storage has, not before.
    const { log } = this.holdings;
    if (log.entries.isUntidy) this.#keeper.then(() => this.notices.forget(log.tidy()));
  }

  /** Whatever may be sent now, in one go. */
  #flow(): void {
    this.lines.settle();
    const { main: line, isFree } = this.lines;
    if (line?.phase !== 'in' || !isFree) return;
    const { account, outbox, marks } = this.holdings;
    const at = line.isCaughtUp ? line.catchUp.takeAcknowledgement() : undefined;
    const documents: ClientDocument[] = at === undefined ? [] : [{ name: 'ACK', at }];
    if (line.isCaughtUp) documents.push(...marks.takeDue());
    // What the comparison puts back into the outbox goes first.
    const outgoing = line.catchUp.isComparing ? [] : outbox.take();
    for (const { id, to, text } of outgoing) {
      documents.push({ name: 'MESSAGE', id: String(id), from: account.user, to, text });
    }
    line.send(...documents);
    if (line.isCaughtUp) this.requests.send(line);
  }

  #login(line: Line): ClientDocument {
    const { account, log, marks } = this.holdings;
    line.catchUp.epoch = log.epoch;
    line.catchUp.after = log.after;
    for (const at of log.ahead()) line.catchUp.ahead.add(at);
    line.catchUp.marks = marks.v;
    return { ...account.login(), label: this.#label, epoch: log.epoch, after: log.after, marks: String(marks.v) };
  }

  #hold(account: Account, kept: ReadonlyMap<string, unknown>, floor: number): Holdings {
    return createHoldings({
      account,
      keeper: this.#keeper,
      timing: this.ports.timing,
      kept,
      extent: { window: this.#window, floor },
      stoppedTyping: (key) => this.run(() => this.notices.addConversation(key)),
    });
  }

  #makeAccount(user: string): Account {
    return new Account(user, makeDevice(this.ports.timing.random), this.#keeper);
  }
}
