/** The export of an account: all of it, a page at a time, whole or visibly not. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openExport } from '../../gateway/export.ts';
import { PAGE, type Author, type Store } from '../../gateway/store/store.ts';
import { addAccount, logIn, startAccount as start } from './http-account.ts';
import { assertRefused } from './http-app.ts';
import { createParts } from './listening.ts';

/** Messages of Alice to herself, one after the other. */
async function fill(store: Store, author: Author, count: number, text = 'note'): Promise<void> {
  for (let op = 1; op <= count; op += 1) {
    const { outcome } = await store.send(author, { to: 'Alice', text: `${text} ${op}`, op, settled: [] });
    assert.equal(outcome, 'appended');
  }
}

test('all that is kept: account, devices without hashes, sessions, friends, marks, the log', async (context) => {
  const { parts, ask } = await start(context);
  const { store, clock } = parts;
  await addAccount(parts, 'Bob');
  const alice = await logIn(store, 'alice', 'phone', 'here.2');
  const bob = await logIn(store, 'bob', 'desk', 'here.3');
  const decision = await store.decideFriendship({ op: 'x', type: 'add', by: 'bob', other: 'alice' });
  await addAccount(parts, 'Carol');
  await store.beginFriendship('alice', 'Carol');
  await store.beginFriendship('alice', 'Bob');
  await store.tellFriendship('alice', 'Bob', decision);
  clock.advance(1000);
  const sent = await store.send(alice.author, { to: 'Bob', text: 'a "quote" \u2028 & <', op: 7, settled: [] });
  assert.ok(sent.outcome === 'appended');
  const back = await store.send(bob.author, { to: 'Alice', text: '', op: 1, settled: [] });
  assert.ok(back.outcome === 'appended');
  await store.receive('alice', { ...back, from: 'Bob', text: '' });
  await store.mark('alice', 'Bob', { delivered: 1, read: 0 });
  clock.advance(1000);
  const answer = await ask('GET', '/api/account/export', { token: alice.token });
  assert.equal(answer.headers['content-disposition'], 'attachment; filename="ims-Alice.json"');
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  const { log, ...head } = answer.json;
  const start0 = '2030-01-01T00:00:00.000Z';
  assert.deepEqual(head, {
    exportedAt: '2030-01-01T00:00:02.000Z',
    account: { name: 'Alice', createdAt: start0, status: { id: 0, name: 'Online' } },
    devices: [{ device: 'phone', label: 'The phone', madeAt: start0, usedAt: '2030-01-01T00:00:02.000Z' }],
    sessions: [
      { session: 'here.1', transport: 'websocket', address: '10.0.0.1', since: start0, device: 'phone' },
      { session: 'here.2', transport: 'websocket', address: '10.0.0.1', since: start0, device: 'phone' },
    ],
    friends: [{ name: 'Bob', state: 'invited' }],
    marks: [{ name: 'Bob', delivered: 1, read: 0, seen: 0, refused: '', isBlocked: false }],
  });
  const places = (await store.readLog('alice', 0)).entries.map(({ place }) => place);
  const second = '2030-01-01T00:00:01.000Z';
  assert.deepEqual(log, [
    { at: places[0], time: start0, from: 'Bob', to: 'Alice', type: 'invite' },
    {
      ...{ at: places[1], time: second, from: 'Alice', to: 'Bob', type: 'message', n: 1 },
      ...{ device: 'phone', id: 7, text: 'a "quote" \u2028 & <' },
    },
    { at: places[2], time: second, from: 'Bob', to: 'Alice', type: 'message', n: 1, text: '' },
  ]);
  assert.doesNotMatch(answer.text, /argon2|[0-9a-f]{64}/);
});

test('an empty log; one of several pages, each entry once', async (context) => {
  const { parts, token, ask } = await start(context);
  assert.deepEqual((await ask('GET', '/api/account/export', { token })).json.log, []);
  const { token: next, author } = await logIn(parts.store, 'alice', 'phone', 'here.2');
  await fill(parts.store, author, 2 * PAGE);
  for (const more of [0, 1]) {
    if (more > 0) await parts.store.send(author, { to: 'Alice', text: 'more', op: 2 * PAGE + 1, settled: [] });
    const { json } = await ask('GET', '/api/account/export', { token: next });
    assert.deepEqual(
      json.log.map((entry: { n: number }) => entry.n),
      Array.from({ length: 2 * PAGE + more }, (_, index) => index + 1),
    );
  }
});

