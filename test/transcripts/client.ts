/** A client as simple as can be: bytes out, what came in an inbox. It knows nothing of IMS. */

import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket, type ClientOptions } from 'ws';
import { Inbox } from './inbox.ts';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  /** The address that the client comes from. */
  readonly localAddress?: string;
}

export interface Client {
  readonly transport: 'tcp' | 'websocket';
  readonly inbox: Inbox;
  /** Sends these bytes in one packet: on TCP one write, on a WebSocket one frame. */
  send(bytes: Buffer, frame?: 'text' | 'binary'): Promise<void>;
  /** Sends each byte (on a WebSocket: each character) in a packet of its own. */
  sendSlowly(bytes: Buffer): Promise<void>;
  /** Takes nothing more from the system until `resume`; what is sent meanwhile is not waited for. */
  pause(): void;
  resume(): void;
  /** TCP: FIN, and goes on reading. WebSocket: the closing handshake. */
  finish(): void;
  /** TCP: closes. WebSocket: closes the socket without a handshake. */
  drop(): void;
  /** Closes with a reset. */
  reset(): void;
}

/** Rejects when nobody listens there. */
export async function connectTcp(address: TcpAddress): Promise<Client> {
  const socket = connect({ ...address, allowHalfOpen: true, noDelay: true });
  const inbox = new Inbox(false);
  const decoder = new TextDecoder();
  socket.on('data', (data) => inbox.add(decoder.decode(data, { stream: true })));
  socket.on('end', () => inbox.end({}));
  socket.on('end', () => socket.end());
  socket.on('close', () => inbox.end({}));
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const send = async (bytes: Buffer): Promise<void> => write(socket, bytes);
  return {
    transport: 'tcp',
    inbox,
    send,
    async sendSlowly(bytes) {
      for (const [index, byte] of bytes.subarray(0, SLOWLY).entries()) {
        socket.write(Buffer.from([byte]));
        if (isTurn(index, bytes.length)) await turn();
      }
      if (bytes.length > SLOWLY) await send(bytes.subarray(SLOWLY));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    finish: () => void socket.end(),
    drop: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** Bytes, or characters, of a text that go slowly; the rest of a longer one goes at once. */
const SLOWLY = 20_000;

/** Whether the gateway shall get a chance to read what was sent so far; in a long text only now and then. */
function isTurn(index: number, length: number): boolean {
  return length < 1000 || index % 100 === 0;
}

/** Resolves also when the gateway has closed: what it says about that is in the inbox. */
async function write(socket: Socket, bytes: Buffer): Promise<void> {
  const isTaken = new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  if (!socket.isPaused()) await isTaken;
}

/** Rejects when the upgrade is refused. `answersPings`: as every client must, and a broken one does not. */
export async function connectWebSocket(
  url: string,
  answersPings = true,
  options: Pick<ClientOptions, 'localAddress' | 'headers'> = {},
): Promise<Client> {
  const socket = new WebSocket(url, { ...options, autoPong: answersPings, perMessageDeflate: false });
  const inbox = new Inbox(true);
  socket.on('message', (data: Buffer) => inbox.add(data.toString('utf8')));
  socket.on('close', (code) => inbox.end({ code }));
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const raw = (socket as unknown as { _socket: Socket })._socket;
  const send = (bytes: Buffer, frame: 'text' | 'binary' = 'text'): Promise<void> =>
    new Promise((resolve) => socket.send(bytes, { binary: frame === 'binary' }, () => resolve()));
  return {
    transport: 'websocket',
    inbox,
    send,
    async sendSlowly(bytes) {
      const text = bytes.toString('utf8');
      // A text frame must be UTF-8 by itself: what is not goes whole.
      if (!Buffer.from(text).equals(bytes)) return send(bytes);
      const characters = [...text];
      for (const [index, character] of characters.slice(0, SLOWLY).entries()) {
        socket.send(character);
        if (isTurn(index, text.length)) await turn();
      }
      const rest = characters.slice(SLOWLY).join('');
      if (rest !== '') await send(Buffer.from(rest));
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    finish: () => socket.close(1000),
    drop: () => socket.terminate(),
    reset: () => void raw.resetAndDestroy(),
  };
}
