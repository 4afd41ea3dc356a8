/** The store's contract: a sender's copy that lost its tail in a failover is made whole from the receiver's. */

import assert from 'node:assert/strict';
import type { Author, MendRequest, MessageEntry, PendingMessage } from '../../gateway/store/store.ts';
import { assertStored, numberOf, numbers, settled, type Appended, type Check, type Stage } from './store-stage.ts';

const NOTHING = { n: 0, check: '' };

/** The check of a message of Alice that her log lost. */
function lostCheck(n: number): string {
  return n === 0 ? '' : `aaaaa${n}`;
}

export async function begin(stage: Stage): Promise<Author> {
  await stage.addUsers('Alice', 'Bob', 'cat');
  return stage.open('alice', 'inc.1');
}

/** Bob has messages that Alice sent and her log lost. */
export async function lose(
  { store }: Stage,
  first: number,
  last: number,
  before = lostCheck(first - 1),
): Promise<void> {
  for (const n of numbers(first, last)) {
    const previous = n === first ? before : lostCheck(n - 1);
    const message = { n, check: lostCheck(n), previous, time: 1_000, text: `lost|${n}` };
    assertStored(await store.receive('bob', { from: 'Alice', ...message }));
  }
}

export async function receive({ store }: Stage, { n, check, previous, time }: Omit<Appended, 'outcome'>, text: string) {
  return store.receive('bob', { from: 'Alice', n, check, previous, time, text });
}

/** What a gateway finds that compares both copies. */
export async function compare({ store }: Stage): Promise<MendRequest> {
  const own = (await store.readPeers('alice', 'bob'))?.conversations[0];
  const last = (await store.readPeers('bob', 'alice'))?.conversations[0]?.in ?? NOTHING;
  const first = own?.unsettled ?? 1;
  return { to: 'Bob', last, first, copies: await store.findReceived('bob', 'alice', Math.max(1, first - 1)) };
}

export async function mend(stage: Stage): Promise<readonly PendingMessage[]> {
  return stage.store.mend('alice', await compare(stage));
}

/** The second and the third step of messages that are pending. */
export async function carryOn(stage: Stage, pending: readonly PendingMessage[]): Promise<void> {
  for (const { to, ...message } of pending) {
    assert.equal(to, 'Bob');
    assertStored(await stage.store.receive('bob', { from: 'Alice', ...message }));
    await stage.store.settle('alice', settled('bob', message.n));
  }
}

function identify(messages: readonly Pick<MessageEntry, 'n' | 'check' | 'previous' | 'text'>[]) {
  return messages.map(({ n, check, previous, text }) => [n, check, previous, text]);
}

/** Both logs have these messages of Alice, once and in this order, with the same numbers and checks; nothing is pending. */
export async function assertWhole(stage: Stage, ...texts: readonly string[]): Promise<void> {
  const { store } = stage;
  const sent = (await stage.readMessages('alice')).filter(({ kind, name }) => kind === 'out' && name === 'Bob');
  const received = (await stage.readMessages('bob')).filter(({ name }) => name === 'Alice');
  assert.deepEqual(identify(sent), identify(received));
  assert.deepEqual(
    sent.map(({ text }) => text),
    texts,
  );
  const last = sent.at(-1)?.n ?? 0;
  const ns = sent.map(({ n }) => n);
  assert.deepEqual(
    ns,
    [...new Set(ns)].sort((a, b) => a - b),
  );
  assert.deepEqual(identify(await store.findSent('alice', 'bob', 1, last)), identify(sent));
  assert.deepEqual((await store.readUnfinished('alice'))?.pending, []);
  const [own, theirs] = [await store.readPeers('alice', 'bob'), await store.readPeers('bob', 'alice')];
  const { n, check } = theirs!.conversations[0]!.in;
  assert.deepEqual([own!.conversations[0]!.out, own!.conversations[0]!.unsettled], [{ n, check }, n + 1]);
}

async function assertChained(stage: Stage): Promise<void> {
  const sent = (await stage.readMessages('alice')).filter(({ kind, name }) => kind === 'out' && name === 'Bob');
  const checks = sent.map(({ check }) => check);
  assert.deepEqual(
    sent.map(({ previous }) => previous),
    ['', ...checks.slice(0, -1)],
  );
}

export function checkMending(check: Check): void {
  checkDiverged(check);
  checkHealed(check);
}

