/** The PROXY header: what it may be, and how it comes before IMS and before TLS. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Reception } from '../contract/transport-recorder.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { parseProxyHeader } from '../../gateway/transport/proxy-protocol.ts';
import { listenTcp, type TcpListening } from '../../gateway/transport/tcp.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

function v2(versionAndCommand: string, family: string, body: string, length = body.length / 2): Buffer {
  return Buffer.from(`${SIGNATURE}${versionAndCommand}${family}${length.toString(16).padStart(4, '0')}${body}`, 'hex');
}

const IPV4 = '01020304' + '0a000001' + '04d2' + '1446';
const IPV6 = '20010db8000000000000000000000001' + '20010db8000000000000000000000002' + '04d2' + '1446';
const MAPPED = '00000000000000000000ffff01020304' + '00000000000000000000ffff0a000001' + '04d2' + '1446';
const TLV = '04000401020304' + '200003010000';

const SOUND: [header: Buffer, address: string | undefined][] = [
  [Buffer.from('PROXY TCP4 1.2.3.4 10.0.0.1 1234 5190\r\n'), '1.2.3.4'],
  [Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 1234 65535\r\n'), '2001:db8::1'],
  [Buffer.from('PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n'), '1.2.3.4'],
  [Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  [Buffer.from('PROXY UNKNOWN ffff:f...f ffff:f...f 65535 65535\r\n'), undefined],
  [v2('21', '11', IPV4), '1.2.3.4'],
  [v2('21', '11', IPV4 + TLV), '1.2.3.4'],
  [v2('21', '21', IPV6 + TLV), '2001:db8::1'],
  [v2('21', '21', MAPPED), '1.2.3.4'],
  [v2('21', '31', '2f'.repeat(216)), undefined],
  [v2('21', '00', ''), undefined],
  [v2('21', '00', TLV), undefined],
  [v2('20', '00', ''), undefined],
  [v2('20', '11', IPV4 + TLV), undefined],
  [v2('20', 'ff', '00'), undefined],
];

const MALFORMED: Buffer[] = [
  Buffer.from('PROXY TCP4 1.2.3.4 10.0.0.1 1234\r\n'),
  Buffer.from('PROXY TCP4 1.2.3.256 10.0.0.1 1234 5190\r\n'),
  Buffer.from('PROXY TCP4 2001:db8::1 2001:db8::2 1234 5190\r\n'),
  Buffer.from('PROXY TCP6 1.2.3.4 10.0.0.1 1234 5190\r\n'),
  Buffer.from('PROXY TCP4 1.2.3.4 10.0.0.1 1234 65536\r\n'),
  Buffer.from('PROXY TCP4  1.2.3.4 10.0.0.1 1234 5190\r\n'),
  Buffer.from('PROXY UDP4 1.2.3.4 10.0.0.1 1234 5190\r\n'),
  Buffer.from('PROXY \r\n'),
  Buffer.from(`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`),
  v2('11', '11', IPV4),
  v2('22', '11', IPV4),
  v2('21', '11', IPV4.slice(2)),
  v2('21', '21', IPV4),
  v2('21', '31', IPV6),
  v2('21', '41', IPV6),
  v2('21', '10', IPV4),
  v2('21', '11', IPV4, 0x1000),
];

test('sound headers, and each of their beginnings', () => {
  for (const [header, address] of SOUND) {
    const expected = { length: header.length, ...(address !== undefined && { address }) };
    assert.deepEqual(parseProxyHeader(header), expected, header.toString('latin1'));
    assert.deepEqual(parseProxyHeader(Buffer.concat([header, Buffer.from('<LOGIN/>\r\n')])), expected);
    for (let length = 0; length < header.length; length++) {
      assert.equal(parseProxyHeader(header.subarray(0, length)), 'incomplete', header.toString('latin1', 0, length));
    }
  }
});

test('malformed headers', () => {
  for (const header of MALFORMED) assert.equal(parseProxyHeader(header), 'malformed', header.toString('latin1'));
});

test('what is no header', () => {
  for (const start of ['<LOGIN', '\r\n\r\n<LOGIN', ' ', '\ufeff<', 'PROXX', 'proxy ', '\x16\x03\x01']) {
    assert.deepEqual(parseProxyHeader(Buffer.from(start)), { length: 0 }, start);
  }
});

const clock = createManualClock();
const host = '127.0.0.1';
const reception = new Reception();
const tls = makeCertificate();
const listeners: Record<'trusting' | 'secure' | 'wary', TcpListening> = {} as never;

before(async () => {
  const options = { host, port: 0, clock, accept: reception.accept };
  const isTrusted = (address: string): boolean => address === host;
  listeners.trusting = await listenTcp({ ...options, isTrusted });
  listeners.secure = await listenTcp({ ...options, isTrusted, tls });
  listeners.wary = await listenTcp({ ...options, isTrusted: () => false });
});
after(() => Promise.all(Object.values(listeners).map((listener) => listener.close())));

async function dial({ port }: TcpListening): Promise<Socket> {
  const socket = connect({ port, host, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Waits until all these connections are closed by the gateway, which accepted none of them. */
