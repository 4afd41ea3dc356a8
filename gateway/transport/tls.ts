/** TLS on connections that are already open: a PROXY header comes before the handshake. */

import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';

/** How long a handshake may take, in milliseconds. */
const HANDSHAKE_TIME = 10_000;

/** Makes a connection a secure one; `done` is not called, and the socket destroyed, when the handshake fails. */
export type Secure = (raw: Socket, done: (socket: TLSSocket) => void) => void;

/** Prepares for handshakes with this certificate (PEM). Throws when it does not fit the key. */
export function createSecure(tls: { readonly cert: Buffer; readonly key: Buffer }, clock: Clock): Secure {
  // Node's server does not say which socket a secure one was made of.
  const waiting = new Map<string, (socket: TLSSocket) => void>();
  const server = createServer({ cert: tls.cert, key: tls.key });
  server.on('secureConnection', (socket) => {
    const done = waiting.get(nameOf(socket));
    if (done) done(socket);
    else socket.destroy();
  });

  return (raw, done) => {
    const name = nameOf(raw);
    const timer = clock.after(HANDSHAKE_TIME, () => raw.destroy());
    const stop = (): void => {
      timer.cancel();
      raw.off('close', stop);
      if (waiting.get(name) === secured) waiting.delete(name);
    };
    const secured = (socket: TLSSocket): void => {
      stop();
      done(socket);
    };
    waiting.set(name, secured);
    raw.on('close', stop);
    server.emit('connection', raw);
  };
}

function nameOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}
