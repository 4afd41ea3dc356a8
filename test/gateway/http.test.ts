/** Accounts over HTTP: every answer, and which pages may ask. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BusyError } from '../../gateway/passwords.ts';
import { assertRefused, startHttp as start } from './http-app.ts';
import { createParts, PASS, send } from './listening.ts';

describe('POST /api/accounts', () => {
  test('201: an account under the name as sent, its pass hashed', async (context) => {
    const { parts, post } = await start(context);
    const answer = await post({ user: 'Alice.B-c_9', pass: PASS.toUpperCase() });
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.json, { user: 'Alice.B-c_9' });
    const account = await parts.store.readAccount('alice.b-c_9');
    assert.equal(account?.name, 'Alice.B-c_9');
    assert.equal(await parts.passwords.verify(PASS, account?.pass), true);
  });

  test('409: a name in any case that has or had an account', async (context) => {
    const { parts, post } = await start(context);
    await post({ user: 'Alice', pass: PASS });
    assertRefused(await post({ user: 'aLICE', pass: PASS }), 409, /aLICE is taken/);
    await parts.store.removeAccount('alice');
    assertRefused(await post({ user: 'alice', pass: PASS }), 409, /taken/);
  });

  const unsound: [body: unknown, field: string, error: RegExp][] = [
    [{ user: '', pass: PASS }, 'user', /1 to 32 characters/],
    [{ user: 'a'.repeat(33), pass: PASS }, 'user', /1 to 32 characters/],
    [{ user: 'jürgen', pass: PASS }, 'user', /letters from a to z/],
    [{ user: 'a\n', pass: PASS }, 'user', /letters from a to z/],
    [{ user: 7, pass: PASS }, 'user', /letters from a to z/],
    [{ pass: PASS }, 'user', /letters from a to z/],
    [[], 'user', /letters from a to z/],
    [{ user: 'alice' }, 'pass', /MD5/],
    [{ user: 'alice', pass: 'secret' }, 'pass', /MD5/],
    [{ user: 'alice', pass: [PASS] }, 'pass', /MD5/],
    [{ user: 'alice', pass: 'd41d8cd98f00b204e9800998ecf8427e' }, 'pass', /empty/],
  ];
  for (const [body, field, error] of unsound) {
    test(`422: ${JSON.stringify(body).slice(0, 50)}`, async (context) => {
      const { post } = await start(context);
      assertRefused(await post(body), 422, error, field);
    });
  }

  test('403: registration is closed', async (context) => {
    const { parts, post } = await start(context, { REGISTRATION: 'closed' });
    assertRefused(await post({ user: 'alice', pass: PASS }), 403, /gives out no accounts/);
    assert.equal(await parts.store.readAccount('alice'), undefined);
  });

  test('400: no JSON; 413: too large; 415: something else', async (context) => {
    const { parts, post } = await start(context);
    assertRefused(await post('{"user": "secret'), 400, /not well-formed JSON/);
    assertRefused(await post('"secret"'), 400, /not well-formed JSON/);
    assertRefused(await post({ user: 'secret', pass: 'x'.repeat(4096) }), 413, /4 KiB/);
    assertRefused(
      await post('user=secret', { 'Content-Type': 'application/x-www-form-urlencoded' }),
      415,
      /application\/json/,
    );
    assertRefused(await post('{}', { 'Content-Encoding': 'gzip' }), 415, /not compressed/);
    assertRefused(await post('{}', { 'Content-Type': 'application/json; charset=latin1' }), 415, /UTF-8/);
    assert.doesNotMatch(parts.logged.join(''), /secret/);
  });

  test('405: another method', async (context) => {
    const { url } = await start(context);
    const answer = await send(`${url}/api/accounts`);
    assertRefused(answer, 405, /only POST/);
    assert.equal(answer.headers.allow, 'POST');
  });

  test('429: too many from one address, and only those that cost a hash; other addresses are let in', async (context) => {
    const { post } = await start(context, { ACCOUNTS_PER_HOUR: '2', TRUSTED_PROXIES: 'loopback' });
    const from = (address: string) => ({ 'X-Forwarded-For': `6.6.6.6, ${address}` });
    for (let round = 0; round < 3; round += 1) await post({ user: '', pass: PASS }, from('10.0.0.1'));
    assert.equal((await post({ user: 'a', pass: PASS }, from('10.0.0.1'))).status, 201);
    assert.equal((await post({ user: 'a', pass: PASS }, from('10.0.0.1'))).status, 409);
    const answer = await post({ user: 'b', pass: PASS }, from('10.0.0.1'));
    assertRefused(answer, 429, /Too many accounts/);
    const seconds = Number(answer.headers['retry-after']);
    assert.ok(seconds > 3590 && seconds <= 3600);
    assert.equal((await post({ user: 'b', pass: PASS }, from('10.0.0.2'))).status, 201);
  });

  test('429: a whole IPv6 network counts as one, and an untrusted X-Forwarded-For not at all', async (context) => {
    const trusting = await start(context, { ACCOUNTS_PER_HOUR: '1', TRUSTED_PROXIES: 'loopback' });
    assert.equal((await trusting.post({ user: 'a', pass: PASS }, { 'X-Forwarded-For': '2001:db8::1' })).status, 201);
    assert.equal((await trusting.post({ user: 'b', pass: PASS }, { 'X-Forwarded-For': '2001:db8::2' })).status, 429);
    const { post } = await start(context, { ACCOUNTS_PER_HOUR: '1' });
    assert.equal((await post({ user: 'a', pass: PASS }, { 'X-Forwarded-For': '10.0.0.1' })).status, 201);
    assert.equal((await post({ user: 'b', pass: PASS }, { 'X-Forwarded-For': '10.0.0.2' })).status, 429);
  });

  test('429: the gateway is busy, which does not count', async (context) => {
    const parts = createParts({ ACCOUNTS_PER_HOUR: '1' });
    let isBusy = true;
    const hash = (pass: string) => (isBusy ? Promise.reject(new BusyError()) : parts.passwords.hash(pass));
    const { post } = await start(context, {}, { ...parts, passwords: { ...parts.passwords, hash } });
    const answer = await post({ user: 'a', pass: PASS });
    assertRefused(answer, 429, /busy/);
    assert.equal(answer.headers['retry-after'], '5');
    isBusy = false;
    assert.equal((await post({ user: 'a', pass: PASS })).status, 201);
  });

  test('503: the store fails; the log says why and holds no pass', async (context) => {
    const parts = createParts();
    const failure = Object.assign(new Error('connection lost'), { command: { args: [PASS, 'a secret'] } });
    parts.store.addAccount = () => Promise.reject(failure);
    const { post } = await start(context, {}, parts);
    const answer = await post({ user: 'alice', pass: PASS });
    assertRefused(answer, 503, /store does not answer/);
    assert.equal(answer.headers['retry-after'], '5');
    assert.match(parts.logged.join(''), /connection lost/);
    assert.doesNotMatch(parts.logged.join(''), /secret|5ebe2294|argon2/);
  });

  test('500: what nobody expected is logged, and told to nobody', async (context) => {
    const parts = createParts();
    const hash = () => Promise.reject(new TypeError('a bug'));
    const { post } = await start(context, {}, { ...parts, passwords: { ...parts.passwords, hash } });
    const answer = await post({ user: 'alice', pass: PASS });
    assertRefused(answer, 500, /its log says why/);
    assert.doesNotMatch(answer.text, /a bug/);
    assert.match(parts.logged.join(''), /a bug/);
  });
});

describe('Origin', () => {
  const cases: [origin: string, host: string, allowed: string, isLetIn: boolean][] = [
    ['http://chat.example', 'chat.example', '', true],
    ['https://chat.example', 'chat.example:443', '', true],
    ['https://Chat.example:443', 'chat.example', '', true],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', '', true],
    ['http://[::1]:8080', '[::1]:8080', '', true],
    ['http://chat.example:8081', 'chat.example:8080', '', false],
    ['http://chat.example.evil', 'chat.example', '', false],
    ['http://evil', 'chat.example', '', false],
    ['null', 'chat.example', '', false],
    ['http://evil', 'chat.example', '*', true],
    ['null', 'chat.example', '*', true],
    ['https://app.example', 'chat.example', 'https://app.example', true],
    ['http://app.example', 'chat.example', 'https://app.example', false],
    ['capacitor://localhost', 'chat.example', 'capacitor://localhost', true],
  ];
  for (const [origin, host, allowed, isLetIn] of cases) {
    test(`${origin} at ${host}${allowed && ` where ${allowed} is allowed`}: ${isLetIn ? 'let in' : '403'}`, async (context) => {
      const { url, post } = await start(context, { ALLOWED_ORIGINS: allowed });
      const headers = { Origin: origin, Host: host };
      const answer = await post({ user: 'alice', pass: PASS }, headers);
      assert.equal(answer.status, isLetIn ? 201 : 403);
      assert.equal(answer.headers['access-control-allow-origin'], isLetIn ? origin : undefined);
      const preflight = await send(`${url}/api/accounts`, { method: 'OPTIONS', headers });
      assert.equal(preflight.status, isLetIn ? 204 : 403);
      const { 'access-control-allow-headers': headerNames, 'access-control-allow-methods': methods } =
        preflight.headers;
      assert.equal(headerNames, isLetIn ? 'Authorization, Content-Type' : undefined);
      assert.equal(methods, isLetIn ? 'GET, POST, PUT, DELETE' : undefined);
      assert.match(String(preflight.headers.vary), /Origin/);
    });
  }
});
