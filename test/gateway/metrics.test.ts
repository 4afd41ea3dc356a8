/** What the operator is told of what happened at a gateway: each number follows it, and names nobody. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { CLOSE_CODES } from '../../gateway/close-codes.ts';
import { createPasswords } from '../../gateway/passwords.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { waitFor } from '../helpers/redis-control.ts';
import { createAdmin, createRegistration } from '../transcripts/admin.ts';
import { connectWebSocket, type Client } from '../transcripts/client.ts';
import { PASS } from './listening.ts';
import { login, message, PATIENCE, say, startAt, startTwo } from './metrics-parts.ts';

/** Milliseconds. */
const LIMIT = { timeout: 60_000 };

describe('GET /metrics', () => {
  test('needs the token, is only read, and is what Prometheus reads', LIMIT, async (context) => {
    const { one } = await startTwo(context);
    const url = `${one.admin.url}/metrics`;
    assert.equal((await fetch(url)).status, 401);
    const headers = { Authorization: `Bearer ${one.admin.token}` };
    assert.equal((await fetch(url, { method: 'POST', headers })).status, 405);
    const response = await fetch(url, { headers });
    assert.equal(response.status, 200);
    const type = response.headers.get('content-type') ?? '';
    assert.match(type, /^text\/plain;/);
    assert.match(type, /version=0\.0\.4/);
    await response.text();
    // Read twice: what the process takes is measured from the first time on.
    await one.read();
    const samples = await one.read();
    for (const name of ['process_resident_memory_bytes', 'nodejs_heap_size_used_bytes', 'process_open_fds'])
      assert.ok(samples.of(name) > 0, name);
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_start_time_seconds']) samples.of(name);
    for (const name of samples.names) assert.doesNotMatch(name, /^nodejs_active_/, 'looks at each connection');
  });

  test('names follow the rules, and nobody is named', LIMIT, async (context) => {
    const { one } = await startTwo(context);
    const client = await one.connect();
    await say(client, login('alice'), message('alice', 'bob'));
    const samples = await one.read();
    const own = samples.names.filter((name) => name.startsWith('ims_'));
    assert.ok(own.length >= 14, own.join());
    for (const name of own) {
      assert.equal(samples.typeOf(name) === 'counter', name.endsWith('_total'), name);
      assert.equal(samples.typeOf(name) === 'histogram', name.endsWith('_seconds'), name);
    }
    assert.doesNotMatch(samples.text, /alice|bob|127\.0\.0\.1/i);
  });
});

