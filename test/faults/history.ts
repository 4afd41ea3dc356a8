/** What clients did and saw, written down line by line as it happened. `history-check.ts` judges it. */

import { findViolations, type Violation } from './history-check.ts';

/** `unknown`: the connection ended before the answer; the operation may have happened, may still happen, or not. */
export type State = 'invoked' | 'ok' | 'fail' | 'unknown';

/** One thing a client did or saw. */
export interface Line {
  /** Its place in the history: one order over all clients. */
  readonly index: number;
  /** Milliseconds since the history began. */
  readonly time: number;
  readonly session: Session;
  readonly type: 'begin' | 'invoke' | 'ok' | 'fail' | 'unknown' | 'receive' | 'drained' | 'end';
  readonly value: string;
}

export class History {
  readonly lines: Line[] = [];
  readonly operations: Operation[] = [];
  readonly sessions: Session[] = [];
  readonly #start = performance.now();
  readonly #counts = new Map<string, number>();

  /** A session begins: its LOGIN is about to be sent. */
  begin(user: string): Session {
    const session = new Session(this, user, this.sessions.filter((other) => other.user === user).length + 1);
    this.sessions.push(session);
    return session;
  }

  append(session: Session, type: Line['type'], value = ''): Line {
    const line = { index: this.lines.length, time: performance.now() - this.#start, session, type, value };
    this.lines.push(line);
    return line;
  }

  /** 1, 2, 3 … of this sender to this receiver. */
  nextNumber(from: string, to: string): number {
    const pair = `${from}>${to}`;
    const n = (this.#counts.get(pair) ?? 0) + 1;
    this.#counts.set(pair, n);
    return n;
  }

  /** Messages in this state. */
  count(state: State): number {
    return this.operations.filter((operation) => operation.kind === 'message' && operation.state === state).length;
  }

  /** Deliveries of what the receiver had been given before: allowed where the session that had it broke off. */
  countRepeats(): number {
    const seen = new Set<string>();
    return this.#received().filter(({ session, value }) => {
      const delivery = `${session.user} ${value}`;
      return seen.has(delivery) || !seen.add(delivery);
    }).length;
  }

  /** Messages that were not answered and arrived all the same. */
  listTaken(): Operation[] {
    const arrived = new Set(this.#received().map(({ value }) => value));
    return this.operations.filter(
      ({ kind, state, text }) => kind === 'message' && state === 'unknown' && arrived.has(text),
    );
  }

  /** What became of the messages, in numbers. */
  describe(): string {
    return (
      `${this.count('ok')} messages answered, ${this.count('unknown')} not answered and ${this.listTaken().length} of ` +
      `them delivered, ${this.countRepeats()} delivered again`
    );
  }

  violations(): Violation[] {
    return findViolations(this);
  }

  /** All that must not be, for people; empty when all is well. */
  check(): string[] {
    return this.violations().map(describe);
  }

  #received(): Line[] {
    return this.lines.filter(({ type }) => type === 'receive');
  }
}

/** A session as its client lived it. */
export class Session {
  readonly user: string;
  /** The user's first, second … session. */
  readonly count: number;
  readonly begun: Line;
  /** Its last drain: all that waited at LOGIN has been received. */
  drained: Line | undefined;
  /** `orderly`: LOGOUT was answered and the connection closed after it, so that nothing may come again. */
  ended: Line | undefined;
  readonly #history: History;

  constructor(history: History, user: string, count: number) {
    this.#history = history;
    this.user = user;
    this.count = count;
    this.begun = history.append(this, 'begin');
  }

  /** A message is about to be sent; its text is unique. */
  invoke(to: string): Operation {
    const about = `${this.user}>${to}`;
    return this.#invoke('message', about, `${about}#${this.#history.nextNumber(this.user, to)}`);
  }

  /** A fact (a status, a friendship, an invitation) is about to be changed to this value. */
  write(fact: string, value: string): Operation {
    return this.#invoke('write', fact, value);
  }

  /** A fact is about to be asked for; the answer is given to `ok`. */
  read(fact: string): Operation {
    return this.#invoke('read', fact, '');
  }

  /** A message arrived. */
  receive(text: string): void {
    this.#history.append(this, 'receive', text);
  }

  /** All that waited at LOGIN has come: an ALIVE after it was echoed. */
  drain(): void {
    this.drained = this.#history.append(this, 'drained');
  }

  /** The first call counts. */
  end(how: 'orderly' | 'broken'): void {
    this.ended ??= this.#history.append(this, 'end', how);
  }

  get isOrderly(): boolean {
    return this.ended?.value === 'orderly';
  }

  #invoke(kind: Operation['kind'], about: string, value: string): Operation {
    const operation = new Operation(this.#history, this, kind, about, value);
    this.#history.operations.push(operation);
    return operation;
  }
}

/** A message, or a fact changed or asked for: from its invocation to its answer. */
export class Operation {
  readonly session: Session;
  readonly kind: 'message' | 'write' | 'read';
  /** A message's `sender>receiver`; else the fact. */
  readonly about: string;
  readonly invoked: Line;
  answered: Line | undefined;
  /** A message's text; the fact as it was written or read. */
  value: string;
  readonly #history: History;

  constructor(history: History, session: Session, kind: Operation['kind'], about: string, value: string) {
    this.#history = history;
    this.session = session;
    this.kind = kind;
    this.about = about;
    this.value = value;
    this.invoked = history.append(session, 'invoke', kind === 'message' ? value : `${kind} ${about} ${value}`.trim());
  }

  get text(): string {
    return this.value;
  }

  get state(): State {
    return (this.answered?.type as State | undefined) ?? 'invoked';
  }

  /** The answer was yes; for a fact that was asked for, its value. */
  ok(value = this.value): void {
    this.value = value;
    this.#answer('ok');
  }

  /** The answer was no: it has not happened and never will. */
  fail(): void {
    this.#answer('fail');
  }

  /** The connection ended before an answer. */
  unknown(): void {
    this.#answer('unknown');
  }

  #answer(state: 'ok' | 'fail' | 'unknown'): void {
    const what = this.kind === 'message' ? this.value : `${this.kind} ${this.about} ${this.value}`;
    this.answered ??= this.#history.append(this.session, state, what);
  }
}

/** `lost: …`, and below it the lines of the history that contradict. */
export function describe({ kind, what, lines }: Violation): string {
  return [`${kind}: ${what}`, ...lines.map((line) => `    ${describeLine(line)}`)].join('\n');
}

function describeLine({ index, time, session, type, value }: Line): string {
  const seconds = (time / 1000).toFixed(3).padStart(8);
  return `#${index} ${seconds} s  ${session.user}/${session.count}  ${type}${value && ` ${value}`}`;
}
