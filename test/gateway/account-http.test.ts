/** A user's own account over HTTP: who is let in, devices, password, removal. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WRONG_TRIES } from '../../gateway/http.ts';
import { makeToken, TOKEN_AGE } from '../../gateway/tokens.ts';
import { addAccount, logIn, OTHER_PASS, startAccount as start } from './http-account.ts';
import { assertRefused } from './http-app.ts';
import { OPERATIONS } from './http-openapi.ts';
import { PASS } from './listening.ts';

const DAY = 86_400_000;

describe('the token', () => {
  test('200 with a token: the account and the device; the scheme in any case', async (context) => {
    const { token, ask } = await start(context);
    const answer = await ask('GET', '/api/account', { token });
    assert.deepEqual(answer.json, {
      name: 'Alice',
      createdAt: '2030-01-01T00:00:00.000Z',
      status: { id: 0, name: 'Online' },
      device: 'phone',
    });
    assert.equal((await ask('GET', '/api/account', { headers: { Authorization: `bearer  ${token}` } })).status, 200);
  });

  test('401, the same whatever is wrong', async (context) => {
    const { parts, token, ask } = await start(context);
    const secret = token.split('~')[2]!;
    const { token: tablet } = await logIn(parts.store, 'alice', 'tablet', 'here.2');
    const wrong: (string | undefined)[] = [
      undefined,
      '',
      'x',
      secret,
      `alice~phone~${secret.slice(1)}`,
      `alice~phone~${secret}A`,
      `alice~phone~${secret.replace(/^./, secret.startsWith('A') ? 'B' : 'A')}`,
      `Alice~phone~${secret}`,
      `alice~laptop~${secret}`,
      `nobody~phone~${secret}`,
      `alice~phone~${tablet.split('~')[2]}`,
      `alice~phone:1~${secret}`,
      `${token} ${token}`,
    ];
    const answers = [];
    for (const text of wrong) answers.push(await ask('GET', '/api/account', text === undefined ? {} : { token: text }));
    answers.push(await ask('GET', '/api/account', { headers: { Authorization: `Basic ${token}` } }));
    for (const answer of answers) {
      assertRefused(answer, 401, /the token of a device/);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
      assert.equal(answer.text, answers[0]!.text);
    }
    assert.doesNotMatch(parts.logged.join(''), new RegExp(secret));
  });

  test('401: every path asks for it, before it looks at the body', async (context) => {
    const { ask } = await start(context);
    for (const [name, { security }] of OPERATIONS) {
      if (security === undefined) continue;
      const [method, path] = name.split(' ') as [string, string];
      const answer = await ask(method, path.replace('{device}', 'phone'), { body: 'no JSON' });
      assertRefused(answer, 401, /token/);
    }
  });

  test('the last one given counts; it goes with its device, with all sessions, with a ban', async (context) => {
    const { parts, token, ask } = await start(context);
    const { store } = parts;
    const statusOf = async (text: string) => (await ask('GET', '/api/account', { token: text })).status;
    const second = (await logIn(store, 'alice', 'phone', 'here.2')).token;
    assert.deepEqual([await statusOf(token), await statusOf(second)], [401, 200]);
    await store.endSessions('alice');
    assert.equal(await statusOf(second), 401);
    const third = (await logIn(store, 'alice', 'phone', 'here.3')).token;
    await store.revokeDevice('alice', 'phone');
    assert.equal(await statusOf(third), 401);
    const fourth = (await logIn(store, 'alice', 'phone', 'here.4')).token;
    await store.changeAccount('alice', { banned: true });
    assert.equal(await statusOf(fourth), 401);
    const { token: fifth, hash } = makeToken('alice', 'phone');
    await store.setToken('alice', 'phone', hash, (await store.readAccount('alice'))!.generation);
    assert.equal(await statusOf(fifth), 401);
    await store.changeAccount('alice', { banned: false });
    assert.equal(await statusOf(fourth), 401);
  });

  test('good for 30 days after its last use, of which each request is one', async (context) => {
    const { parts, token, ask } = await start(context);
    for (let round = 0; round < 3; round += 1) {
      parts.clock.advance(20 * DAY);
      assert.equal((await ask('GET', '/api/account', { token })).status, 200);
    }
    parts.clock.advance(TOKEN_AGE);
    assert.equal((await ask('GET', '/api/account', { token })).status, 200);
    parts.clock.advance(TOKEN_AGE + 1);
    assert.equal((await ask('GET', '/api/account', { token })).status, 401);
  });

  test('200 where the use cannot be noted', async (context) => {
    const { parts, token, ask } = await start(context);
    parts.store.touchDevice = () => Promise.reject(new Error('no memory left'));
    assert.equal((await ask('GET', '/api/account', { token })).status, 200);
  });

  test('429: too many wrong tokens of one address; right ones count for nothing', async (context) => {
    const { token, ask } = await start(context, { TRUSTED_PROXIES: 'loopback' });
    const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
    for (let round = 0; round < WRONG_TRIES + 5; round += 1) {
      assert.equal((await ask('GET', '/api/account', { token, ...from('10.0.0.1') })).status, 200);
    }
    for (let round = 0; round < WRONG_TRIES; round += 1) {
      assert.equal((await ask('GET', '/api/account', { token: 'wrong', ...from('10.0.0.1') })).status, 401);
    }
    const answer = await ask('GET', '/api/account', { token, ...from('10.0.0.1') });
    assertRefused(answer, 429, /Too many wrong tokens or passwords/);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    assert.equal((await ask('GET', '/api/account', { token, ...from('10.0.0.2') })).status, 200);
  });
});

describe('devices', () => {
  test('200: all devices, whose the token is, and which are connected', async (context) => {
    const { parts, token, ask } = await start(context);
    parts.clock.advance(1000);
    await logIn(parts.store, 'alice', 'tablet', 'here.2');
    await parts.store.leaveSession('alice', 'here.2');
    parts.clock.advance(1000);
    await logIn(parts.store, 'alice', 'laptop', 'dead.1');
    parts.clock.advance(1000);
    const { json } = await ask('GET', '/api/account/devices', { token });
    const line = (device: string, made: number, used: number, isOwn: boolean) => ({
      ...{ device, label: `The ${device}`, isOwn, isConnected: isOwn },
      madeAt: `2030-01-01T00:00:0${made}.000Z`,
      usedAt: `2030-01-01T00:00:0${used}.000Z`,
    });
    assert.deepEqual(json, {
      devices: [line('phone', 0, 3, true), line('laptop', 2, 2, false), line('tablet', 1, 1, false)],
    });
    assert.equal((await ask('GET', '/api/account/devices', { token })).text.includes(token.split('~')[2]!), false);
  });

  test('204: a device is revoked and its sessions end; 404 where there is none', async (context) => {
    const { parts, token, ask } = await start(context);
    const { author } = await logIn(parts.store, 'alice', 'tablet', 'here.2');
    assert.equal((await ask('DELETE', '/api/account/devices/tablet', { token })).status, 204);
    assert.equal((await parts.store.setStatus(author, 1, 1)).outcome, 'fenced');
    assert.deepEqual(
      (await parts.store.listSessions('alice')).map(({ session }) => session),
      ['here.1'],
    );
    const revoke = parts.store.revokeDevice.bind(parts.store);
    parts.store.revokeDevice = (user, device) => (assert.match(device, /^\w+$/, 'an id'), revoke(user, device));
    for (const device of ['tablet', 'phone:1', '%2F', '%00', 'a'.repeat(65)]) {
      assertRefused(await ask('DELETE', `/api/account/devices/${device}`, { token }), 404, /There is no device/);
    }
    assert.match(parts.logged.join(''), /"revoked":"tablet"/);
  });

  test('204: also the own one, which knows nobody then', async (context) => {
    const { token, ask } = await start(context);
    assert.equal((await ask('DELETE', '/api/account/devices/phone', { token })).status, 204);
    assert.equal((await ask('DELETE', '/api/account/devices/phone', { token })).status, 401);
  });

  test("404: another user's device of that name stays", async (context) => {
    const { parts, token, ask } = await start(context);
    await addAccount(parts, 'Bob');
    const bob = await logIn(parts.store, 'bob', 'tablet', 'here.9');
    assert.equal((await ask('DELETE', '/api/account/devices/tablet', { token })).status, 404);
    assert.equal((await ask('GET', '/api/account', { token: bob.token })).json.name, 'Bob');
  });
});

describe('the password', () => {
  test('200: it is set, all sessions end, all tokens are void but the one that comes', async (context) => {
    const { parts, token, ask } = await start(context);
    const { author, token: tablet } = await logIn(parts.store, 'alice', 'tablet', 'here.2');
    const body = { old: PASS.toUpperCase(), pass: OTHER_PASS.toUpperCase() };
    const { status, json } = await ask('PUT', '/api/account/password', { token, body });
    assert.equal(status, 200);
    const account = await parts.store.readAccount('alice');
    assert.equal(await parts.passwords.verify(OTHER_PASS, account?.pass), true);
    assert.equal((await parts.store.setStatus(author, 1, 1)).outcome, 'fenced');
    const answers = [token, tablet, json.token].map((text) => ask('GET', '/api/account', { token: text }));
    assert.deepEqual(
      (await Promise.all(answers)).map((answer) => answer.status),
      [401, 401, 200],
    );
    const secrets = new RegExp(`${PASS}|${OTHER_PASS}|argon2|${json.token.split('~')[2]}`, 'i');
    assert.doesNotMatch(parts.logged.join(''), secrets);
  });

  test('200 without a token where none can be given', async (context) => {
    const { parts, token, ask } = await start(context);
    parts.store.setToken = () => Promise.reject(new Error('away'));
    const answer = await ask('PUT', '/api/account/password', { token, body: { old: PASS, pass: OTHER_PASS } });
    assert.deepEqual([answer.status, answer.json], [200, {}]);
    assert.equal((await ask('GET', '/api/account', { token })).status, 401);
  });

  test('403: the old one is wrong; 422: what cannot be one', async (context) => {
    const { parts, token, ask } = await start(context);
    const put = (body: unknown) => ask('PUT', '/api/account/password', { token, body });
    assertRefused(await put({ old: OTHER_PASS, pass: OTHER_PASS }), 403, /password is wrong/, 'old');
    assertRefused(await put({ pass: OTHER_PASS }), 422, /MD5/, 'old');
    assertRefused(await put({ old: PASS }), 422, /MD5/, 'pass');
    assertRefused(await put({ old: PASS, pass: 'd41d8cd98f00b204e9800998ecf8427e' }), 422, /empty/, 'pass');
    assertRefused(await put([]), 422, /MD5/, 'pass');
    const account = await parts.store.readAccount('alice');
    assert.equal(await parts.passwords.verify(PASS, account?.pass), true);
    assert.equal((await ask('GET', '/api/account', { token })).status, 200);
  });

  test('429: too many wrong ones, many at once too; then the right one is not looked at', async (context) => {
    const { parts, token, ask } = await start(context);
    const remove = (pass: string) => ask('DELETE', '/api/account', { token, body: { pass } });
    const answers = await Promise.all(Array.from({ length: WRONG_TRIES + 10 }, () => remove(OTHER_PASS)));
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    assert.deepEqual([count(403), count(429)], [WRONG_TRIES, 10]);
    assertRefused(await remove(PASS), 429, /Too many wrong/);
    assert.ok(await parts.store.readAccount('alice'));
  });

  test('429: who leaves before the answer has tried all the same', async (context) => {
    const { parts, url, token, ask } = await start(context);
    const verify = parts.passwords.verify;
    let tries = 0;
    let left = (): void => {};
    Object.assign(parts.passwords, {
      verify: async (...given: Parameters<typeof verify>) => {
        tries += 1;
        left();
        return verify(...given);
      },
    });
    for (let round = 0; round < WRONG_TRIES; round += 1) {
      const verifying = new Promise<void>((resolve) => (left = resolve));
      const leaving = new AbortController();
      const answer = fetch(`${url}/api/account/password`, {
        method: 'PUT',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ old: OTHER_PASS, pass: OTHER_PASS }),
        signal: leaving.signal,
      });
      await verifying;
      leaving.abort();
      await assert.rejects(answer);
    }
    assert.equal(tries, WRONG_TRIES);
    assert.equal((await ask('GET', '/api/account', { token })).status, 429);
  });
});

describe('removal', () => {
  test('204: the account is gone as by an administrator; friends keep no ghost', async (context) => {
    const { parts, token, ask } = await start(context);
    const { store } = parts;
    await addAccount(parts, 'Bob');
    await store.beginFriendship('alice', 'Bob');
    await store.beginFriendship('bob', 'Alice');
    const decision = await store.decideFriendship({ op: 'x', type: 'add', by: 'alice', other: 'bob' });
    await store.tellFriendship('alice', 'Bob', decision);
    await store.tellFriendship('bob', 'Alice', decision);
    assert.equal((await store.listFriendships('bob'))[0]?.state, 'invited');
    assertRefused(await ask('DELETE', '/api/account', { token, body: { pass: OTHER_PASS } }), 403, /wrong/, 'pass');
    assertRefused(await ask('DELETE', '/api/account', { token, body: {} }), 422, /MD5/, 'pass');
    assert.equal((await ask('DELETE', '/api/account', { token, body: { pass: PASS } })).status, 204);
    assert.equal(await store.readAccount('alice'), undefined);
    assert.deepEqual(
      (await store.listFriendships('bob')).filter(({ state }) => state !== 'none'),
      [],
    );
    assert.equal((await ask('GET', '/api/account', { token })).status, 401);
    assert.equal((await ask('POST', '/api/accounts', { body: { user: 'alice', pass: PASS } })).status, 409);
  });
});

test('405: other methods, with or without a token', async (context) => {
  const { token, ask } = await start(context);
  const allowed: [path: string, allow: string][] = [
    ['/api/account', 'GET, HEAD, DELETE'],
    ['/api/account/devices', 'GET, HEAD'],
    ['/api/account/devices/phone', 'DELETE'],
    ['/api/account/password', 'PUT'],
    ['/api/account/export', 'GET'],
    ['/api/openapi.json', 'GET, HEAD'],
  ];
  for (const [path, allow] of allowed) {
    for (const asked of [{}, { token }]) {
      const answer = await ask('PATCH', path, asked);
      assertRefused(answer, 405, /is not possible here/);
      assert.equal(answer.headers.allow, allow);
    }
  }
  assert.equal((await ask('HEAD', '/api/account/export', { token })).status, 405);
});
