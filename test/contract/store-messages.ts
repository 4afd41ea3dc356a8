/** The store's contract: a message's steps, sender first. */

import assert from 'node:assert/strict';
import {
  assertStored,
  checkOf,
  numberOf,
  numbers,
  settled,
  withoutSince,
  type Check,
  type Stage,
} from './store-stage.ts';

const TEXTS = [
  '',
  '|',
  'a|b|',
  '1|in|2|3',
  'two\nlines\r\n\n',
  ' \t ',
  '👩‍👩‍👧 ünï 漢字',
  '<b>&amp;</b>',
  '"\'\\',
  'x'.repeat(16_000),
];

async function pendingNumbers(stage: Stage, user: string): Promise<readonly string[]> {
  const { pending } = await stage.reopen(await stage.author(user, 'look.1'));
  await stage.store.closeSessions(user, ['look.1']);
  return pending.map(({ to, n }) => `${to} ${n}`);
}

export function checkMessages(check: Check): void {
  check('the own copy comes first: numbered for the pair, chained by checks, pending', async (stage) => {
    await stage.addUsers('bob', 'Amy', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    const first = await stage.send(bob, 'Amy', 'one');
    const second = await stage.send(bob, 'Amy', 'two');
    const aside = await stage.send(bob, 'cat', 'three');
    assert.match(first.place, /^1-[0-9a-f]{6}$/);
    assert.deepEqual([first.n, first.previous, second.n, second.previous], [1, '', 2, first.check]);
    assert.deepEqual([aside.n, aside.previous, numberOf(aside)], [1, '', 3]);
    for (const sent of [first, second, aside]) assert.equal(sent.check, checkOf(sent));
    const { place, time, n, check: own, previous } = second;
    assert.deepEqual((await stage.readAll('bob'))[1], {
      kind: 'out',
      place,
      time,
      n,
      check: own,
      previous,
      name: 'Amy',
      text: 'two',
    });
    assert.deepEqual(await pendingNumbers(stage, 'bob'), ['Amy 1', 'Amy 2', 'cat 1']);
    assert.deepEqual(await stage.readAll('amy'), []);
  });

  check('the same operation gives the first answer and appends nothing; an older one is an error', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const other = await stage.open('bob', 'inc.2');
    const request = { to: 'amy', text: 'one', op: 1, settled: [] };
    const first = await store.send(bob, request);
    assert.deepEqual(await store.send(bob, request), first);
    assert.deepEqual(await Promise.all([store.send(bob, request), store.send(bob, request)]), [first, first]);
    const elsewhere = await store.send(other, request);
    assert.notDeepEqual(elsewhere, first);
    assert.deepEqual(await store.send(bob, request), first);
    await store.send(bob, { ...request, op: 2 });
    await assert.rejects(store.send(bob, request));
    assert.deepEqual(
      (await stage.readMessages('bob')).map(({ n }) => n),
      [1, 2, 3],
    );
  });

  check('a message to oneself is whole at once, and there once', async (stage) => {
    await stage.addUsers('Bob');
    const bob = await stage.open('bob', 'inc.1');
    const { place, time, n, check: own, previous } = await stage.send(bob, 'Bob', 'note');
    const second = await stage.send(bob, 'Bob', 'note 2');
    assert.deepEqual([n, previous, second.n, second.previous], [1, '', 2, own]);
    const [entry, ...others] = await stage.readAll('bob');
    assert.deepEqual(entry, { kind: 'self', place, time, n, check: own, previous, name: 'Bob', text: 'note' });
    assert.equal(others.length, 1);
    const opened = await stage.reopen(await stage.author('bob', 'inc.2'));
    assert.deepEqual(opened.pending, []);
    assert.equal(opened.entries.length, 2);
  });

  check('a message to oneself is not counted as waiting', { waiting: 2, unconfirmed: 2 }, async (stage) => {
    await stage.addUsers('bob');
    const bob = await stage.open('bob', 'inc.1');
    for (const n of numbers(1, 5)) assert.equal((await stage.send(bob, 'bob', 'note')).n, n);
    assert.equal((await stage.readAll('bob')).length, 5);
  });

  check('the receiver gets the message with the sender’s number and checks at an own place', async (stage) => {
    const { store } = stage;
    await stage.addUsers('Bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await stage.open('amy', 'inc.2');
    await stage.receive('amy', 'someone', 1);
    const sent = await stage.send(bob, 'amy', 'hello');
    const presence = assertStored(await store.receive('amy', { ...sent, from: 'Bob', text: 'hello' }));
    const seen = { name: 'amy', status: 0, banned: false, sessions: ['inc.2'], isBlocking: false };
    assert.deepEqual(withoutSince(presence), seen);
    const entry = (await stage.readMessages('amy'))[1]!;
    const { n, check: senders, previous } = sent;
    assert.match(entry.place, /^2-[0-9a-f]{6}$/);
    assert.ok(Number.isSafeInteger(entry.time) && entry.time > 0);
    const { place, time } = entry;
    assert.deepEqual(entry, { kind: 'in', place, time, n, check: senders, previous, name: 'Bob', text: 'hello' });
  });

  check('a message received again is there once, and the answer is the same', async (stage) => {
    await stage.addUsers('bob');
    await stage.receiveMany('bob', 'amy', 1, 3);
    for (const n of [3, 1, 2, 3]) assertStored(await stage.receive('bob', 'amy', n));
    const answers = await Promise.all(numbers(1, 10).map(() => stage.receive('bob', 'amy', 4)));
    answers.forEach(assertStored);
    assert.deepEqual(
      (await stage.readMessages('bob')).map(({ n }) => n),
      [1, 2, 3, 4],
    );
  });

  check('nobody receives what is sent to nobody, or to a removed account', async (stage) => {
    await stage.addUsers('bob');
    await stage.store.removeAccount('bob');
    const unknown = { outcome: 'refused', reason: 'unknown' };
    for (const user of ['bob', 'nobody']) {
      assert.deepEqual(await stage.receive(user, 'amy', 1), unknown);
      assert.deepEqual(await stage.receive(user, 'amy', 5), unknown);
      assert.deepEqual(await stage.store.readLog(user, 0), { entries: [], head: 0, delivered: 0 });
    }
  });

  check('who is banned still receives', async (stage) => {
    await stage.addUsers('bob');
    await stage.store.changeAccount('bob', { banned: true });
    assert.equal(assertStored(await stage.receive('bob', 'amy', 1)).banned, true);
  });

  check('a message ahead of missing ones waits for them, unless they are nowhere to be had', async (stage) => {
    await stage.addUsers('bob');
    assert.deepEqual(await stage.receive('bob', 'amy', 2), { outcome: 'ahead', last: 0 });
    assertStored(await stage.receive('bob', 'amy', 1));
    assert.deepEqual(await stage.receive('bob', 'amy', 4), { outcome: 'ahead', last: 1 });
    assertStored(await stage.receive('bob', 'cat', 1));
    assert.deepEqual(await stage.receive('bob', 'amy', 4, { after: 0 }), { outcome: 'ahead', last: 1 });
    assertStored(await stage.receive('bob', 'amy', 4, { after: 1 }));
    assertStored(await stage.receive('bob', 'amy', 5, { after: 4 }));
    assert.deepEqual(await stage.receive('bob', 'amy', 7), { outcome: 'ahead', last: 5 });
    const received = (await stage.readMessages('bob')).map(({ name, n }) => `${name} ${n}`);
    assert.deepEqual(received, ['amy 1', 'cat 1', 'amy 4', 'amy 5']);
  });

  check('a message is pending until it is settled, with the next one or alone', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'cat');
    const bob = await stage.open('bob', 'inc.1');
    for (const text of ['1', '2', '3']) await stage.send(bob, 'amy', text);
    await stage.send(bob, 'cat', '1', { settled: settled('amy', 1) });
    assert.deepEqual(await pendingNumbers(stage, 'bob'), ['amy 2', 'amy 3', 'cat 1']);
    await store.settle('bob', [...settled('amy', 3), { to: 'cat', n: 1, refused: 'full' }]);
    await store.settle('bob', [...settled('amy', 3), { to: 'cat', n: 1, refused: 'full' }]);
    assert.deepEqual(await pendingNumbers(stage, 'bob'), ['amy 2']);
    await store.settle('bob', []);
    await store.settle('bob', settled('amy', 9));
    await store.settle('bob', settled('nobody', 1));
    await store.settle('nobody', settled('amy', 1));
    assert.deepEqual(await pendingNumbers(stage, 'bob'), ['amy 2']);
    assert.equal((await stage.readAll('bob')).length, 4);
    assert.equal(await store.readAccount('nobody'), undefined);
  });

  check('own messages are found by receiver and number, settled or not, but for refused ones', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'a', 'A-b', 'a.b');
    const bob = await stage.open('bob', 'inc.1');
    for (const to of ['a', 'A-b', 'a.b']) {
      for (const n of numbers(1, 12)) await stage.send(bob, to, `${to} ${n}`);
    }
    await store.settle('bob', [...settled('a-b', 3), { to: 'a-b', n: 4, refused: 'full' }]);
    const found = await store.findSent('bob', 'a-b', 2, 11);
    assert.deepEqual(
      found.map(({ to, n, text }) => [to, n, text]),
      [2, 3, ...numbers(5, 11)].map((n) => ['A-b', n, `A-b ${n}`]),
    );
    const own = await stage.readMessages('bob');
    assert.deepEqual(
      found.map(({ n, previous }) => [n, previous]),
      found.map(({ n }) => [n, own[12 + n - 2]!.check]),
    );
    assert.deepEqual(
      found.map(({ time }) => time),
      own.filter((_, index) => index >= 13 && index < 23 && index !== 15).map(({ time }) => time),
    );
    assert.deepEqual(
      (await store.findSent('bob', 'a', 10, 99)).map(({ n }) => n),
      [10, 11, 12],
    );
    assert.deepEqual(await store.findSent('bob', 'a', 5, 4), []);
    assert.deepEqual(await store.findSent('bob', 'nobody', 1, 9), []);
    assert.deepEqual(await store.findSent('nobody', 'a', 1, 9), []);
  });

  check('any text comes out as it went in', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    for (const text of TEXTS) await stage.carry(bob, 'amy', text);
    assert.deepEqual(
      (await stage.readMessages('bob')).map(({ text }) => text),
      TEXTS,
    );
    assert.deepEqual(
      (await stage.readMessages('amy')).map(({ text }) => text),
      TEXTS,
    );
    assert.deepEqual(
      (await store.findSent('bob', 'amy', 1, 99)).map(({ text }) => text),
      TEXTS,
    );
    for (const text of TEXTS) await stage.send(bob, 'amy', text);
    const { pending } = await stage.reopen(bob);
    assert.deepEqual(
      pending.map(({ text }) => text),
      TEXTS,
    );
  });

  check('sends of two sessions at once leave no hole in numbers, places and checks', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const sessions = [await stage.open('bob', 'inc.1'), await stage.open('bob', 'other.1')];
    const answers = await Promise.all(
      numbers(1, 100).flatMap((n) => sessions.map((author) => stage.send(author, 'amy', `${n}`))),
    );
    const own = await stage.readMessages('bob');
    assert.deepEqual(own.map(numberOf), numbers(1, 200));
    assert.deepEqual(
      own.map(({ n }) => n),
      numbers(1, 200),
    );
    assert.deepEqual(
      own.map(({ previous }) => previous),
      ['', ...own.slice(0, -1).map(({ check: before }) => before)],
    );
    assert.equal(new Set(answers.map(({ place }) => place)).size, 200);
    for (const { place, n, check: own1 } of answers) {
      assert.deepEqual([own[n - 1]!.place, own[n - 1]!.check], [place, own1]);
    }
    assert.deepEqual(
      own.map(({ time }) => time),
      own.map(({ time }) => time).sort((a, b) => a - b),
    );
  });

  check('messages of many senders at once leave no hole in the receiver’s log', async (stage) => {
    await stage.addUsers('bob');
    const senders = numbers(1, 10).map((index) => `sender${index}`);
    await Promise.all(senders.map((sender) => stage.receiveMany('bob', sender, 1, 20)));
    const received = await stage.readMessages('bob');
    assert.deepEqual(received.map(numberOf), numbers(1, 200));
    for (const sender of senders) {
      assert.deepEqual(
        received.filter(({ name }) => name === sender).map(({ n }) => n),
        numbers(1, 20),
      );
    }
  });
}