function checkDiverged(check: Check): void {
  check('a message under a number that is taken gets the next one; the lost message is there again', async (stage) => {
    const alice = await begin(stage);
    await lose(stage, 1, 1);
    const sent = await stage.send(alice, 'Bob', 'new');
    assert.deepEqual(await receive(stage, sent, 'new'), { outcome: 'diverged' });
    const heard = await stage.listen('alice');
    const pending = await mend(stage);
    const [lost, moved] = await heard.waitEntries(2);
    const { place, time } = moved!;
    const common = { n: 2, check: sent.check, previous: lostCheck(1), text: 'new' };
    assert.deepEqual(pending, [{ to: 'Bob', time, ...common }]);
    assert.deepEqual(moved, { kind: 'out', place, time, name: 'Bob', ...common });
    assert.equal(place, `3-${sent.check}`);
    assert.equal(lost?.place, `2-${lostCheck(1)}`);
    assert.deepEqual(await stage.readAll('alice'), [lost, moved]);
    const opened = await stage.reopen(alice);
    assert.deepEqual([opened.pending, opened.head, opened.delivered, opened.entries], [pending, 3, 3, []]);
    assert.equal((await stage.store.look('alice'))?.head, place);
    await carryOn(stage, pending);
    await assertWhole(stage, 'lost|1', 'new');
    await assertChained(stage);
  });

  check('several messages at once keep their order and what came before', async (stage) => {
    const alice = await begin(stage);
    const first = await stage.carry(alice, 'Bob', 'first');
    await lose(stage, 2, 3, first.check);
    await stage.send(alice, 'cat', 'aside');
    for (const text of ['one', 'two', 'three']) await stage.send(alice, 'Bob', text);
    const pending = await mend(stage);
    assert.deepEqual(
      pending.map(({ n, text }) => [n, text]),
      [
        [4, 'one'],
        [5, 'two'],
        [6, 'three'],
      ],
    );
    const aside = (await stage.store.readUnfinished('alice'))!.pending[0];
    assert.deepEqual([aside?.to, aside?.n, aside?.text], ['cat', 1, 'aside']);
    await stage.store.settle('alice', settled('cat', 1));
    await carryOn(stage, pending);
    await stage.carry(alice, 'Bob', 'last');
    await assertWhole(stage, 'first', 'lost|2', 'lost|3', 'one', 'two', 'three', 'last');
    await assertChained(stage);
  });

  check('a message that was sent twice with one text is there twice', async (stage) => {
    const alice = await begin(stage);
    await lose(stage, 1, 1);
    for (const _again of [1, 2]) await stage.send(alice, 'Bob', 'lost|1');
    await carryOn(stage, await mend(stage));
    await assertWhole(stage, 'lost|1', 'lost|1', 'lost|1');
  });

  check('a session’s last answer names the new place', async (stage) => {
    const { store } = stage;
    const alice = await begin(stage);
    const other = await stage.open('alice', 'other.1');
    await lose(stage, 1, 2);
    const requests = ['one', 'two'].map((text) => ({ to: 'Bob', text, op: stage.nextOp(), settled: [] }));
    await store.send(alice, requests[0]!);
    await store.send(other, requests[1]!);
    const pending = await mend(stage);
    const places = (await stage.readAll('alice')).slice(-2).map(({ place }) => place);
    for (const [index, author] of [alice, other].entries()) {
      const again = (await store.send(author, requests[index]!)) as Appended;
      const { n, check: own, previous } = pending[index]!;
      assert.deepEqual(again, { outcome: 'appended', place: places[index], time: again.time, n, check: own, previous });
    }
    await carryOn(stage, pending);
    await assertWhole(stage, 'lost|1', 'lost|2', 'one', 'two');
  });

  check('numbers that the receiver refused stay used up', { waiting: 2 }, async (stage) => {
    const { store } = stage;
    const alice = await begin(stage);
    await lose(stage, 1, 2);
    const refused = { from: 'Alice', n: 3, check: lostCheck(3), previous: lostCheck(2), time: 1_000, text: 'refused' };
    assert.equal((await store.receive('bob', refused)).outcome, 'refused');
    await stage.confirm('bob', 2);
    await lose(stage, 4, 4);
    for (const text of ['one', 'two', 'three']) await stage.send(alice, 'Bob', text);
    const pending = await mend(stage);
    assert.deepEqual(
      pending.map(({ n }) => n),
      [5, 6, 7],
    );
    await stage.confirm('bob', 3);
    await carryOn(stage, pending.slice(0, 2));
    await stage.confirm('bob', 5);
    await carryOn(stage, pending.slice(2));
    await assertWhole(stage, 'lost|1', 'lost|2', 'lost|4', 'one', 'two', 'three');
  });

  check('the receiver’s last check alone tells that a message diverged', async (stage) => {
    const alice = await begin(stage);
    const sent = await stage.send(alice, 'Bob', 'new');
    const request = { to: 'Bob', last: { n: 1, check: lostCheck(1) }, first: 1, copies: [] };
    for (const _again of [1, 2]) {
      const [moved, ...others] = await stage.store.mend('alice', request);
      assert.deepEqual([moved?.n, moved?.check, moved?.previous, others], [2, sent.check, lostCheck(1), []]);
      assert.equal((await stage.readAll('alice')).length, 1);
    }
  });
}

