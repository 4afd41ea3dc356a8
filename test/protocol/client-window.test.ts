/** A client that has only the newest part of its log in memory knows what it needs, and the storage keeps the rest right. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeHeld, ENTRY, MemoryStorage } from '../../protocol/client.ts';
import type { HeldEntry } from '../../protocol/client.ts';
import type { EntryDocument, ServerDocument } from '../../protocol/documents.ts';
import {
  answer,
  brief,
  createStage,
  enterStage,
  fromBob,
  mark,
  place,
  shown,
  SlowStorage,
  takeWindow,
  time,
  toBob,
  welcome,
} from './client-stage.ts';
import type { Stage } from './client-stage.ts';

const WINDOW = 10;

function fromCarol(number: number, n: number): ServerDocument {
  const at = place(number);
  return { name: 'MESSAGE', at, time: time(number), n: String(n), from: 'Carol', to: 'alice', text: `carol ${n}` };
}

function bobs(first: number, last: number, offset = 0): ServerDocument[] {
  return Array.from({ length: last - first + 1 }, (_, index) => fromBob(first + index + offset, first + index));
}

function numbersIn({ kept }: MemoryStorage): number[] {
  const places = [...kept.keys()].filter((key) => key.startsWith(ENTRY)).map((key) => key.slice(ENTRY.length));
  return places.map((at) => parseInt(at, 10)).sort((a, b) => a - b);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A log of 3 messages of Carol, then 60 of Bob, with a client that holds only the newest. */
function enterLong(storage = new MemoryStorage()): Stage {
  const stage = enterStage({ storage, window: WINDOW });
  stage.link.receive(fromCarol(1, 1), fromCarol(2, 2), fromCarol(3, 3));
  for (const entry of bobs(1, 60, 3)) stage.link.receive(entry);
  stage.link.take();
  return stage;
}

/** The client of after a reload, of which the host gives a part. */
function reload(stage: Stage): Stage {
  const storage = stage.storage as MemoryStorage;
  return createStage({ storage, ...takeWindow(new Map(storage.kept), WINDOW) });
}

function enterAgain(stage: Stage, login: Parameters<typeof welcome>[0], ...entries: ServerDocument[]): void {
  stage.client.start();
  stage.link.open();
  stage.link.enter(login, ...entries);
}

test('memory stays bounded while the storage has all; items are the newest without a gap', () => {
  const storage = new MemoryStorage();
  const { client } = enterLong(storage);
  assert.deepEqual(numbersIn(storage), range(1, 63));
  const { items } = client.conversation('bob');
  assert.ok(items.length >= WINDOW && items.length <= WINDOW * 2, String(items.length));
  assert.deepEqual(
    items.map(({ number }) => number),
    range(64 - items.length, 63),
  );
  assert.deepEqual(shown(client, 'carol'), ['< carol 3']);
});

test('after a reload with a part of the log: the list, names, unread counts and READ are as before', () => {
  const { client } = reload(enterLong());
  assert.deepEqual(
    client.conversations.map(({ name, unread }) => [name, unread]),
    [
      ['Bob', 60],
      ['Carol', 3],
    ],
  );
  client.read('carol');
  assert.deepEqual(
    client.conversations.map(({ unread }) => unread),
    [60, 0],
  );
  client.read('bob', 55);
  assert.equal(client.conversation('bob').unread, 5);
});

test('READ is told up to the newest message that stands for a conversation', () => {
  const stage = reload(enterLong());
  enterAgain(stage, { epoch: '0', after: place(63) });
  stage.link.take();
  stage.client.read('carol');
  assert.deepEqual(brief(stage.link.take()), ['READ carol 3']);
});

test('nothing goes from memory before it is kept', () => {
  const storage = new SlowStorage();
  const stage = createStage({ storage, window: WINDOW });
  stage.client.logIn('alice', 'x');
  stage.link.open();
  stage.link.enter();
  stage.link.receive(...bobs(1, 40));
  assert.equal(stage.client.conversation('bob').items.length, 40);
  storage.confirm();
  assert.equal(stage.client.conversation('bob').items.length, WINDOW);
});

test('what two connections bring is no news twice, also where memory has let go of it', () => {
  const stage = enterLong();
  stage.link.receive(...bobs(10, 40, 3));
  assert.equal(stage.news.length, 63);
});

test('another epoch: what the page replaces goes from the storage too', () => {
  const storage = new MemoryStorage();
  const stage = reload(enterLong(storage));
  // The log was restored from long ago: it ends at 22.
  const page = bobs(15, 17, 3).concat(fromBob(21, 18, 'other', place(21, 'aaaaaa')), fromBob(22, 19, 'more'));
  enterAgain(stage, { epoch: 'e1', first: place(1) }, ...page);
  assert.deepEqual(numbersIn(storage), range(1, 22));
  assert.equal((storage.kept.get(ENTRY + place(21, 'aaaaaa')) as { text: string }).text, 'other');
  assert.deepEqual(shown(stage.client), ['< bob 15', '< bob 16', '< bob 17', '< other', '< more']);
  assert.deepEqual(stage.news, [], 'what may have been held is no news');
  stage.link.receive(fromBob(23, 20));
  assert.deepEqual(stage.news, ['bob 20']);
});

