/** The admin program: what each command prints, in words and in JSON. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { addUser, makeFriends, openSession, sendMessage } from './admin-parts.ts';
import { startRun as start, type Typing } from './admin-run.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('user', () => {
  test('add: the password from standard input, hashed before it leaves', async (context) => {
    const { parts, run } = await start(context);
    const added = await run('user add Alice --password-stdin', { input: 'pass wörd\n' });
    assert.deepEqual(added, { code: 0, out: 'Added Alice.\n', err: '' });
    const account = await parts.store.readAccount('alice');
    assert.equal(await parts.passwords.verify(md5('pass wörd'), account?.pass), true);
    assert.deepEqual(await run('user add alice --password-stdin', { input: 'x' }), {
      code: 1,
      out: '',
      err: 'The name alice is taken.\n',
    });
    const json = await run('user add Bob --password-stdin --json', { input: 'x' });
    assert.deepEqual(JSON.parse(json.out), { user: 'Bob' });
  });

  test('add: the password from a hidden prompt, asked twice', async (context) => {
    const { parts, run } = await start(context);
    const added = await run('user add Alice', { typed: ['secret\r', 'secret\r'] });
    assert.equal(added.code, 0);
    assert.equal(added.err, 'New password for Alice: \nThe same again: \n');
    const account = await parts.store.readAccount('alice');
    assert.equal(await parts.passwords.verify(md5('secret'), account?.pass), true);
  });

  test('add: passwords that differ, none, Ctrl-C, Ctrl-D, no terminal', async (context) => {
    const { parts, run } = await start(context);
    const tries: [typing: Typing, code: number, err: RegExp, options?: string][] = [
      [{ typed: ['secret\r', 'secrets\r'] }, 2, /differ; nothing was changed/],
      [{ typed: ['\r', '\r'] }, 2, /The password is empty/],
      [{ typed: ['sec\x03'] }, 1, /Cancelled/],
      [{ typed: ['\x04'] }, 1, /Cancelled/],
      [{}, 2, /use --password-stdin/],
      [{ input: '\n' }, 2, /The password is empty/, ' --password-stdin'],
    ];
    for (const [typing, code, err, options = ''] of tries) {
      const result = await run(`user add alice${options}`, typing);
      assert.equal(result.code, code);
      assert.match(result.err, err);
      assert.doesNotMatch(result.err + result.out, /secret/);
    }
    assert.equal(await parts.store.readAccount('alice'), undefined);
  });

  test('a name that is none is refused with the rule', async (context) => {
    const { run } = await start(context);
    const result = await run('user add ä --password-stdin', { input: 'x' });
    assert.equal(result.code, 1);
    assert.match(result.err, /^A name has 1 to 32 characters/);
  });

  test('list: a table that fits 80 columns, and JSON', async (context) => {
    const { parts, run } = await start(context);
    assert.equal((await run('user list')).out, 'No users.\n');
    for (const name of ['Zoe', 'Bob', 'a-name-of-32-characters-in-all-x']) await addUser(parts, name);
    await openSession(parts.store, 'bob', 'here.1');
    await parts.store.changeAccount('zoe', { banned: true });
    const { code, out } = await run('user list');
    assert.equal(code, 0);
    const lines = out.trimEnd().split('\n');
    assert.ok(
      lines.every((line) => line.length <= 80 && line === line.trimEnd()),
      out,
    );
    assert.match(lines[0]!, /^NAME +SESSIONS  STATUS  BANNED  CREATED$/);
    assert.match(out, /^Bob +1  Online  - +\d\d:\d\d \(1 min ago\)$/m);
    assert.match(out, /^Zoe +-  - +banned  \d/m);
    assert.equal(lines.at(-1), '3 users, 1 here, 1 banned');
    const json = JSON.parse((await run('user list --json')).out);
    assert.deepEqual(
      json.map(({ name }: { name: string }) => name),
      ['a-name-of-32-characters-in-all-x', 'Bob', 'Zoe'],
    );
  });

  test('list: all pages', async (context) => {
    const { parts, run } = await start(context);
    for (let count = 0; count < 1001; count += 1)
      await parts.store.addAccount({ name: `u${count}`, pass: '', op: `${count}` });
    assert.equal(JSON.parse((await run('--json user list')).out).length, 1001);
  });

  test('show: account, sessions, friends', async (context) => {
    const { parts, run } = await start(context);
    for (const name of ['Alice', 'Bob']) await addUser(parts, name);
    await makeFriends(parts.store, 'Alice', 'Bob');
    await sendMessage(parts.store, 'Alice', 'Bob', 1);
    await openSession(parts.store, 'bob', 'here.7', { transport: 'websocket', address: '2001:db8::1\x1b[2J' });
    const { code, out } = await run('user show bob');
    assert.equal(code, 0);
    for (const line of [
      /^Name +Bob$/m,
      /^Status +Online$/m,
      /^Banned +no$/m,
      /^Waiting +1 message$/m,
      /^Alice +friend$/m,
    ]) {
      assert.match(out, line);
    }
    assert.match(out, /^here\.7 +web +2001:db8::1\?\[2J +\d\d:\d\d/m);
    assert.doesNotMatch(out, /argon2|[^\x20-\x7e\n]/);
    const json = JSON.parse((await run('user show bob --json')).out);
    assert.deepEqual([json.name, json.waiting, json.friends], ['Bob', 1, [{ name: 'Alice', state: 'friends' }]]);
  });

  test('ban, unban, password', async (context) => {
    const { parts, run } = await start(context);
    await addUser(parts, 'Alice');
    assert.equal((await run('user ban alice')).out, 'Alice is banned; all sessions are ended.\n');
    assert.equal((await parts.store.readAccount('alice'))?.banned, true);
    assert.deepEqual(JSON.parse((await run('user ban alice --json')).out), { user: 'Alice', banned: true });
    assert.equal((await run('user unban alice')).out, 'Alice may log in again.\n');
    assert.equal((await parts.store.readAccount('alice'))?.banned, false);
    const changed = await run('user password alice --password-stdin', { input: 'new\r\n' });
    assert.deepEqual(changed, { code: 0, out: 'Alice has a new password; all sessions are ended.\n', err: '' });
    assert.equal(await parts.passwords.verify(md5('new'), (await parts.store.readAccount('alice'))?.pass), true);
  });

  test('remove: asks first, on a terminal; --yes does not', async (context) => {
    const { parts, run } = await start(context);
    for (const name of ['Alice', 'Bob']) await addUser(parts, name);
    assert.match((await run('user remove alice')).err, /use --yes/);
    assert.equal((await run('user remove alice')).code, 2);
    const declined = await run('user remove alice', { typed: ['\r'] });
    assert.equal(declined.code, 1);
    assert.match(declined.err, /Remove Alice for good, with all messages\?.*Nothing was removed\.\n$/s);
    assert.notEqual(await parts.store.readAccount('alice'), undefined);
    assert.equal((await run('user remove alice', { typed: ['y\r'] })).out, 'Removed Alice.\n');
    assert.equal(await parts.store.readAccount('alice'), undefined);
    assert.deepEqual(JSON.parse((await run('user remove bob --yes --json')).out), { user: 'Bob' });
  });

  test('names of dots are names', async (context) => {
    const { parts, run } = await start(context);
    await addUser(parts, '..');
    assert.equal((await run('user ban ..')).code, 0);
    assert.equal((await parts.store.readAccount('..'))?.banned, true);
  });

  for (const line of ['show', 'ban', 'unban', 'remove --yes', 'password --password-stdin']) {
    test(`no such user: user ${line}`, async (context) => {
      const { run } = await start(context);
      const [command, ...options] = line.split(' ');
      const result = await run(['user', command, 'nobody', ...options].join(' '), { input: 'x' });
      assert.deepEqual(result, { code: 1, out: '', err: 'There is no user "nobody".\n' });
    });
  }
});

describe('session', () => {
  test('list: a table that fits 80 columns, and JSON', async (context) => {
    const { parts, run } = await start(context);
    assert.equal((await run('session list')).out, 'No sessions.\n');
    await addUser(parts, 'Alice');
    await openSession(parts.store, 'alice', 'here.1');
    await openSession(parts.store, 'alice', 'here.2', {
      transport: 'websocket',
      address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff',
    });
    const { code, out } = await run('session list');
    assert.equal(code, 0);
    assert.ok(
      out.split('\n').every((line) => line.length <= 80),
      out,
    );
    assert.match(out, /^USER +SESSION +VIA +ADDRESS +SINCE$/m);
    assert.match(out, /^Alice +here\.1 +tcp +10\.0\.0\.1 +\d\d:\d\d \(1 min ago\)$/m);
    assert.match(out, /\n2 sessions of 1 user\n$/);
    assert.match(out, /2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff  \d/);
    const narrow = await run('session list', { columns: 60 });
    assert.ok(
      narrow.out.split('\n').every((line) => line.length <= 60),
      narrow.out,
    );
    assert.equal(JSON.parse((await run('session list --json')).out).length, 2);
  });

  test('end: one, all, none', async (context) => {
    const { parts, run } = await start(context);
    await addUser(parts, 'Alice');
    for (const session of ['here.1', 'here.2', 'here.3']) await openSession(parts.store, 'alice', session);
    assert.equal((await run('session end alice here.2')).out, 'Ended 1 session of Alice.\n');
    assert.deepEqual(await run('session end alice here.9'), {
      code: 1,
      out: '',
      err: 'Alice has no session here.9.\n',
    });
    await parts.store.closeSessions('alice', ['here.2', 'here.3']);
    assert.deepEqual(JSON.parse((await run('session end alice --json')).out), { user: 'Alice', ended: ['here.1'] });
    await parts.store.closeSessions('alice', ['here.1']);
    assert.deepEqual(await run('session end alice'), { code: 0, out: 'Alice has no session.\n', err: '' });
    assert.equal((await run('session end nobody')).code, 1);
  });
});

test('status: names and values, and JSON', async (context) => {
  const { parts, run } = await start(context);
  const { code, out } = await run('status');
  assert.equal(code, 0);
  assert.match(out, /^Gateway +here$/m);
  assert.match(out, /^Others +there$/m);
  assert.match(out, /^Here +2 users, 3 sessions$/m);
  assert.match(out, /^Started +\d{4}-\d\d-\d\d \d\d:\d\d \(1 min ago\)$/m);
  assert.ok(
    out.split('\n').every((line) => line.length <= 80),
    out,
  );
  assert.equal(JSON.parse((await run('status --json')).out).store, parts.store.description);
});

test('status of a user: none while nobody is here to have it, as in the list', async (context) => {
  const { parts, run } = await start(context);
  await addUser(parts, 'Alice');
  assert.match((await run('user show alice')).out, /^Status +-$/m);
  await openSession(parts.store, 'alice', 'here.1');
  assert.doesNotMatch((await run('user show alice')).out, /^Status +-$/m);
});

test('status: a store that is away, for any process, and more gateways than fit', async (context) => {
  const load = { memory: { rss: 1, heapUsed: 1 }, eventLoopDelay: { mean: 0, p99: 0, max: 0 } };
  const mended = { sent: 0, received: 0, friendships: 0 };
  const since = Date.UTC(2030, 0, 1, 0, 0, 30);
  const worker = { pid: 1, incarnation: 'w', users: 0, sessions: 0, mended, load };
  const running = [worker, { ...worker, pid: 2, storeAwaySince: since }, { ...worker, storeAwaySince: since + 5_000 }];
  const living = ['here', 'w', 'a', 'b', 'c', 'd'];
  const { run } = await start(context, { living, workers: { configured: 3, running } });
  const { out } = await run('status');
  assert.match(out, /^Store +.*, does not answer since \d\d:\d\d \(30 s ago\)$/m);
  assert.match(out, /^Others +4 on this store$/m);
  const status = JSON.parse((await run('status --json')).out);
  assert.equal(status.storeAwaySince, '2030-01-01T00:00:30.000Z');
  assert.deepEqual(status.living, [...living].sort());
});

test('status of several workers: their sums, the latest of them, and how many there are', async (context) => {
  const toWorker = (incarnation: string, sessions: number, max: number) => ({
    pid: sessions,
    incarnation,
    users: 1,
    sessions,
    mended: { sent: 3, received: 0, friendships: 1 },
    load: { memory: { rss: 1_000_000_000, heapUsed: 1_000_000 }, eventLoopDelay: { mean: 0, p99: 0, max } },
  });
  const running = [toWorker('there', 5, 70_000), toWorker('here2', 7, 60_000)];
  const { run } = await start(context, { workers: { configured: 3, running } });
  const { out } = await run('status');
  assert.match(out, /^Workers +2 of 3 running, 5 to 7 sessions each$/m);
  assert.match(out, /^Others +none on this store$/m);
  // The primary's own are 2 and 3.
  assert.match(out, /^Here +4 users, 15 sessions$/m);
  assert.match(out, /, 70000 ms once$/m);
  assert.match(out, /^Brought back +messages: 6 sent, 1 received; 2 friendships$/m);
  const status = JSON.parse((await run('status --json')).out);
  assert.ok(status.memory.rss > 2_000_000_000);
  assert.deepEqual(status.workers, {
    configured: 3,
    running: running.map(({ pid, incarnation, users, sessions }) => ({ pid, incarnation, users, sessions })),
  });
});
