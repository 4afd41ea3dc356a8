/** Peers for the transport contract: the same few things done over TCP and over WebSocket, plain and with TLS. */

import { EventEmitter, once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';

export interface Peer {
  /** Sends a document; resolves when the system took it. */
  send(document: string): Promise<void>;
  /** Sends a document byte by byte, each in a write of its own. */
  sendSlowly(document: string): Promise<void>;
  /** What came so far. */
  readonly text: string;
  until(isSo: (text: string) => boolean): Promise<void>;
  /** Stops and resumes reading. */
  pause(): void;
  resume(): void;
  /** Ends as it should: FIN, or the closing handshake. */
  finish(): void;
  /** Closes the TCP connection without a word. */
  drop(): void;
  /** A reset of the TCP connection. */
  reset(): void;
  /** The gateway ended: its FIN came (0), its close frame (the code), or the connection broke (-1). */
  readonly ended: Promise<number>;
}

export type Kind = 'tcp' | 'websocket';

/** Connects; `first` is sent as early as can be. */
export function connectPeer(kind: Kind, port: number, isSecure: boolean, first?: string): Promise<Peer> {
  return kind === 'tcp' ? connectStream(port, isSecure, first) : connectWebSocket(port, isSecure, first);
}

/** A TCP connection, and what carries bytes over it: with TLS, a stream above. */
function openStream(port: number, isSecure: boolean): { raw: Socket; stream: Socket } {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const stream = isSecure ? connectTls({ socket: raw, rejectUnauthorized: false }) : raw;
  stream.allowHalfOpen = true;
  raw.on('error', () => undefined);
  stream.on('error', () => undefined);
  return { raw, stream };
}

class Inbox extends EventEmitter {
  text = '';

  add(text: string): void {
    this.text += text;
    this.emit('more');
  }

  async until(isSo: (text: string) => boolean): Promise<void> {
    while (!isSo(this.text)) await once(this, 'more');
  }
}

function write(stream: Duplex, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => void stream.write(bytes, () => resolve()));
}

async function writeSlowly(stream: Duplex, bytes: Buffer): Promise<void> {
  for (const byte of bytes) await write(stream, Buffer.of(byte));
}

async function connectStream(port: number, isSecure: boolean, first?: string): Promise<Peer> {
  const { raw, stream } = openStream(port, isSecure);
  if (first !== undefined) stream.write(first);
  const inbox = new Inbox();
  stream.on('data', (data: Buffer) => inbox.add(data.toString('latin1')));
  const ended = new Promise<number>((resolve) => {
    stream.on('end', () => resolve(0));
    stream.on('close', () => resolve(-1));
  });
  await once(stream, isSecure ? 'secureConnect' : 'connect');
  return {
    send: (document) => write(stream, Buffer.from(document)),
    sendSlowly: (document) => writeSlowly(stream, Buffer.from(document)),
    get text() {
      return inbox.text;
    },
    until: (isSo) => inbox.until(isSo),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    finish: () => void stream.end(),
    drop: () => void raw.destroy(),
    reset: () => void raw.resetAndDestroy(),
    ended,
  };
}

async function connectWebSocket(port: number, isSecure: boolean, first?: string): Promise<Peer> {
  const { raw, stream } = openStream(port, isSecure);
  const url = `${isSecure ? 'wss' : 'ws'}://127.0.0.1:${port}/ims`;
  const socket = new WebSocket(url, { createConnection: () => stream });
  const inbox = new Inbox();
  socket.on('message', (data) => inbox.add((data as Buffer).toString('latin1')));
  socket.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code === 1006 ? -1 : code)));
  const send = (document: string): Promise<void> => new Promise((resolve) => socket.send(document, () => resolve()));
  await once(socket, 'open');
  if (first !== undefined) await send(first);
  return {
    send,
    sendSlowly: (document) => writeSlowly(stream, frameOf(Buffer.from(document))),
    get text() {
      return inbox.text;
    },
    until: (isSo) => inbox.until(isSo),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    finish: () => socket.close(1000),
    drop: () => void raw.destroy(),
    reset: () => void raw.resetAndDestroy(),
    ended,
  };
}

/** A text frame of less than 126 bytes with a mask of zeros. */
function frameOf(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x81, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}