test('a page is read when the one before was taken; nothing comes from beyond the end it had', async (context) => {
  const { parts } = await start(context);
  const { store, config, clock } = parts;
  const { author } = await logIn(store, 'alice', 'phone', 'here.2');
  await fill(store, author, 4 * PAGE);
  let reads = 0;
  const readLog = store.readLog.bind(store);
  store.readLog = (user, after) => ((reads += 1), readLog(user, after));
  const account = (await store.readAccount('alice'))!;
  const pages = await openExport({ store, config, user: 'alice', account, now: clock.now() });
  const pieces: string[] = [];
  for await (const piece of pages) {
    pieces.push(String(piece));
    if (pieces.length === 1) {
      await wait(20);
      assert.ok(reads <= 2, `${reads} pages were read ahead`);
      await store.send(author, { to: 'Alice', text: 'late', op: 4 * PAGE + 1, settled: [] });
    }
  }
  assert.equal(reads, 4);
  assert.equal(JSON.parse(pieces.join('')).log.length, 4 * PAGE);
});

test('503 where the store fails at once; half-way the connection breaks, and the log says why', async (context) => {
  const { parts, token, ask } = await start(context);
  const { store } = parts;
  const { author } = await logIn(store, 'alice', 'tablet', 'here.2');
  await fill(store, author, PAGE + 1);
  const readLog = store.readLog.bind(store);
  store.readLog = (user, after) => (after > 0 ? Promise.reject(new Error('gone half-way')) : readLog(user, after));
  await assert.rejects(ask('GET', '/api/account/export', { token }), /aborted|ECONNRESET|hang up/);
  assert.match(parts.logged.join(''), /gone half-way/);
  store.readLog = () => Promise.reject(new Error('gone'));
  assertRefused(await ask('GET', '/api/account/export', { token }), 503, /store does not answer/);
  store.readLog = readLog;
  assert.equal((await ask('GET', '/api/account/export', { token })).json.log.length, PAGE + 1);
});

test('who takes nothing is cut off', async (context) => {
  const parts = createParts();
  const timing = { ...parts.config.timing, stall: 50 };
  const { url, token, ask } = await start(context, {}, { ...parts, config: { ...parts.config, timing } });
  const { author } = await logIn(parts.store, 'alice', 'tablet', 'here.2');
  await fill(parts.store, author, 3 * PAGE, 'x'.repeat(15_000));
  const asking = get(`${url}/api/account/export`, { headers: { Authorization: `Bearer ${token}` }, agent: false });
  const [stalled] = (await once(asking, 'response')) as [IncomingMessage];
  const statuses: number[] = [];
  while (statuses.at(-1) !== 200 && statuses.length < 100) {
    statuses.push((await ask('GET', '/api/account/export', { token })).status);
    await wait(20);
  }
  assert.equal(statuses[0], 429);
  assert.equal(statuses.at(-1), 200);
  stalled.resume();
  await assert.rejects(once(stalled, 'end'), /aborted|ECONNRESET/);
});

test('429: one at a time', async (context) => {
  const { parts, token, ask } = await start(context);
  const { store } = parts;
  const readLog = store.readLog.bind(store);
  let goOn = (): void => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let began = (): void => {};
  const first = new Promise<void>((resolve) => (began = resolve));
  store.readLog = async (user, after) => {
    began();
    await held;
    return readLog(user, after);
  };
  const slow = ask('GET', '/api/account/export', { token });
  await first;
  const answer = await ask('GET', '/api/account/export', { token });
  assertRefused(answer, 429, /An export is under way/);
  assert.equal(answer.headers['retry-after'], '5');
  goOn();
  assert.equal((await slow).status, 200);
  assert.equal((await ask('GET', '/api/account/export', { token })).status, 200);
});
