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
import { Device } from './device.ts';
import { readPlay, toBytes } from './play.ts';
import { Values } from './values.ts';

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
  const told = ['alice sends <A/>', 'alice receives <A result="{a}"/>', 'alice sends <B a="{a}"/>'];
  assert.equal(findNextSends(readPlay('a.txt', told.join('\n')).steps, 0).length, 0);
});

test('a value in braces is what came first, and the same from then on', async () => {
  const lines = ['alice connects', 'alice sends <A a="2-xyz" b="c"/>', 'alice receives <A a="2-{a}" b="*"/>'];
  const again = [
    'alice sends <B a="{a}" b="{b*2}"/>',
    'alice receives <B a="{a}" b="bb"/>',
    'alice sends <C c="xyz"/>',
  ];
  await play([...lines, ...again, 'alice receives <C c="{a}"/>'].join('\n'));
  const other = play([...lines, 'alice sends <B a="abc"/>', 'alice receives <B a="{a}"/>'].join('\n'));
  await assert.rejects(other, /expected[^]*<B a="xyz"\/>[^]*got:\s+<B a="abc"\/>/);
  const twice = ['alice connects', 'alice sends <A a="x" b="y"/>', 'alice receives <A a="{a}" b="{a}"/>'];
  await assert.rejects(play(twice.join('\n')), /got:\s+<A a="x" b="y"\/>/);
  await assert.rejects(play('alice connects\nalice sends <A a="{a}"/>'), /\{a\} was not received before/);
  assert.equal(new Values().fill('\\u{e9}'), '\\u{e9}');
});

test('what is overlooked did not come', async () => {
  const lines = ['alice connects', 'alice overlooks A, B', 'alice sends <A/><B/><C/><A></A>', 'alice receives <C/>'];
  await play([...lines, 'alice receives nothing'].join('\n'));
  const missed = [...lines, 'alice sends <A/><D/>', 'alice receives <A/>'].join('\n');
  await assert.rejects(play(missed), /got:\s+<D\/>/);
});

test('what a device holds: the token, the place, the marks', () => {
  const device = new Device('phone');
  device.hear('<LOGIN user="a" token="t" version="2" result="1" epoch="0" sent="0" marks="0"/>');
  device.hear('<MESSAGE at="1-aaaaaa" time="" n="1" from="b" to="a">x at="9-999999"</MESSAGE>');
  assert.equal(device.login, 'token="t" version="2" device="phone" label="phone" epoch="0" after="1-aaaaaa" marks="0"');
  // An answer stands for an entry, of which it is the next: what lies between may be on its way.
  device.hear('<MESSAGE id="1" result="1" at="3-cccccc" time="" n="2"/>');
  assert.equal(device.place, '1-aaaaaa');
  device.hear('<FRIEND at="2-bbbbbb" time="" type="invite" to="a" from="b"/>');
  device.hear('<MESSAGE id="2" result="0" reason="unknown"/>');
  device.hear('<MARK with="b" delivered="1" read="0" seen="0" v="7"/>');
  assert.match(device.login, / after="2-bbbbbb" marks="7"$/);
  device.hear('<LOGIN user="a" version="2" result="1" epoch="1" sent="0" marks="8"/>');
  assert.equal(device.login, 'token="t" version="2" device="phone" label="phone" epoch="1" marks="8"');
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
