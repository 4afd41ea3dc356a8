/** The admin listener: who may ask, and every answer. */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { provideToken, readKeptToken, tokenFile } from '../../gateway/admin/token.ts';
import { BusyError } from '../../gateway/passwords.ts';
import { addUser, makeFriends, openSession, sendMessage, startAdmin } from './admin-parts.ts';
import { createParts, PASS, send, TOKEN } from './listening.ts';

async function start(context: TestContext, ...rest: [] | [change: Partial<ReturnType<typeof createParts>>]) {
  const { parts, url } = await startAdmin(context, ...rest);
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers: Record<string, string> = { Authorization: `Bearer ${TOKEN}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return send(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  };
  return { parts, url, ask };
}

describe('the guard', () => {
  const right = { Authorization: `Bearer ${TOKEN}` };
  const cases: [headers: Record<string, string>, status: number, error?: RegExp][] = [
    [right, 200],
    [{ ...right, Host: 'localhost' }, 200],
    [{ ...right, Host: 'LOCALHOST:9080' }, 200],
    [{ ...right, Host: '192.168.1.7:9080' }, 200],
    [{ ...right, Host: '[::1]:9080' }, 200],
    [{ ...right, Host: 'evil.example' }, 403, /not go by this name/],
    [{ ...right, Host: '127.0.0.1.evil.example:9080' }, 403, /not go by this name/],
    [{ ...right, Host: 'evil.example@127.0.0.1' }, 403, /not go by this name/],
    [{ ...right, Origin: 'http://127.0.0.1:9080' }, 403, /browsers/],
    [{ ...right, Origin: 'null' }, 403, /browsers/],
    [{}, 401, /missing or wrong/],
    [{ Authorization: 'Bearer ' }, 401, /missing or wrong/],
    [{ Authorization: TOKEN }, 401, /missing or wrong/],
    [{ Authorization: `Bearer ${TOKEN}x` }, 401, /missing or wrong/],
    [{ Authorization: `Basic ${TOKEN}` }, 401, /missing or wrong/],
  ];
  for (const [headers, status, error] of cases) {
    test(`${status}: ${JSON.stringify(headers)}`, async (context) => {
      const { url } = await start(context);
      const answer = await send(`${url}/status`, { headers });
      assert.equal(answer.status, status);
      if (error) assert.match(answer.json.error, error);
      assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
    });
  }

  test('ADMIN_HOST is a name of the listener', async (context) => {
    const { url } = await startAdmin(context, {}, { ADMIN_HOST: 'Admin.example' });
    const headers = { Authorization: `Bearer ${TOKEN}`, Host: 'admin.EXAMPLE:9080' };
    assert.equal((await send(`${url}/status`, { headers })).status, 200);
  });

  test('the token is asked for before anything is told: 401 also where there is nothing', async (context) => {
    const { url } = await start(context);
    assert.equal((await send(`${url}/nothing`)).status, 401);
  });
});

describe('users', () => {
  test('list: all, in pages, with the sessions that live', async (context) => {
    const { parts, ask } = await start(context);
    for (const name of ['Zoe', 'Bob', '..']) await addUser(parts, name);
    await openSession(parts.store, 'bob', 'here.1');
    await openSession(parts.store, 'bob', 'there.1');
    await openSession(parts.store, 'zoe', 'dead.1');
    await parts.store.changeAccount('zoe', { banned: true });
    const { json } = await ask('GET', '/users?after=');
    const createdAt = '2030-01-01T00:00:00.000Z';
    const status = { id: 0, name: 'Online' };
    assert.deepEqual(json.users, [
      { user: '..', name: '..', status, banned: false, createdAt, sessions: 0 },
      { user: 'bob', name: 'Bob', status, banned: false, createdAt, sessions: 2 },
      { user: 'zoe', name: 'Zoe', status, banned: true, createdAt, sessions: 0 },
    ]);
    assert.equal(json.next, 'zoe');
    assert.deepEqual((await ask('GET', '/users?after=bob')).json.users[0].user, 'zoe');
    assert.deepEqual((await ask('GET', '/users?after=zoe')).json, { users: [], next: null });
  });

  test('show: account, sessions, friends, waiting messages; nothing of the password', async (context) => {
    const { parts, ask } = await start(context);
    for (const name of ['Alice', 'Bob']) await addUser(parts, name);
    await makeFriends(parts.store, 'Alice', 'Bob');
    for (const op of [1, 2]) await sendMessage(parts.store, 'Alice', 'Bob', op);
    await openSession(parts.store, 'bob', 'there.9', { transport: 'websocket', address: '::1' });
    await openSession(parts.store, 'bob', 'dead.9');
    const answer = await ask('GET', '/user?name=BOB');
    assert.deepEqual(answer.json, {
      user: 'bob',
      name: 'Bob',
      status: { id: 0, name: 'Online' },
      banned: false,
      createdAt: '2030-01-01T00:00:00.000Z',
      sessions: [{ session: 'there.9', transport: 'websocket', address: '::1', since: '2030-01-01T00:00:00.000Z' }],
      friends: [{ name: 'Alice', state: 'friends' }],
      waiting: 2,
    });
    assert.equal((await ask('GET', '/user?name=alice')).json.waiting, 0);
  });

  test('add: 201, 409, 422, 415', async (context) => {
    const { parts, url, ask } = await start(context);
    const answer = await ask('POST', '/users', { user: 'Alice', pass: PASS });
    assert.deepEqual([answer.status, answer.json], [201, { user: 'Alice' }]);
    assert.equal((await parts.store.readAccount('alice'))?.name, 'Alice');
    assert.equal((await ask('POST', '/users', { user: 'ALICE', pass: PASS })).status, 409);
    const wrong = await ask('POST', '/users', { user: 'a b', pass: PASS });
    assert.deepEqual([wrong.status, wrong.json.field], [422, 'user']);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    assert.equal((await send(`${url}/users`, { method: 'POST', headers, body: '{}' })).status, 415);
  });

  test('ban and unban: sessions end, a repeat is fine', async (context) => {
    const { parts, ask } = await start(context);
    const user = await addUser(parts, 'Alice');
    const pushed: string[] = [];
    await parts.store.subscribe(user, ({ kind }) => void pushed.push(kind));
    await openSession(parts.store, user, 'here.1');
    for (const banned of [true, true, false]) {
      const answer = await ask('PATCH', '/user?name=alice', { banned });
      assert.deepEqual([answer.status, answer.json], [200, { user: 'Alice', banned }]);
      assert.equal((await parts.store.readAccount(user))?.banned, banned);
    }
    assert.ok(pushed.includes('end'));
  });

  test('password: the new one counts, sessions end', async (context) => {
    const { parts, ask } = await start(context);
    const user = await addUser(parts, 'Alice');
    const before = await parts.store.readAccount(user);
    const pass = '0'.repeat(32);
    const answer = await ask('PATCH', '/user?name=alice', { pass });
    assert.deepEqual([answer.status, answer.json], [200, { user: 'Alice' }]);
    const after = await parts.store.readAccount(user);
    assert.equal(await parts.passwords.verify(pass, after?.pass), true);
    assert.ok(after!.generation > before!.generation);
    assert.doesNotMatch(parts.logged.join(''), /0{32}|argon2/);
  });

  for (const body of [{}, { banned: 'yes' }, { banned: true, pass: PASS }, { pass: 'secret' }, { pass: 7 }]) {
    test(`422: PATCH ${JSON.stringify(body)}`, async (context) => {
      const { parts, ask } = await start(context);
      await addUser(parts, 'Alice');
      assert.equal((await ask('PATCH', '/user?name=alice', body)).status, 422);
      assert.equal((await parts.store.readAccount('alice'))?.banned, false);
    });
  }

  test('remove: gone, its name stays taken', async (context) => {
    const { parts, ask } = await start(context);
    await addUser(parts, 'Alice');
    const answer = await ask('DELETE', '/user?name=ALICE');
    assert.deepEqual([answer.status, answer.json], [200, { user: 'Alice' }]);
    assert.equal((await ask('POST', '/users', { user: 'alice', pass: PASS })).status, 409);
  });

  for (const [method, path, body] of [
    ['GET', '/user?name=nobody'],
    ['GET', '/user?name=no%20name%1b'],
    ['GET', '/user'],
    ['GET', '/user?name=a&name=b'],
    ['PATCH', '/user?name=nobody', { banned: true }],
    ['PATCH', '/user?name=nobody', { pass: PASS }],
    ['DELETE', '/user?name=nobody'],
    ['DELETE', '/sessions?name=nobody'],
  ] as const) {
    test(`404: ${method} ${path}`, async (context) => {
      const { parts, ask } = await start(context);
      for (const name of ['a', 'b']) await addUser(parts, name);
      const answer = await ask(method, path, body);
      assert.equal(answer.status, 404);
      assert.match(answer.json.error, /^There is no user "[^\x00-\x1f]*"\.$/);
    });
  }
});

describe('sessions', () => {
  test('list: those of all living gateways', async (context) => {
    const { parts, ask } = await start(context);
    for (const name of ['Alice', 'Bob', 'Carol']) await addUser(parts, name);
    await openSession(parts.store, 'alice', 'here.1');
    await openSession(parts.store, 'alice', 'there.1');
    await openSession(parts.store, 'bob', 'there.2');
    await openSession(parts.store, 'bob', 'dead.2');
    const { json } = await ask('GET', '/sessions');
    const line = { transport: 'tcp', address: '10.0.0.1', since: '2030-01-01T00:00:00.000Z' };
    const byId = (a: { session: string }, b: { session: string }) => (a.session < b.session ? -1 : 1);
    assert.deepEqual(json.sessions.sort(byId), [
      { user: 'Alice', session: 'here.1', ...line },
      { user: 'Alice', session: 'there.1', ...line },
      { user: 'Bob', session: 'there.2', ...line },
    ]);
    assert.deepEqual((await ask('GET', `/sessions?after=${json.next}`)).json, { sessions: [], next: null });
  });

  test('end: one, then all; 404 for one that is not there', async (context) => {
    const { parts, ask } = await start(context);
    await addUser(parts, 'Alice');
    const pushed: (string | undefined)[] = [];
    await parts.store.subscribe('alice', (push) => void (push.kind === 'end' && pushed.push(push.session)));
    for (const session of ['here.1', 'here.2', 'there.1']) await openSession(parts.store, 'alice', session);
    assert.deepEqual((await ask('DELETE', '/sessions?name=alice&session=here.2')).json, {
      user: 'Alice',
      ended: ['here.2'],
    });
    const missing = await ask('DELETE', '/sessions?name=alice&session=here.7');
    assert.deepEqual([missing.status, missing.json.error], [404, 'Alice has no session here.7.']);
    const all = await ask('DELETE', '/sessions?name=alice');
    assert.deepEqual([all.status, all.json.user, all.json.ended.sort().slice(-1)], [200, 'Alice', ['there.1']]);
    assert.deepEqual(pushed, ['here.2', undefined]);
  });
});

test('status: the gateway, the store, the process', async (context) => {
  const { parts, ask } = await start(context);
  parts.clock.advance(61_500);
  const { json } = await ask('GET', '/status');
  const { memory, eventLoopDelay, version, ...rest } = json;
  assert.deepEqual(rest, {
    incarnation: 'here',
    startedAt: '2030-01-01T00:00:00.000Z',
    uptimeSeconds: 61,
    store: parts.store.description,
    storeAwaySince: null,
    living: ['here', 'there'],
    users: 2,
    sessions: 3,
    mended: { sent: 0, received: 1, friendships: 0 },
  });
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.ok(memory.rss > memory.heapUsed && memory.heapUsed > 0);
  for (const delay of Object.values(eventLoopDelay)) assert.ok(Number(delay) >= 0);
});

test('405 with Allow, 404, 429, 503', async (context) => {
  const parts = createParts();
  const passwords = { ...parts.passwords, hash: () => Promise.reject(new BusyError()) };
  const { ask } = await start(context, { ...parts, passwords });
  for (const [path, allow] of [
    ['/users', 'GET, HEAD, POST'],
    ['/user', 'GET, HEAD, PATCH, DELETE'],
    ['/sessions', 'GET, HEAD, DELETE'],
    ['/status', 'GET, HEAD'],
  ] as const) {
    const answer = await ask('PUT', path);
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow]);
  }
  assert.equal((await ask('GET', '/nothing')).status, 404);
  assert.equal((await ask('POST', '/users', { user: 'a', pass: PASS })).status, 429);
  parts.store.readAccount = () => Promise.reject(new Error('gone'));
  assert.equal((await ask('GET', '/user?name=a')).status, 503);
  assert.match(parts.logged.join(''), /gone/);
});

describe('the token', () => {
  function makeFolder(context: TestContext): string {
    const folder = mkdtempSync(join(tmpdir(), 'ims-token-'));
    context.after(() => rmSync(folder, { recursive: true }));
    return join(folder, 'data');
  }
  const admin = { host: '127.0.0.1', port: 9080 };

  test('made once, kept for its owner alone', (context) => {
    const dataDir = makeFolder(context);
    assert.equal(readKeptToken(dataDir), undefined);
    const token = provideToken({ admin, dataDir });
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(provideToken({ admin, dataDir }), token);
    assert.equal(readFileSync(tokenFile(dataDir), 'utf8'), `${token}\n`);
    assert.equal(statSync(tokenFile(dataDir)).mode & 0o777, 0o600);
    assert.equal(statSync(dataDir).mode & 0o077, 0);
  });

  test('ADMIN_TOKEN comes first and is not kept', (context) => {
    const dataDir = makeFolder(context);
    assert.equal(provideToken({ admin: { ...admin, token: TOKEN }, dataDir }), TOKEN);
    assert.equal(readKeptToken(dataDir), undefined);
  });

  test('a kept token that is none is made anew; one that others could read is closed', (context) => {
    const dataDir = makeFolder(context);
    const token = provideToken({ admin, dataDir });
    writeFileSync(tokenFile(dataDir), '\n');
    assert.notEqual(provideToken({ admin, dataDir }), token);
    chmodSync(tokenFile(dataDir), 0o644);
    provideToken({ admin, dataDir });
    assert.equal(statSync(tokenFile(dataDir)).mode & 0o777, 0o600);
  });
});
