/** One connection to a gateway, over TCP, TLS or WebSocket: opened once, closed once, silent after that. */

import { connect as connectTcp, isIP, type Socket as TcpSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';

/** Where a gateway is. `ca`: PEM certificates that are trusted, instead of those that Node knows. */
export type Address =
  | {
      readonly host: string;
      readonly port: number;
      readonly isTls?: boolean | undefined;
      readonly ca?: string | undefined;
    }
  /** `ws://…/ims` or `wss://…/ims` */
  | { readonly url: string; readonly ca?: string | undefined };

export interface SocketListener {
  opened(): void;
  received(data: Uint8Array): void;
  /** It broke, was closed by the other side, or could not be opened. Once, and not after an own `close`. */
  closed(): void;
}

export interface Socket {
  /** Texts to be written in this order, each in a frame of its own where there are frames. */
  write(texts: readonly string[]): void;
  /** Ends it, after what was written. Nothing is reported any more. */
  close(): void;
}

/** The network's part of a socket. */
interface Wire {
  write(texts: readonly string[]): void;
  end(): void;
  destroy(): void;
}

/** How long opening may take: a host that does not answer would hold it for minutes. */
const OPEN_TIMEOUT = 10_000;
/** How long an end in order may take. */
const END_TIMEOUT = 2_000;

/** Opens a connection. Never throws, and reports nothing before it has returned. */
export function openSocket(address: Address, listener: SocketListener): Socket {
  let isOver = false;
  let wire: Wire | undefined;
  const end = (): boolean => {
    clearTimeout(timeout);
    const wasOver = isOver;
    isOver = true;
    return !wasOver;
  };
  const lose = (): void => {
    if (!end()) return;
    wire?.destroy();
    listener.closed();
  };
  const timeout = setTimeout(lose, OPEN_TIMEOUT);
  const target: SocketListener = {
    opened() {
      clearTimeout(timeout);
      if (!isOver) listener.opened();
    },
    received: (data) => void (isOver || listener.received(data)),
    closed: lose,
  };
  try {
    wire = 'url' in address ? openWebSocket(address, target) : openTcp(address, target);
  } catch {
    // No such URL or port can be.
    setImmediate(lose);
  }
  return {
    write: (texts) => void (isOver || wire?.write(texts)),
    close() {
      if (!end() || !wire) return;
      wire.end();
      setTimeout(wire.destroy, END_TIMEOUT).unref();
    },
  };
}

function openTcp({ host, port, isTls, ca }: Exclude<Address, { url: string }>, target: SocketListener): Wire {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket: TcpSocket = isTls
    ? connectTls({ host, port, ...name, ...(ca === undefined ? {} : { ca }) })
    : connectTcp({ host, port });
  socket.setNoDelay(true);
  socket.once(isTls ? 'secureConnect' : 'connect', target.opened);
  socket.on('data', target.received);
  // 'close' follows; nobody else listens.
  socket.on('error', () => {});
  socket.once('end', target.closed);
  socket.once('close', target.closed);
  return {
    write: (texts) => void socket.write(texts.join('')),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

function openWebSocket({ url, ca }: Extract<Address, { url: string }>, target: SocketListener): Wire {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...(ca === undefined ? {} : { ca }) });
  socket.binaryType = 'nodebuffer';
  socket.once('open', target.opened);
  socket.on('message', (data: Buffer) => target.received(data));
  socket.on('error', () => {});
  socket.once('close', target.closed);
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN;
  return {
    write(texts) {
      for (const text of texts) if (isOpen()) socket.send(text, () => {});
    },
    end: () => socket.close(),
    destroy: () => socket.terminate(),
  };
}
