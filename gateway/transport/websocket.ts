/** IMS over WebSocket: takes upgrades on an HTTP server, and is the connection of each client. */

import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../clock.ts';
import type { Accept, CloseCode, Connection, ConnectionListener } from './connection.ts';

/** How long a peer may take for the closing handshake, in milliseconds. */
const END_TIME = 2_000;
/** The code with which `ws` reports a connection that ended without the peer's close frame. */
const NO_HANDSHAKE = 1006;

const LIMITS = {
  maxPayload: 256 * 1024,
  maxFragments: 128,
  // The longest document, 16 KiB, in packets of one byte.
  maxBufferedChunks: 20_000,
  perMessageDeflate: false,
};

export interface WebSocketOptions {
  readonly server: Server | SecureServer;
  /** The only path; others get 404. */
  readonly path: string;
  /** Who is not allowed gets 403. */
  readonly isOriginAllowed: (request: IncomingMessage) => boolean;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly clock: Clock;
  readonly accept: Accept;
}

export interface WebSocketListening {
  /** Takes no more connections (503); those that are open go on. */
  close(): void;
}

/** Takes WebSockets on a server that listens or is about to. */
export function listenWebSocket(options: WebSocketOptions): WebSocketListening {
  const sockets = new WebSocketServer({ ...LIMITS, noServer: true, clientTracking: false });
  options.server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== options.path) return refuse(stream, 404);
    if (!options.isOriginAllowed(request)) return refuse(stream, 403);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = new WebSocketConnection(socket, stream, options.addressOf(request), options.clock);
      connection.report(options.accept(connection));
    });
  });
  return { close: () => sockets.close() };
}

function refuse(stream: Duplex, status: number): void {
  stream.on('error', () => stream.destroy());
  stream.on('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

class WebSocketConnection implements Connection {
  readonly transport = 'websocket';
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  #listener: ConnectionListener | undefined;
  #cut: Timer | undefined;
  #pings = 0;
  #pongs = 0;
  #sends = 0;
  #isBehind = false;
  #isEnding = false;

  /** `stream` is what `socket` runs over. */
  constructor(socket: WebSocket, stream: Duplex, address: string, clock: Clock) {
    this.#socket = socket;
    this.#stream = stream;
    this.address = address;
    this.#clock = clock;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  /** Begins to report. */
  report(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#socket.on('message', (data, isBinary) => {
      if (this.#isEnding) return;
      if (isBinary) listener.receivedBinary();
      else listener.received(data.toString());
    });
    this.#socket.on('pong', (data) => this.#answered(Number(data)));
    // A frame that is too large or no UTF-8: `ws` says so to the peer, and waits for it to close.
    this.#socket.on('error', () => this.#cutSoon());
    this.#socket.on('close', (code) => {
      this.#cut?.cancel();
      // Frames may have crossed a close frame that the peer sent first: only an answered one proves anything.
      listener.closed(this.#isEnding && code !== NO_HANDSHAKE);
    });
  }

  send(documents: readonly string[], flushed?: () => void): void {
    const last = documents.length - 1;
    if (last < 0 || this.#isEnding || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#sends++;
    this.#stream.cork();
    documents.forEach((document, index) => {
      const taken = (error?: Error | null): void => void (error ?? this.#taken(flushed));
      // As bytes, since Node counts what is buffered of a string in characters.
      this.#socket.send(Buffer.from(document), { binary: false }, index === last ? taken : undefined);
    });
    this.#stream.uncork();
    if (this.buffered > 0) this.#isBehind = true;
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(String(++this.#pings));
  }

  pause(): void {
    if (!this.#isEnding) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(code: CloseCode): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.resume();
    this.#socket.close(code);
    this.#cutSoon();
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #taken(flushed?: () => void): void {
    flushed?.();
    // Counted by sends: bytes may also be those of a pong that waits behind them.
    if (--this.#sends > 0 || !this.#isBehind) return;
    this.#isBehind = false;
    if (!this.#isEnding) this.#listener?.drained();
  }

  /** A peer may answer the last of several pings only, and may send pongs that answer none (RFC 6455, 5.5.3). */
  #answered(ping: number): void {
    if (!(ping <= this.#pings)) return;
    while (this.#pongs < ping && !this.#isEnding) {
      this.#pongs++;
      this.#listener?.pong();
    }
  }

  #cutSoon(): void {
    this.#cut ??= this.#clock.after(END_TIME, () => this.#socket.terminate());
  }
}
