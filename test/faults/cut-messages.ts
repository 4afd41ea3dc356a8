/** Plays of the cut test: messages. */

import assert from 'node:assert/strict';
import type { Author, MessageEntry, Settlement, Store } from '../../gateway/store/store.ts';
import { INFO, type Appended } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import { Feed } from './cut-feed.ts';
import { readWholeLog, WAITING } from './cut-stage.ts';
import type { CutStage } from './cut-stage.ts';

/** Messages of each session. */
const MESSAGES = 12;

interface Sent extends Appended {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** A session at a store, and what becomes of its messages. */
class Talker {
  readonly name: string;
  readonly author: Author;
  readonly sent: Sent[] = [];
  readonly #store: Store;
  #settled: Settlement[] = [];

  constructor(name: string, author: Author, store: Store) {
    this.name = name;
    this.author = author;
    this.#store = store;
  }

  static async open(store: Store, name: string, session: string): Promise<Talker> {
    const author = { user: name.toLowerCase(), session, generation: 1 };
    const opened = await store.openSession(author, INFO);
    assert.equal(opened.outcome, 'opened', `session of ${name}`);
    return new Talker(name, author, store);
  }

  /** The first step; `twice` asks again, at another store. */
  async send(to: string, text: string, twice?: Store): Promise<Sent> {
    const request = { to, text, op: this.sent.length + 1, settled: this.#settled };
    this.#settled = [];
    const answer = await this.#store.send(this.author, request);
    if (twice) assert.deepEqual(await twice.send(this.author, request), answer, `${text}, asked twice`);
    assert.equal(answer.outcome, 'appended', text);
    const sent = { ...(answer as Appended), from: this.name, to, text };
    this.sent.push(sent);
    return sent;
  }

  /** The second step, with what another session of the same user has still on its way. */
  async pass(sent: Sent, twice?: Store): Promise<'stored' | 'full'> {
    const to = sent.to.toLowerCase();
    let answer = await this.#store.receive(to, sent);
    if (answer.outcome === 'ahead') {
      const missing = await this.#store.findSent(this.author.user, to, answer.last + 1, sent.n - 1);
      assert.equal(missing.length, sent.n - 1 - answer.last, `own messages missing at ${to}`);
      for (const message of missing) await this.#store.receive(to, { ...message, from: this.name });
      answer = await this.#store.receive(to, sent);
    }
    if (twice)
      assert.deepEqual((await twice.receive(to, sent)).outcome, answer.outcome, `${sent.text}, received twice`);
    assert.ok(
      answer.outcome === 'stored' || (answer.outcome === 'refused' && answer.reason === 'full'),
      answer.outcome,
    );
    const isFull = answer.outcome === 'refused';
    this.#settled.push({ to, n: sent.n, ...(isFull && { refused: 'full' as const }) });
    return isFull ? 'full' : 'stored';
  }

  async settle(): Promise<void> {
    await this.#store.settle(this.author.user, this.#settled);
  }

  async close(): Promise<void> {
    await this.#store.closeSessions(this.author.user, [this.author.session]);
  }
}

/** Three users, one of them with two sessions, write to each other and to themselves. */
export async function chat(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 4);
  const names = await Promise.all(stores.slice(0, 3).map((store) => stage.addUser(store)));
  const feeds = names.map((name, index) => new Feed(stores[index]!, name.toLowerCase()));
  await Promise.all(feeds.map((feed) => feed.open(stage)));
  const users = [...names, names[0]!];
  const talkers = await Promise.all(users.map((name, i) => Talker.open(stores[i]!, name, `at-${name}-${i}.1`)));
  const talk = async (talker: Talker): Promise<void> => {
    for (let i = 1; i <= MESSAGES; i += 1) {
      const to = random.pick(names);
      const sent = await talker.send(to, `${talker.author.session} ${i}`, random.chance(0.2) ? stores[3] : undefined);
      if (to !== talker.name) await talker.pass(sent, random.chance(0.2) ? stores[2] : undefined);
      if (random.chance(0.3)) await feeds[names.indexOf(talker.name)]!.confirm();
    }
    await talker.settle();
  };
  await Promise.all(talkers.map(talk));
  await checkLogs(
    stage,
    names,
    feeds,
    talkers.flatMap(({ sent }) => sent),
  );
  await Promise.all(feeds.map((feed) => feed.confirm()));
  for (const [i, talker] of talkers.entries()) await talker.close().then(() => checkNothingLeft(stage, names[i % 3]!));
  await Promise.all(feeds.map((feed) => feed.close()));
}

type Log = readonly MessageEntry[];

async function checkLogs(stage: CutStage, names: readonly string[], feeds: readonly Feed[], all: readonly Sent[]) {
  const logs = new Map<string, Log>();
  for (const [index, name] of names.entries()) {
    const log = await readWholeLog(stage.direct, name.toLowerCase());
    await feeds[index]!.waitFor(log.length);
    assert.deepEqual(feeds[index]!.entries, log, `what ${name} was shown`);
    logs.set(name, log as Log);
  }
  for (const from of names) {
    for (const to of names) checkPair(from, to, logs, all);
  }
}

/** Each message once in both logs, in order, under the numbers that were answered. */
function checkPair(from: string, to: string, logs: ReadonlyMap<string, Log>, all: readonly Sent[]): void {
  const [kindOut, kindIn] = from === to ? (['self', 'self'] as const) : (['out', 'in'] as const);
  const select = (kind: string, owner: string, name: string): readonly object[] =>
    logs
      .get(owner)!
      .filter((entry) => entry.kind === kind && entry.name === name)
      .map(({ n, check, previous, text }) => ({ n, check, previous, text }));
  const sent = all.filter((message) => message.from === from && message.to === to).sort((a, b) => a.n - b.n);
  const expected = sent.map(({ check, text }, index) => {
    return { n: index + 1, check, previous: sent[index - 1]?.check ?? '', text };
  });
  assert.deepEqual(
    sent.map(({ n, check, previous, text }) => ({ n, check, previous, text })),
    expected,
    'answers',
  );
  assert.deepEqual(select(kindOut, from, to), expected, `from ${from} to ${to}, at the sender`);
  assert.deepEqual(select(kindIn, to, from), expected, `from ${from} to ${to}, at the receiver`);
  const places = sent.map(({ place }) => place).sort();
  const kept = logs
    .get(from)!
    .filter(({ kind, name }) => kind === kindOut && name === to)
    .map(({ place }) => place);
  assert.deepEqual(kept.sort(), places, `places answered to ${from}`);
}

/** All was settled, delivered, and the sessions are closed but this one's. */
async function checkNothingLeft(stage: CutStage, name: string): Promise<void> {
  const author = { user: name.toLowerCase(), session: `check-${stage.newName()}.1`, generation: 1 };
  const opened = await stage.direct.openSession(author, INFO);
  assert.ok(opened.outcome === 'opened');
  assert.deepEqual([opened.pending, opened.entries], [[], []], `what is left to do for ${name}`);
  await stage.direct.closeSessions(author.user, [author.session]);
}

/** A mailbox is full at its very limit, again and again: no message counts twice, and no receipt. */
export async function fillMailbox(stage: CutStage, random: Random): Promise<void> {
  const [first, second, third] = stage.pickStores(random, 3) as [Store, Store, Store];
  const [from, to] = [await stage.addUser(first), await stage.addUser(second)];
  const talker = await Talker.open(first, from, `at-${from}.1`);
  const feed = new Feed(second, to.toLowerCase());
  await feed.open(stage);
  const stored: number[] = [];
  let confirmed = 0;
  for (let round = 1; round <= 3; round += 1) {
    const refused = 1 + random.int(3);
    const room = WAITING - (stored.length - confirmed);
    for (let i = 1; i <= room + refused; i += 1) {
      const sent = await talker.send(to, `${round} ${i}`);
      const answer = await talker.pass(sent, random.chance(0.3) ? third : undefined);
      assert.equal(
        answer,
        i <= room ? 'stored' : 'full',
        `message ${i} where there is room for ${room}, round ${round}`,
      );
      if (answer === 'stored') stored.push(sent.n);
    }
    await feed.waitFor(stored.length);
    confirmed += 1 + random.int(WAITING);
    // Two sessions may confirm the same.
    await Promise.all([second, third].map((store) => feed.confirm(confirmed, store)));
  }
  const log = (await readWholeLog(stage.direct, to.toLowerCase())) as Log;
  assert.deepEqual(
    log.map(({ n }) => n),
    stored,
    `what ${to} has of ${from}`,
  );
  await talker.settle();
  // One settled twice would hide one that is not.
  for (let count = 0; count <= 2; count += 1) {
    await checkPending(stage, from, count);
    await talker.send(to, `pending ${count}`);
  }
  await Promise.all([talker.close(), feed.close()]);
}

async function checkPending(stage: CutStage, name: string, count: number): Promise<void> {
  const author = { user: name.toLowerCase(), session: `check-${stage.newName()}.1`, generation: 1 };
  const opened = await stage.direct.openSession(author, INFO);
  assert.ok(opened.outcome === 'opened');
  assert.equal(opened.pending.length, count, `pending of ${name}`);
  await stage.direct.closeSessions(author.user, [author.session]);
}
