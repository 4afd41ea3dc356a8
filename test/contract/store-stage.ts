/** What the checks of the store's contract work with: a store, its users, and shorthands for their steps. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Acknowledgement,
  Author,
  Entry,
  FriendEntry,
  FriendshipDecision,
  FriendshipOperation,
  MessageEntry,
  OpenedSession,
  Presence,
  Push,
  ReceiveAnswer,
  SendAnswer,
  SendRequest,
  SessionId,
  Settlement,
  Store,
  StoreLimits,
  UserKey,
} from '../../gateway/store/store.ts';

/** A store that holds nothing yet. */
export interface OpenedStore {
  readonly store: Store;
  /** Moves the store's clock, where it can be moved. */
  readonly clock?: { advance(ms: number): void };
  /** Closes the store and frees all it took. The store may have been closed before. */
  close(): Promise<void>;
}

export type OpenStore = (limits: StoreLimits) => Promise<OpenedStore>;

/** Registers a test on a store of its own, with limits of its own where it needs them. */
export interface Check {
  (title: string, act: Act): void;
  (title: string, limits: Partial<StoreLimits>, act: Act): void;
}

export type Act = (stage: Stage) => Promise<void>;

export type Appended = Extract<SendAnswer, { outcome: 'appended' }>;

export const INFO = { transport: 'tcp', address: '192.0.2.1', since: 1_000 } as const;
/** Names that a careless key, range or pattern takes for each other. */
export const CLOSE_NAMES = ['a', 'a-', 'a-b', 'a.', 'a.b', 'a0', 'a_', 'a_b', 'aa', 'ab', '-a', '.a', '_a', '0', 'z'];

const PATIENCE = 5_000;

export class Stage {
  readonly store: Store;
  readonly #clock: OpenedStore['clock'];
  #ops = 0;

  constructor({ store, clock }: OpenedStore) {
    this.store = store;
    this.#clock = clock;
  }

  advance(ms: number): void {
    assert.ok(this.#clock, 'this check needs a clock');
    this.#clock.advance(ms);
  }

  /** Lets time go by, however the store's clock runs. */
  async pass(ms: number): Promise<void> {
    if (this.#clock) this.#clock.advance(ms);
    else await sleep(ms);
  }

  /** A number that was not given out before, so that operations rise. */
  nextOp(): number {
    return (this.#ops += 1);
  }

  async addUsers(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      assert.equal(await this.store.addAccount({ name, pass: `hash of ${name}`, op: `op of ${name}` }), 'added');
    }
  }

  async author(user: UserKey, session: SessionId): Promise<Author> {
    const account = await this.store.readAccount(user);
    assert.ok(account, `${user} has an account`);
    return { user, session, generation: account.generation };
  }

  async open(user: UserKey, session: SessionId): Promise<Author> {
    const author = await this.author(user, session);
    await this.reopen(author);
    return author;
  }

  async reopen(author: Author): Promise<OpenedSession> {
    const opened = await this.store.openSession(author, INFO);
    assert.equal(opened.outcome, 'opened');
    return opened as OpenedSession;
  }

  async send(author: Author, to: string, text: string, more: Partial<SendRequest> = {}): Promise<Appended> {
    const answer = await this.store.send(author, { to, text, op: this.nextOp(), settled: [], ...more });
    assert.equal(answer.outcome, 'appended');
    return answer as Appended;
  }

  /** A message from somebody whose own log does not matter. */
  receive(user: UserKey, from: string, n: number, more: { text?: string; after?: number } = {}) {
    const [check, previous] = [checkFor(n), checkFor(n - 1)];
    return this.store.receive(user, { from, n, check, previous, time: 1_000, text: `${from} ${n}`, ...more });
  }

  /** Messages `first` to `last` from somebody; each must be stored. */
  async receiveMany(user: UserKey, from: string, first: number, last: number): Promise<void> {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    for (const answer of await Promise.all(numbers.map((n) => this.receive(user, from, n)))) assertStored(answer);
  }

  /** A message's whole way. */
  async carry(author: Author, to: string, text: string): Promise<Appended> {
    const { name } = (await this.store.readAccount(author.user))!;
    const sent = await this.send(author, to, text);
    assertStored(await this.store.receive(to.toLowerCase(), { ...sent, from: name, text }));
    await this.store.settle(author.user, [{ to: to.toLowerCase(), n: sent.n }]);
    return sent;
  }

  /** All entries that the log has, page by page. */
  async readAll(user: UserKey): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for (let after = 0; ;) {
      const page = await this.store.readLog(user, after);
      if (page.entries.length === 0) return entries;
      entries.push(...page.entries);
      after = numberOf(page.entries.at(-1)!);
    }
  }

  async readMessages(user: UserKey): Promise<readonly MessageEntry[]> {
    return (await this.readAll(user)).filter((entry): entry is MessageEntry => 'text' in entry);
  }

  async readFriendEntries(user: UserKey): Promise<readonly FriendEntry[]> {
    return (await this.readAll(user)).filter((entry): entry is FriendEntry => 'change' in entry);
  }

  async readPresence(user: UserKey): Promise<Presence> {
    const [presence] = await this.store.readPresence([user]);
    assert.ok(presence, `${user} has a presence`);
    return presence;
  }

  /** The sessions seen, in the order of their names. */
  async seenSessions(user: UserKey): Promise<readonly SessionId[]> {
    return [...(await this.readPresence(user)).sessions].sort();
  }

  /** Begins in both lists and decides. Users are registered by their keys here. */
  async decide(
    type: FriendshipOperation['type'],
    by: UserKey,
    other: UserKey,
    op: string,
  ): Promise<FriendshipDecision> {
    assert.deepEqual(await this.store.beginFriendship(by, other), { outcome: 'begun' });
    assert.deepEqual(await this.store.beginFriendship(other, by), { outcome: 'begun' });
    return this.store.decideFriendship({ op, type, by, other });
  }

  async tell(decision: FriendshipDecision, a: UserKey, b: UserKey): Promise<void> {
    await this.store.tellFriendship(a, b, decision);
    await this.store.tellFriendship(b, a, decision);
  }

  /** A friendship's whole change. */
  async befriend(type: FriendshipOperation['type'], by: UserKey, other: UserKey): Promise<FriendshipDecision> {
    const decision = await this.decide(type, by, other, `befriend ${this.nextOp()}`);
    await this.tell(decision, by, other);
    return decision;
  }

  async listen(user: UserKey): Promise<Heard> {
    const heard = new Heard();
    await this.store.subscribe(user, heard.listener);
    return heard;
  }

  /** Confirms up to the entry of this number, which the log must have. */
  async confirm(user: UserKey, upto: number): Promise<readonly Acknowledgement[]> {
    const { entries } = await this.store.readLog(user, upto - 1);
    return this.store.confirm(user, entries[0]!.place);
  }
}

/** The pushes of one user, in the order in which they came. */
export class Heard {
  readonly pushes: Push[] = [];
  readonly listener = (push: Push): void => void this.pushes.push(push);

