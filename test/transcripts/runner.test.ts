/** The plays' runner: that a play can fail, and what its language means. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { createRegistration } from './admin.ts';
import { createCast } from './cast.ts';
import { findNextSends } from './packets.ts';
import { perform } from './perform.ts';
import { readPlay, toBytes } from './play.ts';

let gateway: TestGateway;
before(async () => {
  gateway = await startGateway({ store: 'memory' });
});
after(() => gateway.stop());

function play(text: string, transport: 'tcp' | 'websocket' = 'tcp'): Promise<void> {
  const place = {
    tcp: [gateway.tcp],
    ws: [gateway.ws],
    addAccount: createRegistration(gateway.http),
    hasDefaults: true,
  };
  return perform(readPlay('a.txt', `accounts: alice bob\n${text}`), place, { transport, packets: 'documents' });
}

for (const transport of ['tcp', 'websocket'] as const) {
  test(`${transport}: what is expected and does not come fails, with its place and what came`, async () => {
    await play('alice connects\nalice sends <ALIVE/>\nalice receives the echo', transport);
    const wrong = play('alice connects\nalice sends <ALIVE/>\nalice receives <ALIVE />', transport);
    await assert.rejects(
      wrong,
      /^Error: a\.txt:4: alice receives <ALIVE \/>\n.*expected[^]*<ALIVE \/>[^]*got:\s+<ALIVE\/>/,
    );
  });

  test(`${transport}: what comes and is not expected fails`, async () => {
    const message = '<MESSAGE from="alice" to="bob">hello</MESSAGE>';
    const answered = `${message}\nalice receives the echo\nalice receives <MESSAGE result="1"/>`;
    const unread = play(`alice is logged in\nbob is logged in\nalice sends ${answered}`, transport);
    await assert.rejects(unread, /bob receives nothing more/);
    await assert.rejects(
      play('alice is logged in\nalice sends <A/>\nalice receives nothing', transport),
      /got:\s+<A\/>/,
    );
    const closed = 'alice sends <A/><b></c>\nalice is closed';
    await assert.rejects(play(`alice connects\n${closed}`, transport), /expected.*closed[^]*<A\/>/);
  });
}

test('a connection that goes on is not closed, and a WebSocket has its code', async () => {
  await assert.rejects(
    play(
      'alice connects\nalice sends <a></b>\nalice receives <ERROR code="*" text="*"/>\nalice is closed with 1009',
      'websocket',
    ),
    /closed with 1007/,
  );
});

test('lines that are not understood', () => {
  assert.throws(() => readPlay('a.txt', '# title\nalice dances'), /a\.txt:2: not understood: alice dances/);
  assert.throws(() => readPlay('a.txt', 'needs: luck'), /a\.txt: needs luck/);
});

test('bytes', () => {
  assert.deepEqual([...toBytes('{ab*2}\\xFF\\n\\u{e9}')], [97, 98, 97, 98, 0xff, 10, 0xc3, 0xa9]);
  assert.throws(() => toBytes('\\q'), /no such escape/);
});

test('names keep their case and length, and are replaced only where they stand alone', () => {
  const cast = createCast(['Alice', 'a'.repeat(32), 'from']);
  const alice = cast.name('Alice');
  assert.match(alice, /^Alice\.\d{9}$/);
  assert.equal(cast.name('ALICE').toLowerCase(), alice.toLowerCase());
  assert.equal(cast.name('a'.repeat(32)).length, 32);
  const text = cast.translate('<MESSAGE from="alice" to="from">alice and Alice</MESSAGE>');
  assert.equal(text, `<MESSAGE from="${cast.name('alice')}" to="${cast.name('from')}">alice and Alice</MESSAGE>`);
  assert.equal(cast.translate('$ALICE'), cast.pass('alice').toUpperCase());
});

test('what may go in one packet: what needs no push and nobody else in between', () => {
  const lines = ['alice sends <A/>', 'alice receives the echo', 'alice sends <B/>', 'alice receives <B result="1"/>'];
  const next = (more: string): number =>
    findNextSends(readPlay('a.txt', [...lines, more, 'alice sends <C/>'].join('\n')).steps, 0).length;
  assert.equal(next('alice receives the echo'), 2);
  assert.equal(next('alice receives <MESSAGE from="bob" to="alice">x</MESSAGE>'), 1);
  assert.equal(next('bob receives the echo'), 1);
});

test('the command performs plays at an address, and names what was not given', async () => {
  const { host, port } = gateway.tcp;
  const run = fileURLToPath(new URL('./run.js', import.meta.url));
  const args = [
    run,
    '--tcp',
    `${host}:${port}`,
    '--ws',
    gateway.ws,
    '--http',
    gateway.http,
    'logout',
    'admin',
    'half-close',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.match(stdout, /^ok\s+logout\.txt/m);
  assert.match(stdout, /^ok\s+half-close\.txt/m);
  assert.match(stdout, /^not run\s+admin\.txt.*\(needs admin\)/m);
  assert.match(stdout, /2 ok, 0 failed, 1 not run/);
});
