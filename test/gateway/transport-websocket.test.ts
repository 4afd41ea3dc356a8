/** What is particular to WebSocket: the upgrade, frames, pings and close codes. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { text as readAll } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { Reception, type Recorder } from '../contract/transport-recorder.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { listenWebSocket, type WebSocketListening } from '../../gateway/transport/websocket.ts';

const clock = createManualClock();
const reception = new Reception();
const server = createServer((_request, response) => response.end('page'));
let listening: WebSocketListening;
let port: number;

before(async () => {
  listening = listenWebSocket({
    server,
    path: '/ims',
    isOriginAllowed: ({ headers }) => headers.origin === undefined || headers.origin === 'http://good',
    addressOf: ({ headers }) => String(headers['x-forwarded-for'] ?? 'none'),
    clock,
    accept: reception.accept,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => server.close());

const UPGRADE = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** Asks for an upgrade by hand; what follows the request's head goes with it in one packet. */
function ask(path: string, headers: Record<string, string> = {}, following: Buffer = Buffer.alloc(0)): Socket {
  const lines = Object.entries({ ...UPGRADE, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(Buffer.concat([Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), following]));
  return socket;
}

function frame(first: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(first, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}

async function meet(): Promise<{ peer: WebSocket; met: Recorder }> {
  const peer = new WebSocket(`ws://127.0.0.1:${port}/ims?from=page`, { autoPong: false, origin: 'http://good' });
  await once(peer, 'open');
  return { peer, met: await reception.next() };
}

/** The code that the gateway closes with. */
async function closeCode(peer: WebSocket): Promise<unknown> {
  const [code] = (await once(peer, 'close')) as [number];
  return code;
}

test('other paths and other origins are refused', async () => {
  assert.match(await readAll(ask('/other')), /^HTTP\/1.1 404 Not Found\r\n/);
  assert.match(await readAll(ask('/ims/')), /^HTTP\/1.1 404 /);
  assert.match(await readAll(ask('/ims', { Origin: 'http://evil' })), /^HTTP\/1.1 403 Forbidden\r\n/);
  assert.match(await readAll(ask('/ims', { 'Sec-WebSocket-Version': '1' })), /^HTTP\/1.1 400 /);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'page');
});

test('the address is what it is told, and a frame that comes with the request is not lost', async () => {
  const socket = ask('/ims', { 'X-Forwarded-For': '1.2.3.4' }, frame(0x81, Buffer.from('<A/>')));
  const met = await reception.next();
  assert.equal(met.connection.address, '1.2.3.4');
  await met.until(({ text }) => text === '<A/>');
  socket.destroy();
  assert.equal(await met.closing(), false);
});

test('several documents go out in one write, one a frame', async (t) => {
  const upgrade = once(server, 'upgrade');
  const socket = ask('/ims');
  const [, stream] = (await upgrade) as [unknown, Socket & { _writev(): void }];
  const met = await reception.next();
  await once(socket, 'data');
  const writes = [t.mock.method(stream, '_write'), t.mock.method(stream, '_writev')];
  met.connection.send(['<A/>', '<B/>', '', '<C/>']);
  const [packet] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual(
    writes.map(({ mock }) => mock.callCount()),
    [0, 1],
  );
  assert.equal(packet.toString('latin1'), '\x81\x04<A/>\x81\x04<B/>\x81\x00\x81\x04<C/>');
  socket.destroy();
  assert.equal(await met.closing(), false);
});

test('a binary frame is told apart', async () => {
  const { peer, met } = await meet();
  peer.send('<A/>');
  peer.send(Buffer.from('<B/>'));
  peer.close();
  assert.equal(await met.closing(), false);
  assert.deepEqual(met.reports, ['<A/>', 'binary', 'closed']);
});

test('each ping is answered once, and only pings are', async () => {
  const { peer, met } = await meet();
  const pings: Buffer[] = [];
  peer.on('ping', (data) => pings.push(data));
  for (let n = 0; n < 3; n++) met.connection.ping();
  while (pings.length < 3) await once(peer, 'ping');
  peer.pong();
  peer.pong('99');
  peer.pong('x');
  peer.pong(pings[1]);
  peer.pong(pings[0]);
  peer.send('<A/>');
  peer.pong(pings[2]);
  peer.close();
  assert.equal(await met.closing(), false);
  assert.deepEqual(met.reports, ['pong', 'pong', '<A/>', 'pong', 'closed']);
});

test('what is no UTF-8, too large or in too many pieces is closed with its code', async () => {
  const cases: [code: number, send: (peer: WebSocket) => void][] = [
    [1007, (peer) => peer.send(Buffer.of(0x3c, 0xff), { binary: false })],
    [1009, (peer) => peer.send('x'.repeat(256 * 1024 + 1))],
    [1008, (peer) => Array.from({ length: 200 }, () => peer.send('x', { fin: false }))],
  ];
  for (const [code, send] of cases) {
    const { peer, met } = await meet();
    peer.on('error', () => undefined);
    send(peer);
    assert.equal(await closeCode(peer), code);
    assert.equal(await met.closing(), false);
    assert.deepEqual(met.reports, ['closed']);
  }
});

test('a peer that does not close after its error is cut off after two seconds', async () => {
  const socket = ask('/ims', {}, frame(0x81, Buffer.of(0xff)));
  socket.allowHalfOpen = true;
  const met = await reception.next();
  await once(socket.resume(), 'end');
  clock.advance(1_999);
  assert.deepEqual(met.reports, []);
  clock.advance(1);
  assert.equal(await met.closing(), false);
});

test('after close upgrades are refused, and open connections go on', async () => {
  const { peer, met } = await meet();
  listening.close();
  assert.match(await readAll(ask('/ims')), /^HTTP\/1.1 503 /);
  peer.send('<A/>');
  await met.until(({ text }) => text === '<A/>');
  peer.close();
  assert.equal(await met.closing(), false);
});
