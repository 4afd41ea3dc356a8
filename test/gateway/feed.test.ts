/** A session's feed: each entry once, in order, whatever pushes and pages do. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { Feed } from '../../gateway/feed.ts';
import { placeNumber } from '../../gateway/store/entry.ts';
import type { Entry, LogPage, OpenedSession, Store } from '../../gateway/store/store.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

/** `messageCheck` tells messages apart, `check` places. */
function entry(number: number, check = '000000', messageCheck = check): Entry {
  const message = {
    time: 0,
    name: 'Bob',
    kind: 'in',
    n: number,
    check: messageCheck,
    previous: '',
    text: `${number}`,
  } as const;
  return { ...message, place: `${number}-${check}` };
}

/** A log whose answers the test gives, one by one; `reads` are the numbers asked for. */
function createStage() {
  const reads: number[] = [];
  const answers: { resolve: (page: LogPage) => void; reject: (error: Error) => void }[] = [];
  const given: number[] = [];
  const clock = createManualClock();
  const readLog: Store['readLog'] = (_user, after) => {
    reads.push(after);
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  };
  const receiver = {
    isReady: true,
    whenReady: async () => undefined,
    tailLost: () => undefined,
    deliver: (entries: readonly Entry[]) => void given.push(...entries.map(({ place }) => placeNumber(place))),
  };
  const options = { store: { readLog } as Store, clock, logger: pino({ level: 'silent' }) };
  const feed = new Feed('alice', receiver, options);
  const answer = async (head: number, ...logged: (number | Entry)[]): Promise<void> => {
    await turn();
    const entries = logged.map((item) => (typeof item === 'number' ? entry(item) : item));
    answers.shift()!.resolve({ entries, head, delivered: head });
    await turn();
  };
  return { feed, receiver, reads, answers, given, clock, answer };
}

async function startAt(feed: Feed, head: number, held?: string): Promise<void> {
  await feed.start(
    { outcome: 'opened', from: head, delivered: head, head, entries: [] as readonly Entry[] } as OpenedSession,
    async () => {},
    held,
  );
}

test('pushes in order are given at once, without a look at the log', async () => {
  const { feed, given, reads } = createStage();
  await startAt(feed, 0);
  for (const number of [1, 2, 2, 1, 3]) feed.push(entry(number));
  assert.deepEqual([given, reads], [[1, 2, 3], []]);
});

test('a gap is read from the log', async () => {
  const { feed, given, reads, answer } = createStage();
  await startAt(feed, 5);
  feed.push(entry(7));
  await answer(7, 6, 7);
  feed.push(entry(8));
  assert.deepEqual([given, reads], [[6, 7, 8], [5]]);
});

test('a push that overtakes the page it is not in', async () => {
  const { feed, given, answer } = createStage();
  await startAt(feed, 0);
  feed.check();
  await turn();
  feed.push(entry(1));
  await answer(0);
  await answer(1, 1);
  assert.deepEqual(given, [1]);
});

test('a tail that was lost is noticed though the log has grown as far again', async () => {
  const { feed, given, reads, answer, receiver } = createStage();
  let losses = 0;
  Object.assign(receiver, { tailLost: () => void (losses += 1) });
  await startAt(feed, 3);
  for (const number of [4, 5]) feed.push(entry(number, 'aaaaaa'));
  feed.doubt();
  feed.push(entry(6, 'bbbbbb'));
  await answer(6, entry(5, 'bbbbbb'), entry(6, 'bbbbbb'));
  await answer(6, entry(4, 'bbbbbb'), entry(5, 'bbbbbb'), entry(6, 'bbbbbb'));
  assert.equal(losses, 1);
  await answer(6, entry(4, 'bbbbbb'), entry(5, 'bbbbbb'), entry(6, 'bbbbbb'));
  assert.deepEqual(
    [given, reads],
    [
      [4, 5, 4, 5, 6],
      [4, 2, 3],
    ],
  );
});

test('an entry is lost whose number a mended log has passed over', async () => {
  const { feed, given, answer, receiver } = createStage();
  const lost: string[] = [];
  Object.assign(receiver, { tailLost: (place: string) => void lost.push(place) });
  await startAt(feed, 3);
  for (const number of [4, 5]) feed.push(entry(number, 'aaaaaa'));
  feed.check();
  await answer(6, entry(3), entry(5, 'bbbbbb', 'aaaaaa'), entry(6, 'cccccc', 'dddddd'));
  await answer(6, entry(5, 'bbbbbb'), entry(6, 'cccccc'));
  assert.deepEqual(lost, ['4-aaaaaa']);
  assert.deepEqual(given, [4, 5, 5, 6]);
});

test('a place that the client held before is looked for too', async () => {
  const { feed, answer, receiver } = createStage();
  let losses = 0;
  Object.assign(receiver, { tailLost: () => void (losses += 1) });
  await startAt(feed, 8, '8-aaaaaa');
  feed.compare('7-bbbbbb');
  await answer(7, 7);
  assert.equal(losses, 1);
});

test('a tail that was lost is not waited for', async () => {
  const { feed, given, reads, answer, answers } = createStage();
  await startAt(feed, 3);
  feed.push(entry(5));
  await answer(2);
  assert.equal(answers.length, 0);
  feed.push(entry(3));
  assert.deepEqual([given, reads], [[3], [3]]);
});

test('entries that took the numbers of lost ones are given too', async () => {
  const { feed, given, reads, answer } = createStage();
  await startAt(feed, 0);
  for (const number of [1, 2, 3]) feed.push(entry(number));
  // The log lost 2 and 3, and has a new 2.
  feed.push(entry(2, 'ffffff'));
  await answer(2, 1, entry(2, 'ffffff'));
  await answer(2, entry(2, 'ffffff'));
  feed.push(entry(3, 'ffffff'));
  assert.deepEqual(
    [given, reads],
    [
      [1, 2, 3, 2, 3],
      [0, 1],
    ],
  );
});

test('what was lost and comes again from the other copy is not given twice', async () => {
  const { feed, given, answer } = createStage();
  await startAt(feed, 0);
  for (const number of [1, 2, 3]) feed.push(entry(number));
  // The log lost 2 and 3, and has 3 again in the place of 2.
  const again = { ...entry(3), place: '2-ffffff' };
  feed.push(again);
  await answer(2, 1, again);
  await answer(2, again);
  feed.push(entry(3, 'eeeeee'));
  assert.deepEqual(given, [1, 2, 3, 3]);
});

test('what was delivered and dropped is not taken for lost', async () => {
  const { feed, given, answer, answers } = createStage();
  await startAt(feed, 0);
  for (const number of [1, 2, 3]) feed.push(entry(number));
  feed.check();
  await answer(3, 3);
  await answer(3);
  assert.deepEqual([given, answers.length], [[1, 2, 3], 0]);
});

test('a client that is behind gets the entries when it is ready, and a log that fails is read again', async () => {
  const { feed, receiver, given, answers, clock, answer } = createStage();
  await startAt(feed, 0);
  let ready = (): void => {};
  receiver.isReady = false;
  receiver.whenReady = () => new Promise((resolve) => (ready = () => resolve(undefined)));
  feed.push(entry(1));
  feed.push(entry(2));
  await turn();
  assert.equal(answers.length, 0);
  receiver.whenReady = async () => undefined;
  ready();
  await turn();
  answers.shift()!.reject(new Error('away'));
  await turn();
  clock.advance(1_000);
  await answer(2, 1, 2);
  assert.deepEqual(given, [1, 2]);
});