function checkHealed(check: Check): void {
  check('what the receiver has and the sender lost comes back, with nothing pending', async (stage) => {
    const alice = await begin(stage);
    const first = await stage.carry(alice, 'Bob', 'first');
    await lose(stage, 2, 4, first.check);
    await stage.receiveMany('alice', 'cat', 1, 1);
    const heard = await stage.listen('alice');
    assert.deepEqual(await mend(stage), []);
    const healed = await heard.waitEntries(3);
    assert.deepEqual(
      healed.map(({ kind, place }) => [kind, place]),
      [2, 3, 4].map((n) => ['out', `${n + 1}-${lostCheck(n)}`]),
    );
    await assertWhole(stage, 'first', 'lost|2', 'lost|3', 'lost|4');
    assert.equal((await stage.store.readLog('alice', 0)).delivered, 1);
    await stage.carry(alice, 'Bob', 'next');
    await assertWhole(stage, 'first', 'lost|2', 'lost|3', 'lost|4', 'next');
    await assertChained(stage);
  });

  check('where the receiver has no copies any more, the sender goes on behind its last number', async (stage) => {
    const alice = await begin(stage);
    await stage.carry(alice, 'Bob', 'first');
    const last = { n: 9, check: lostCheck(9) };
    const request = { to: 'Bob', last, first: 2, copies: [] };
    for (const _again of [1, 2]) assert.deepEqual(await stage.store.mend('alice', request), []);
    assert.equal((await stage.readAll('alice')).length, 1);
    const next = await stage.send(alice, 'Bob', 'next');
    assert.deepEqual([next.n, next.previous], [10, lostCheck(9)]);
    assert.deepEqual(await stage.store.mend('alice', { ...request, last: { n: 12, check: '' } }), [
      { to: 'Bob', n: 10, check: next.check, previous: lostCheck(9), time: next.time, text: 'next' },
    ]);
    assert.deepEqual([(await stage.send(alice, 'Bob', 'after')).n], [13]);
  });

  check('nothing changes where the sender lacks more than was asked for', async (stage) => {
    const alice = await begin(stage);
    const first = await stage.carry(alice, 'Bob', 'first');
    await lose(stage, 2, 4, first.check);
    const late = { ...(await compare(stage)), first: 4 };
    const sent = await stage.send(alice, 'Bob', 'pending');
    const pending = { to: 'Bob', n: 2, check: sent.check, previous: sent.previous, time: sent.time, text: 'pending' };
    assert.deepEqual(await stage.store.mend('alice', { ...late, copies: late.copies.slice(-1) }), [pending]);
    assert.equal((await stage.readAll('alice')).length, 2);
    await carryOn(stage, await mend(stage));
    await assertWhole(stage, 'first', 'lost|2', 'lost|3', 'lost|4', 'pending');
  });

  check('two copies that agree stay as they are', async (stage) => {
    const alice = await begin(stage);
    for (const text of ['one', 'two']) await stage.carry(alice, 'Bob', text);
    const [taken, waiting] = [await stage.send(alice, 'Bob', 'taken'), await stage.send(alice, 'Bob', 'waiting')];
    assertStored(await receive(stage, taken, 'taken'));
    const look = async () => [await stage.readAll('alice'), await stage.store.readPeers('alice')];
    const before = await look();
    const heard = await stage.listen('alice');
    const pending = await mend(stage);
    assert.deepEqual(
      pending.map(({ n, check: own }) => [n, own]),
      [taken, waiting].map(({ n, check: own }) => [n, own]),
    );
    assert.deepEqual(await look(), before);
    await stage.send(alice, 'cat', 'the first to be heard');
    assert.deepEqual((await heard.waitEntries(1)).map(numberOf), [5]);
    await stage.store.settle('alice', settled('cat', 1));
    await carryOn(stage, pending);
    await assertWhole(stage, 'one', 'two', 'taken', 'waiting');
  });

  check('nothing is mended for nobody, or for a removed account', async (stage) => {
    const { store } = stage;
    await begin(stage);
    await lose(stage, 1, 2);
    const request = await compare(stage);
    await store.removeAccount('alice');
    for (const user of ['alice', 'nobody']) {
      assert.deepEqual(await store.mend(user, request), []);
      assert.deepEqual(await store.readLog(user, 0), { entries: [], head: 0, delivered: 0 });
      assert.equal(await store.readPeers(user), undefined);
    }
  });
}
