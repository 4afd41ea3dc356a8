/** IMS over TCP, plain or with TLS: listens, and is the connection of each client. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Clock, Timer } from '../clock.ts';
import type { Accept, Connection, ConnectionListener } from './connection.ts';
import { readProxyHeader } from './proxy-protocol.ts';
import { createSecure } from './tls.ts';
import { toPlainAddress } from './trust.ts';

/** How long a peer may take to close after we ended, in milliseconds. */
const END_TIME = 2_000;
/** How long a reset may follow the peer's FIN, in milliseconds (IMS 2, "What is promised"). */
const RESET_TIME = 1_000;
/** When the system begins to probe a silent peer, in milliseconds. */
const KEEP_ALIVE = 60_000;

export interface TcpOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Certificate and key in PEM; then the listener speaks TLS only. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Whose PROXY header is believed; that of others is no IMS. */
  readonly isTrusted: (address: string) => boolean;
  readonly clock: Clock;
  readonly accept: Accept;
}

export interface TcpListening {
  readonly port: number;
  /** Takes no more connections; those that are open go on. */
  close(): Promise<void>;
}

/** Listens for native clients. Rejects when the port cannot be had. */
export async function listenTcp({ host, port, tls, isTrusted, clock, accept }: TcpOptions): Promise<TcpListening> {
  const secure = tls && createSecure(tls, clock);
  const arriving = new Set<Socket>();

  function open(socket: Socket, raw: Socket, address: string): void {
    arriving.delete(raw);
    const connection = new TcpConnection(socket, raw, address, clock);
    connection.report(accept(connection));
  }

  function arrive(raw: Socket): void {
    arriving.add(raw);
    raw.on('error', () => raw.destroy());
    raw.on('close', () => arriving.delete(raw));
    const peer = toPlainAddress(raw.remoteAddress ?? '');
    const proceed = (address = peer): void =>
      secure ? secure(raw, (socket) => open(socket, raw, address)) : open(raw, raw, address);
    if (isTrusted(peer)) readProxyHeader(raw, clock, proceed);
    else proceed();
  }

  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE },
    arrive,
  );
  server.listen(port, host);
  await once(server, 'listening');
  // One connection that could not be taken (no more file descriptors) must not be the end of all others.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const raw of arriving) raw.destroy();
    },
  };
}

class TcpConnection implements Connection {
  readonly transport = 'tcp';
  readonly address: string;
  readonly #socket: Socket;
  readonly #raw: Socket;
  readonly #clock: Clock;
  #listener: ConnectionListener | undefined;
  #timers: Timer[] = [];
  #isPaused = false;
  #isBehind = false;
  #isEnding = false;
  #isFinished = false;
  #isBroken = false;

  /** `raw` is what `socket` runs over: with TLS the socket below, else the same. */
  constructor(socket: Socket, raw: Socket, address: string, clock: Clock) {
    this.#socket = socket;
    this.#raw = raw;
    this.address = address;
    this.#clock = clock;
  }

  get buffered(): number {
    return this.#socket.writableLength;
  }

  /** Begins to read and to report. */
  report(listener: ConnectionListener): void {
    this.#listener = listener;
    const breakOff = (): void => void (this.#isBroken = true);
    this.#raw.on('error', breakOff);
    if (this.#socket !== this.#raw) this.#socket.on('error', breakOff);
    this.#socket.on('data', (data: Buffer) => this.#isEnding || listener.received(data));
    this.#socket.on('end', () => this.#finish());
    this.#socket.on('close', () => this.#close());
    if (!this.#isPaused) this.#socket.resume();
  }

  send(documents: readonly string[], flushed?: () => void): void {
    if (this.#isEnding || this.#socket.destroyed) return;
    // As bytes, since Node counts what is buffered of a string in characters.
    this.#socket.write(Buffer.from(documents.join('')), (error) => error ?? this.#taken(flushed));
    if (this.buffered > 0) this.#isBehind = true;
  }

  ping(): void {}

  pause(): void {
    if (this.#isEnding) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.resume();
    this.#timers.push(this.#clock.after(END_TIME, () => this.destroy()));
    if (this.#isFinished) this.#timers.push(this.#clock.after(RESET_TIME, () => this.#sendFin()));
    else this.#sendFin();
  }

  destroy(): void {
    this.#isBroken = true;
    this.#socket.destroy();
  }

  #taken(flushed?: () => void): void {
    flushed?.();
    if (!this.#isBehind || this.buffered > 0) return;
    this.#isBehind = false;
    if (!this.#isEnding) this.#listener?.drained();
  }

  #finish(): void {
    this.#isFinished = true;
    if (!this.#isEnding) this.#listener?.finished();
  }

  /**
   * A reset after the peer's FIN shows only when something is written, and never after our own FIN. So ours waits
   * for it, and an empty write asks the system: it sends nothing, and fails if there was a reset. Without waiting it
   * is for TLS, which in Node 20 takes a reset that its own writes (session tickets) meet for the peer's FIN.
   */
  #sendFin(): void {
    this.#raw.write('');
    this.#socket.end();
  }

  #close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#listener?.closed(this.#isFinished && !this.#isBroken);
  }
}