  /** Waits until so many have come. */
  async wait(count: number): Promise<readonly Push[]> {
    for (let left = PATIENCE; this.pushes.length < count && left > 0; left -= 5) await sleep(5);
    assert.ok(this.pushes.length >= count, `${this.pushes.length} pushes came, not ${count}`);
    return this.pushes;
  }

  /** Waits for entries, among which only the log's new epochs may come. */
  async waitEntries(count: number): Promise<readonly Entry[]> {
    const entries = await this.waitKind('entry', count);
    const others = this.pushes.filter(({ kind }) => kind !== 'entry' && kind !== 'epoch');
    assert.deepEqual(others, []);
    return entries.map(({ entry }) => entry);
  }

  /** Waits until so many of a kind have come, whatever else there is. */
  async waitKind<K extends Push['kind']>(kind: K, count: number): Promise<readonly Extract<Push, { kind: K }>[]> {
    const ofKind = () => this.pushes.filter((push): push is Extract<Push, { kind: K }> => push.kind === kind);
    for (let left = PATIENCE; ofKind().length < count && left > 0; left -= 5) await sleep(5);
    assert.ok(ofKind().length >= count, `${ofKind().length} pushes of ${kind} came, not ${count}`);
    return ofKind();
  }
}

/** Bounds that nothing here reaches. */
export const WIDE_LIMITS: StoreLimits = {
  logEntries: 10_000,
  logAge: 30 * 86_400_000,
  logBytes: 8 * 1024 * 1024,
  waiting: 500,
  unconfirmed: 5_000,
  friendships: 1_000,
  devices: 32,
  absence: 15_000,
};

/** A presence but for its time. */
export function withoutSince(presence: Presence | undefined): Omit<Presence, 'since'> | undefined {
  if (!presence) return undefined;
  const { since, ...rest } = presence;
  assert.ok(Number.isSafeInteger(since) && since > 0);
  return rest;
}

export function assertStored(answer: ReceiveAnswer): Presence {
  assert.equal(answer.outcome, 'stored');
  return (answer as Extract<ReceiveAnswer, { outcome: 'stored' }>).presence;
}

export function settled(to: UserKey, ...numbers: readonly number[]): readonly Settlement[] {
  return numbers.map((n) => ({ to, n }));
}

export function numberOf({ place }: { readonly place: string }): number {
  return Number.parseInt(place, 10);
}

/** The check that {@link Stage.receive} gives a message; none before the first. */
export function checkFor(n: number): string {
  return n === 0 ? '' : n.toString(16).padStart(6, '0');
}

/** The check in a place. */
export function checkOf({ place }: { readonly place: string }): string {
  return place.slice(place.indexOf('-') + 1);
}

/** `first`, `first + 1`, … `last`. */
export function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
