/** What the page keeps in a real browser: one tab writes, all read, and a long log costs no more than a short one. */

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { HeldEntry } from '../../protocol/client.ts';
import { openBrowser, type TestBrowser } from '../helpers/browser.ts';
import { bundleSource } from './load-source.ts';
import { connectStorage, type PageStorage } from './storage-stage.ts';

const MODULES = ['web/src/storage/database.ts', 'web/src/storage/archive.ts'];

let browser: TestBrowser;
let server: Server;
let script: string;
let page: Page;
let storage: PageStorage;

before(async () => {
  browser = await openBrowser();
  script = await bundleSource('ims', MODULES);
  server = createServer(
    (_request, response) => void response.setHeader('Content-Type', 'text/html').end('<!doctype html>'),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(async () => {
  page = await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  storage = await connectStorage(page, script);
});
after(async () => {
  const problems = browser.problems();
  await browser.close();
  server.close();
  assert.deepEqual(problems, []);
});

function textsOf(entries: readonly HeldEntry[]): string[] {
  return entries.map((entry) => (entry.name === 'MESSAGE' ? entry.text : entry.type));
}

test('what is saved is there for the next one, entries apart from the rest; what is removed is not', async () => {
  await storage.takeOver('one');
  await storage.save('one', [
    { key: 'account', value: { user: 'Alice' } },
    { key: 'mark/bob', value: { v: 1 } },
    ...storage.entries([
      [1, 'Bob', 'hello'],
      [2, 'alice', 'hi'],
      [3, 'Bob', 'gone'],
    ]),
  ]);
  await storage.save('one', [
    { key: 'mark/bob', value: undefined },
    { key: 'entry/3-c', value: undefined },
  ]);
  const again = await storage.takeOver('two');
  assert.deepEqual(again.keys, ['account', 'entry/1-c', 'entry/2-c']);
  assert.equal(again.floor, 0);
});

test('entries of a range go before what the same save brings', async () => {
  await storage.takeOver('one');
  await storage.save(
    'one',
    storage.entries([
      [1, 'Bob', 'a'],
      [2, 'Bob', 'b'],
      [3, 'Bob', 'c'],
      [4, 'Bob', 'd'],
    ]),
  );
  await storage.save('one', storage.entries([[3, 'Bob', 'new']]), [{ from: 2, to: 4 }]);
  assert.deepEqual(textsOf(await storage.before('bob', undefined, 10)), ['a', 'new', 'd']);
  await storage.save('one', [], [{ from: 0, to: Infinity }]);
  assert.deepEqual(await storage.before('bob', undefined, 10), []);
});

test('a tab that was relieved writes nothing more, and hears of it', async () => {
  await storage.takeOver('one');
  await storage.save('one', [{ key: 'a', value: 1 }]);
  await storage.takeOver('two');
  assert.equal(await storage.save('one', [{ key: 'a', value: 2 }, ...storage.entries([[1, 'Bob', 'late']])]), false);
  assert.equal(await storage.isLost('one'), true);
  assert.equal(await storage.save('one', [{ key: 'a', value: 3 }]), false);
  assert.equal(await storage.save('two', [{ key: 'b', value: 1 }]), true);
  const third = await storage.takeOver('three');
  assert.deepEqual(third.keys, ['a', 'b']);
  assert.deepEqual(await storage.before('bob', undefined, 10), []);
});

test('many take over at once: the last one writes, nobody else', async () => {
  const names = ['one', 'two', 'three', 'four', 'five'];
  await Promise.all(names.map((name) => storage.takeOver(name)));
  const saved = await Promise.all(names.map((name) => storage.save(name, [{ key: name, value: name }])));
  assert.equal(saved.filter((isSaved) => isSaved).length, 1);
});

test('removed by a tab: the others let go of it at once, and read nothing until there is another one', async () => {
  await storage.takeOver('one');
  await storage.save('one', storage.entries([[1, 'Bob', 'a']]));
  assert.equal((await storage.before('bob', undefined, 10)).length, 1);
  await storage.remove();
  assert.equal(await storage.isLost('one'), true);
  assert.deepEqual(await storage.before('bob', undefined, 10), []);
  assert.deepEqual(await storage.names(), []);
  await storage.takeOver('two');
  await storage.save('two', storage.entries([[1, 'Bob', 'b']]));
  assert.deepEqual(textsOf(await storage.before('bob', undefined, 10)), ['b']);
});

test('pages of a conversation, before and after a place', async () => {
  await storage.takeOver('one');
  const many = Array.from(
    { length: 20 },
    (_, index) => [index + 1, index % 2 ? 'Carol' : 'Bob', `${index + 1}`] as const,
  );
  await storage.save('one', storage.entries(many));
  assert.deepEqual(textsOf(await storage.before('bob', undefined, 3)), ['15', '17', '19']);
  assert.deepEqual(textsOf(await storage.before('bob', 15, 3)), ['9', '11', '13']);
  assert.deepEqual(textsOf(await storage.before('bob', 3, 3)), ['1']);
  assert.deepEqual(textsOf(await storage.before('bob', 15, 1)), ['13']);
  assert.deepEqual(textsOf(await storage.before('bob', 1, 3)), []);
  assert.deepEqual(textsOf(await storage.after('carol', 4, 3)), ['6', '8', '10']);
  assert.deepEqual(textsOf(await storage.after('carol', 20, 3)), []);
  assert.deepEqual(await storage.before('nobody', undefined, 3), []);
});

test('finds messages by the beginnings of their words, newest first', async () => {
  await storage.takeOver('one');
  await storage.save(
    'one',
    storage.entries([
      [1, 'Bob', 'Café in Zürich at noon?'],
      [2, 'alice', 'The CAFE is closed'],
      [3, 'Carol', 'a cafeteria, then'],
      [4, 'Bob', 'مرحبا بالعالم'],
      [5, 'Bob', '你好世界'],
      [6, 'alice', 'see https://example.org/path'],
    ]),
  );
  const find = async (text: string, options = {}): Promise<number[]> => {
    const found = await storage.search(text, { limit: 10, ...options });
    return found.map(({ at }) => parseInt(at, 10));
  };
  assert.deepEqual(await find('cafe'), [3, 2, 1]);
  assert.deepEqual(await find('CAFÉ zur'), [1]);
  assert.deepEqual(await find('afe'), []);
  assert.deepEqual(await find('cafe closed noon'), []);
  assert.deepEqual(await find('cafe', { limit: 2 }), [3, 2]);
  assert.deepEqual(await find('cafe', { before: 3 }), [2, 1]);
  assert.deepEqual(await find('cafe', { peer: 'carol' }), [3]);
  assert.deepEqual(await find('مرح'), [4]);
  assert.deepEqual(await find('世界'), [5]);
  assert.deepEqual(await find('example'), [6]);
  assert.deepEqual(await find(' ?! '), []);
});

test('what the page before this one kept moves, with its token and what waits to be sent', async () => {
  await storage.makeOld(
    0,
    [
      ['account', { user: 'alice', device: 'd', token: 't' }],
      ['out/1', { id: 1, to: 'bob', text: 'x' }],
    ],
    'old',
  );
  await storage.makeOld(1, [['account', { user: 'alice', device: 'other' }]], 'other');
  const { keys } = await storage.takeOver('one');
  assert.deepEqual(keys, ['account', 'entry/1-c', 'out/1']);
  assert.deepEqual(textsOf(await storage.before('bob', undefined, 10)), ['old']);
  await page.waitForFunction(async () => (await indexedDB.databases()).length === 1);
  assert.deepEqual(await storage.names(), ['ims/alice']);
});

test('a log of 100,000: opens with its newest part, is searched and read in short steps', async (context) => {
  await storage.takeOver('one');
  const empty = await storage.measureOpening();
  await storage.save(
    'one',
    storage.entries(
      [
        [1, 'Carol', 'long ago'],
        [2, 'alice', 'and again'],
      ].map(([n, from, text]) => [n as number, from as string, text as string, 'carol'] as const),
    ),
  );
  await storage.fill('one', 3, 100_000);
  const full = await storage.measureOpening();
  context.diagnostic(`opening: ${empty.toFixed(0)} ms empty, ${full.toFixed(0)} ms with 100,000 entries`);
  const { keys, floor } = await storage.takeOver('two');
  assert.equal(floor, 99_801);
  assert.equal(keys.length, 202);
  assert.ok(keys.includes('entry/1-c') && keys.includes('entry/2-c'));

  const searches: readonly (readonly [string, number, Parameters<PageStorage['search']>[1]?])[] = [
    ['#77777', 1],
    ['w1', 50],
    ['w1 w2', 50],
    ['w', 50, { limit: 50, before: 500 }],
    ['always rare', 3],
    ['always nowhere', 0],
    ['long', 1],
    ['w1', 0, { limit: 50, peer: 'carol' }],
  ];
  for (const [text, count, options = { limit: 50 }] of searches) {
    const { found, ms, longest } = await storage.measureSearch(text, options);
    context.diagnostic(`search ${text}: ${found} in ${ms.toFixed(0)} ms, longest task ${longest.toFixed(0)} ms`);
    assert.equal(found, count, text);
  }
  const start = performance.now();
  const rows = await storage.before('bob', 50_000, 120);
  context.diagnostic(`a page of 120: ${(performance.now() - start).toFixed(0)} ms`);
  assert.equal(rows.at(-1)?.at, '49999-c');
  assert.equal(rows.length, 120);
});
