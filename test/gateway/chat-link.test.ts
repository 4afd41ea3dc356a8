/** Links of a client in Node: what they report, and that they do it once. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { openLink, type Address } from '../../gateway/chat/link.ts';
import type { Link, LinkListener } from '../../protocol/client.ts';
import type { ServerDocument } from '../../protocol/documents.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { startGateway } from '../helpers/gateway.ts';
import { addAccounts, startClient, waitFor } from './chat-stage.ts';

class Recorder implements LinkListener {
  readonly events: string[] = [];
  readonly #act: (event: string) => void;
  constructor(act: (event: string) => void = () => {}) {
    this.#act = act;
  }
  opened(): void {
    this.#note('opened');
  }
  received(...documents: readonly ServerDocument[]): void {
    this.#note(documents.map(({ name }) => name).join('+'));
  }
  closed(): void {
    this.#note('closed');
  }
  #note(event: string): void {
    this.events.push(event);
    this.#act(event);
  }
}

async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<Address> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

test('what cannot be opened is reported as closed, once and later', async () => {
  const addresses: Address[] = [
    { host: '127.0.0.1', port: 1 },
    { host: '127.0.0.1', port: 70_000 },
    { host: 'no-such-host.invalid', port: 5190 },
    { url: 'ws://127.0.0.1:1/ims' },
    { url: 'no url' },
    { url: 'http://[' },
  ];
  const recorders = addresses.map((address) => {
    const recorder = new Recorder();
    openLink(address, recorder).send({ name: 'ALIVE' });
    assert.deepEqual(recorder.events, []);
    return recorder;
  });
  await waitFor(() => recorders.every(({ events }) => events.length > 0), 'all closed');
  await sleep(50);
  for (const { events } of recorders) assert.deepEqual(events, ['closed']);
});

test('an own close is not reported, not even from inside what is received', async (t) => {
  const address = await listen(t, (socket) => socket.write('<ALIVE/>\n<RECONNECT within="1"/><nonsense'));
  let link: Link | undefined;
  const recorder = new Recorder((event) => {
    if (event.startsWith('ALIVE')) link?.close();
  });
  link = openLink(address, recorder);
  await waitFor(() => recorder.events.length === 2, 'a document');
  await sleep(100);
  assert.deepEqual(recorder.events, ['opened', 'ALIVE+RECONNECT']);
});

test('what is no IMS ends the link, after the documents before it', async (t) => {
  const address = await listen(t, (socket) => socket.write('<ALIVE/><UNKNOWN/></b>'));
  const recorder = new Recorder();
  openLink(address, recorder);
  await waitFor(() => recorder.events.includes('closed'), 'closed');
  await sleep(50);
  assert.deepEqual(recorder.events, ['opened', 'ALIVE', 'closed']);
});

test('a gateway that closes or resets is reported once', async (t) => {
  for (const end of ['end', 'resetAndDestroy'] as const) {
    const address = await listen(t, (socket) => void socket[end]());
    const recorder = new Recorder();
    const link = openLink(address, recorder);
    await waitFor(() => recorder.events.includes('closed'), 'closed');
    link.send({ name: 'ALIVE' });
    link.close();
    await sleep(50);
    assert.equal(recorder.events.filter((event) => event === 'closed').length, 1);
  }
});

test('a client chats over TCP, TLS and WebSocket with the same account', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  await addAccounts(gateway.http, 'alice');
  const { cert, key } = makeCertificate();
  const secure = async (port: number): Promise<number> => {
    const server = createTlsServer({ cert, key }, (socket) => {
      const inner = connect(port, '127.0.0.1');
      for (const one of [socket, inner])
        one.on('error', () => {}).once('close', () => (inner.destroy(), socket.destroy()));
      socket.pipe(inner).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const ca = cert.toString();
  const addresses: Address[] = [
    gateway.tcp,
    { url: gateway.ws },
    { host: '127.0.0.1', port: await secure(gateway.tcp.port), isTls: true, ca },
    { url: `wss://127.0.0.1:${await secure(Number(new URL(gateway.http).port))}/ims`, ca },
  ];
  for (const [index, address] of addresses.entries()) {
    const client = await startClient(t, address, 'alice');
    client.send('alice', `message ${index}`);
    await waitFor(
      () =>
        client
          .conversation('alice')
          .items.some((item) => item.kind === 'message' && item.text === `message ${index}` && item.state !== 'queued'),
      'an answer',
    );
    assert.equal(client.conversation('alice').items.length, index + 1);
    client.logOut();
  }
  const distrusted = new Recorder();
  openLink({ ...addresses[2]!, ca: undefined } as Address, distrusted);
  await waitFor(() => distrusted.events.length > 0, 'the end');
  assert.deepEqual(distrusted.events, ['closed']);
});
