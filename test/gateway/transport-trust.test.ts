/** Whose word on a client's address is believed. */

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createTrust, toPlainAddress } from '../../gateway/transport/trust.ts';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

test('without proxies the peer is the client, whatever it says', () => {
  const { isTrusted, addressOf } = createTrust([]);
  assert.equal(isTrusted('127.0.0.1'), false);
  assert.equal(addressOf(request('::ffff:10.0.0.1', '1.2.3.4')), '10.0.0.1');
  assert.equal(addressOf(request(undefined)), '');
});

test('addresses, ranges and mapped addresses are trusted', () => {
  const { isTrusted } = createTrust(['10.0.0.0/8', '192.168.1.1', 'fd00::/8', 'loopback']);
  const trusted = ['10.1.2.3', '::ffff:10.1.2.3', '192.168.1.1', 'fd12::1', '127.0.0.1', '::1'];
  const others = ['11.0.0.1', '192.168.1.2', 'fe80::1', '::ffff:11.0.0.1', '', 'unknown'];
  for (const address of trusted) assert.equal(isTrusted(address), true, address);
  for (const address of others) assert.equal(isTrusted(address), false, address);
});

test('X-Forwarded-For is read from right to left as far as proxies wrote it', () => {
  const { addressOf } = createTrust(['10.0.0.0/8']);
  const cases: [peer: string, forwarded: string | undefined, client: string][] = [
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['::ffff:10.0.0.1', '6.6.6.6, ::ffff:1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4, <script>, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', ' , ,', '10.0.0.1'],
    ['5.5.5.5', '1.2.3.4', '5.5.5.5'],
  ];
  for (const [peer, forwarded, client] of cases) assert.equal(addressOf(request(peer, forwarded)), client, forwarded);
});

test('what is no address is named', () => {
  for (const wrong of ['10.0.0.256', '10', '10.0.0.0/33', '10.0.0.0/', 'proxy.example', '', 'fd00::/129', '/8']) {
    assert.throws(
      () => createTrust(['127.0.0.1', wrong]),
      (error: Error) => error.message.includes(`"${wrong}"`),
      wrong,
    );
  }
});

test('only mapped IPv4 addresses become IPv4', () => {
  assert.equal(toPlainAddress('::FFFF:1.2.3.4'), '1.2.3.4');
  assert.equal(toPlainAddress('::ffff:102:304'), '::ffff:102:304');
  assert.equal(toPlainAddress('2001:db8::1'), '2001:db8::1');
});