test('an empty log of another epoch: the storage lets go of all', () => {
  const storage = new MemoryStorage();
  const stage = reload(enterLong(storage));
  enterAgain(stage, { epoch: 'e1' });
  assert.deepEqual(numbersIn(storage), []);
  assert.deepEqual(stage.client.conversations, []);
});

test('an older page replaces its range in the storage, and is there when it is answered', () => {
  const storage = new SlowStorage();
  const stage = createStage({ storage, window: WINDOW });
  stage.client.logIn('alice', 'x');
  stage.link.open();
  stage.link.enter({ first: place(1) }, ...bobs(31, 60));
  storage.confirm();
  stage.link.take();
  assert.equal(stage.client.completeFrom, 31);
  let outcome = '';
  stage.client.loadOlder((is) => (outcome = is));
  stage.link.receive({ name: 'LOG', first: place(1), head: place(60), entries: bobs(21, 30) as EntryDocument[] });
  assert.equal(outcome, '');
  storage.confirm();
  assert.equal(outcome, 'done');
  assert.equal(stage.client.completeFrom, 21);
  assert.deepEqual(numbersIn(storage.memory), range(21, 60));
  assert.deepEqual(shown(stage.client).length, WINDOW);
});

test('an older page takes the place of what the storage had there', () => {
  const storage = new MemoryStorage();
  const stage = reload(enterLong(storage));
  // Another epoch, of which the newest page begins above what memory holds.
  enterAgain(stage, { epoch: 'e1', first: place(1) }, ...bobs(57, 60, 3));
  stage.client.loadOlder();
  const other = fromBob(31, 28, 'other', place(31, 'bbbbbb'));
  const entries = [fromBob(30, 27), other, ...bobs(50, 56, 3)] as EntryDocument[];
  stage.link.receive({ name: 'LOG', first: place(1), head: place(63), entries });
  assert.deepEqual(numbersIn(storage), [...range(1, 31), ...range(53, 63)]);
  assert.equal(storage.kept.has(ENTRY + place(31)), false);
  stage.client.loadOlder();
  assert.equal(stage.client.completeFrom, 30);
});

test('logging out leaves nothing of what was never in memory', () => {
  const storage = new MemoryStorage();
  const stage = reload(enterLong(storage));
  stage.client.keep('host/one', 1);
  stage.client.logOut();
  assert.deepEqual([...storage.kept], []);
});

test('entries of the storage are described as in the conversation', () => {
  const storage = new MemoryStorage();
  const stage = enterStage({ storage });
  const { client } = stage;
  client.send('bob', 'mine');
  stage.link.receive(answer(1, 1, 1), fromBob(2, 1), toBob(3, 2, 'elsewhere', 'phone', 4));
  const invite = { name: 'FRIEND', type: 'invite', from: 'Bob', to: 'alice', at: place(4), time: time(4) } as const;
  stage.link.receive(invite, mark(1, { delivered: '2', read: '1', refused: '2-2' }));
  const { items, mark: known } = client.conversation('bob');
  const entries = [...storage.kept].flatMap(([key, value]) => (key.startsWith(ENTRY) ? [value as HeldEntry] : []));
  const of = { user: 'Alice', device: client.device, mark: known };
  assert.deepEqual(
    entries.map((entry) => describeHeld(entry, of)),
    items,
  );
  assert.deepEqual(
    items.map((item) => [item.key, item.number, item.kind === 'message' ? item.state : item.change]),
    [
      ['own/1', 1, 'read'],
      ['bob>alice#1', 2, undefined],
      ['alice>bob#2', 3, 'refused'],
      [place(4), 4, 'invite'],
    ],
  );
});

test('what is the same is the same object', () => {
  const stage = enterStage();
  const { client } = stage;
  stage.link.receive(fromBob(1, 1));
  client.send('bob', 'one');
  const before = client.conversation('bob');
  stage.link.receive(answer(1, 2, 1));
  const after = client.conversation('bob');
  assert.equal(after.items[0], before.items[0]);
  assert.notEqual(after.items[1], before.items[1]);
  assert.equal(after.mark, before.mark);
  stage.link.receive(mark(1, { delivered: '1' }));
  const last = client.conversation('bob');
  assert.equal(last.items[0], before.items[0]);
  assert.notEqual(last.items[1], after.items[1]);
  assert.deepEqual(last.mark, { delivered: 1, read: 0, seen: 0, refused: '' });
});

test('what a host keeps goes with what it does in one step, also what it put there by itself', () => {
  const storage = new SlowStorage();
  const stage = enterStage({ storage });
  storage.confirm();
  storage.memory.kept.set('host/outbox/1', { to: 'bob', text: 'one' });
  const { saves } = storage;
  stage.client.step(() => {
    stage.client.send('bob', 'one');
    stage.client.keep('host/outbox/1', undefined);
    stage.client.keep('host/taken', [1]);
  });
  assert.equal(storage.saves, saves + 1);
  assert.equal(storage.memory.kept.has('host/outbox/1'), false);
  assert.equal(storage.memory.kept.has('out/1'), true);
  assert.deepEqual(storage.memory.kept.get('host/taken'), [1]);
  assert.throws(() => stage.client.keep('account', 1), RangeError);
});