describe('what happened', () => {
  test('sessions, users and connections come and go, each at its own gateway', LIMIT, async (context) => {
    const { one, two } = await startTwo(context);
    const first = await one.connect();
    await say(first, login('alice'));
    const second = await connectWebSocket(one.ws);
    context.after(() => second.drop());
    await say(second, login('alice'));
    await one.connect();
    await waitFor('a third connection', async () => (await one.read()).of('ims_connections') === 3);
    const here = await one.read();
    assert.deepEqual(here.by('ims_sessions', 'transport'), { tcp: 1, websocket: 1 });
    assert.equal(here.of('ims_users'), 1);
    const there = await two.read();
    assert.deepEqual(there.by('ims_sessions', 'transport'), { tcp: 0, websocket: 0 });
    assert.deepEqual([there.of('ims_users'), there.of('ims_connections')], [0, 0]);
    assert.equal(there.by('ims_logins_total', 'result')['in'], 0);
    await waitFor('both to be seen', async () => (await two.read()).by('ims_gateways', 'state')['living'] === 2);
    await say(first, '<LOGOUT user="alice"/>');
    second.drop();
    await waitFor('the ends', async () => (await one.read()).of('ims_connections') === 1);
    const after = await one.read();
    assert.deepEqual(after.by('ims_sessions', 'transport'), { tcp: 0, websocket: 0 });
    await waitFor('the last receipt', async () => (await one.read()).of('ims_users') === 0);
  });

  test('logins and messages by what was answered', LIMIT, async (context) => {
    const { one } = await startTwo(context, { WAITING_MESSAGES: '2' });
    const admin = createAdmin(one.admin);
    await createRegistration(one.http)('carol', PASS);
    await admin.act('bans', 'carol');
    const alice = await one.connect();
    await say(alice, login('alice', '0'.repeat(32)), login('nobody'), login('carol'), login('alice'));
    const logins = (await one.read()).by('ims_logins_total', 'result');
    assert.deepEqual(logins, { in: 1, refused: 2, banned: 1, busy: 0 });
    for (const to of ['nobody', 'bob', 'bob', 'bob', 'alice']) await say(alice, message('alice', to));
    await alice.inbox.next(PATIENCE);
    assert.equal(await say(alice, message('bob', 'bob')), '<MESSAGE result="0"/>');
    const samples = await one.read();
    const messages = samples.by('ims_messages_total', 'result');
    assert.deepEqual(messages, { sent: 1, waiting: 2, unknown: 1, full: 1, invalid: 1 });
    assert.equal(samples.of('ims_document_seconds_count', { document: 'MESSAGE' }), 6);
    assert.equal(samples.of('ims_document_seconds_count', { document: 'LOGIN' }), 4);
  });

  test('connections by how they ended; each once', LIMIT, async (context) => {
    const { one } = await startTwo(context);
    const ends: Record<string, (client: Client) => Promise<unknown>> = {
      left: async (client) => client.finish(),
      logout: (client) => say(client, login('alice'), '<LOGOUT user="alice"/>'),
      ended: async (client) => {
        await say(client, login('bob'));
        await createAdmin(one.admin).act('ends the sessions of', 'bob');
      },
      doctype: (client) => client.send(Buffer.from('<!DOCTYPE a>')),
      'too-many-logins': async (client) => {
        for (let count = 0; count < 5; count += 1) await say(client, login('nobody'));
      },
    };
    for (const end of Object.values(ends)) {
      const client = await one.connect();
      await end(client);
      assert.ok(await client.inbox.waitForEnd(PATIENCE));
    }
    const counts = (await one.read()).by('ims_connections_ended_total', 'code');
    const none = Object.fromEntries(Object.keys(CLOSE_CODES).map((code) => [code, 0]));
    const once = Object.fromEntries(Object.keys(ends).map((code) => [code, 1]));
    assert.deepEqual(counts, { ...none, ...once });
  });

  test('how long a document took, in seconds', LIMIT, async (context) => {
    const clock = createManualClock();
    const slow = () => ({ listFriendships: async (): Promise<never[]> => (clock.advance(300), []) });
    const { logIn, read } = await startAt(context, clock, slow);
    const client = await logIn('alice');
    await say(client, '<FRIEND user="alice" type="request"/>');
    const after = await read();
    const upTo = (le: string) => after.of('ims_document_seconds_bucket', { document: 'FRIEND', le });
    assert.deepEqual(['0.1', '0.5', '+Inf'].map(upTo), [0, 1, 1]);
    assert.equal(after.of('ims_document_seconds_sum', { document: 'FRIEND' }), 0.3);
  });

  test('a login that cannot wait for its hash is busy', LIMIT, async (context) => {
    const limits = { hashes: 1, hashQueue: 0 };
    const { read, logIn, connect } = await startAt(context, systemClock, undefined, { limits });
    await logIn('alice');
    const clients = await Promise.all(Array.from({ length: 10 }, connect));
    await Promise.all(clients.map((client) => client.send(Buffer.from(login('alice')))));
    const answers = await Promise.all(
      clients.map(async ({ inbox }) => [await inbox.next(PATIENCE), await inbox.next(PATIENCE)][1]!),
    );
    const busy = answers.filter((answer) => answer.startsWith('<ERROR code="busy"')).length;
    assert.ok(busy > 0, 'none met another one');
    const samples = await read();
    assert.deepEqual(samples.by('ims_logins_total', 'result'), { in: 11 - busy, refused: 0, banned: 0, busy });
    assert.equal(samples.of('ims_connections_ended_total', { code: 'busy' }), busy);
  });

  test('hashes that wait', async () => {
    const passwords = createPasswords({ concurrency: 1, queue: 2 });
    const hashes = [1, 2, 3].map(() => passwords.hash(PASS));
    await new Promise(setImmediate);
    assert.equal(passwords.waiting, 2);
    await Promise.all(hashes);
    assert.equal(passwords.waiting, 0);
  });
});