async function seeRefused(...sockets: Socket[]): Promise<void> {
  for (const socket of sockets) {
    socket.resume();
    if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve));
  }
  await seeNext(await dial(listeners.wary), '<NEXT/>', host);
}

/** Sees that the next connection accepted is this one. */
async function seeNext(socket: Socket, document: string, address: string): Promise<void> {
  socket.write(document);
  const met = await reception.next();
  assert.equal(met.connection.address, address);
  await met.until(({ text }) => text === document);
  met.connection.destroy();
  assert.equal(await met.closing(), false);
}

test('a header and the first documents in one packet', async () => {
  for (const [header, address] of SOUND) {
    const socket = await dial(listeners.trusting);
    socket.write(Buffer.concat([header, Buffer.from('<A/>')]));
    const met = await reception.next();
    assert.equal(met.connection.address, address ?? host);
    await met.until(({ text }) => text === '<A/>');
    socket.end('<B/>');
    await met.until(({ reports }) => reports.includes('finished'));
    assert.deepEqual(met.reports, ['<A/><B/>', 'finished']);
    met.connection.destroy();
  }
});

test('a header in packets of one byte', async () => {
  for (const [header, address] of [SOUND[0], SOUND[7]] as typeof SOUND) {
    const socket = await dial(listeners.trusting);
    for (const byte of header) {
      socket.write(Buffer.of(byte));
      await turn();
    }
    await seeNext(socket, '<A/>', address ?? '');
  }
});

test('a trusted peer without a header is taken as itself', async () => {
  for (const document of ['<A/>', '\r\n\r\n<A/>', '\ufeff<A/>', 'PRO<A/>']) {
    await seeNext(await dial(listeners.trusting), document, host);
  }
});

test('a header from a peer that is not trusted is taken for IMS', async () => {
  const socket = await dial(listeners.wary);
  socket.write('PROXY TCP4 1.2.3.4 10.0.0.1 1234 5190\r\n');
  const met = await reception.next();
  assert.equal(met.connection.address, host);
  socket.end();
  await met.until(({ reports }) => reports.includes('finished'));
  assert.match(met.reports[0] ?? '', /^PROXY TCP4/);
  met.connection.destroy();
});

test('a malformed header, and one that is cut short, end the connection', async () => {
  for (const header of MALFORMED) {
    const socket = await dial(listeners.trusting);
    socket.write(header);
    await seeRefused(socket);
  }
  const short = await dial(listeners.trusting);
  short.end('PROXY TCP4 1.2.3.4');
  await seeRefused(short);
});

test('a header may take five seconds; a peer that is silent so long is taken as itself', async () => {
  const slow = await dial(listeners.trusting);
  const silent = await dial(listeners.trusting);
  slow.write('PROXY TCP4 1.2.3.4 ');
  await seeNext(await dial(listeners.trusting), '<PASS/>', host);
  clock.advance(4_999);
  await seeNext(await dial(listeners.trusting), '<PASS/>', host);
  assert.equal(slow.closed, false);
  clock.advance(1);
  await seeNext(silent, '<A/>', host);
  await seeRefused(slow);
});

test('with TLS the header comes before the handshake, also in one packet with it', async () => {
  for (const header of ['PROXY TCP4 1.2.3.4 10.0.0.1 1234 5190\r\n', '']) {
    const raw = await dial(listeners.secure);
    raw.cork();
    raw.write(header);
    const socket = connectTls({ socket: raw, rejectUnauthorized: false });
    process.nextTick(() => raw.uncork());
    await once(socket, 'secureConnect');
    await seeNext(socket, '<A/>', header ? '1.2.3.4' : host);
  }
});

test('a handshake that fails or takes more than ten seconds ends its connection and no other', async () => {
  const hanging = await dial(listeners.secure);
  const failing = await dial(listeners.secure);
  hanging.write(Buffer.of(0x16, 0x03, 0x01));
  failing.write('<LOGIN user="no" pass="tls"/>');
  await seeRefused(failing);
  clock.advance(9_999);
  const gone = await dial(listeners.secure);
  gone.write(Buffer.of(0x16));
  gone.resetAndDestroy();
  const socket = connectTls({ port: listeners.secure.port, host, rejectUnauthorized: false });
  await seeNext(socket, '<A/>', host);
  assert.equal(hanging.closed, false);
  clock.advance(1);
  await seeRefused(hanging);
});

test('close refuses those who were about to arrive', async () => {
  const listener = await listenTcp({ host, port: 0, clock, accept: reception.accept, isTrusted: () => true });
  const open = await dial(listener);
  open.write('<A/>');
  const met = await reception.next();
  const arriving = await dial(listener);
  arriving.write('PROXY');
  await turn();
  await listener.close();
  await seeRefused(arriving);
  await assert.rejects(dial(listener));
  open.write('<B/>');
  await met.until(({ text }) => text === '<A/><B/>');
  met.connection.destroy();
});

test('a port that is taken is an error', async () => {
  const { port } = listeners.wary;
  const listening = listenTcp({ host, port, clock, accept: reception.accept, isTrusted: () => false });
  await assert.rejects(listening, { code: 'EADDRINUSE' });
});
