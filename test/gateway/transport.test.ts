/** Runs the transport contract over TCP and WebSocket, plain and with TLS. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testTransport, type TransportUnderTest } from '../contract/transport.ts';
import { makeCertificate, type Certificate } from '../helpers/certificate.ts';
import { listenTcp } from '../../gateway/transport/tcp.ts';
import { createTrust } from '../../gateway/transport/trust.ts';
import { listenWebSocket } from '../../gateway/transport/websocket.ts';

const host = '127.0.0.1';
const certificate = makeCertificate();
const { isTrusted, addressOf } = createTrust([]);

function tcp(tls?: Certificate): TransportUnderTest {
  return {
    kind: 'tcp',
    isSecure: tls !== undefined,
    listen: (clock, accept) => listenTcp({ host, port: 0, ...(tls && { tls }), isTrusted, clock, accept }),
  };
}

function webSocket(tls?: Certificate): TransportUnderTest {
  return {
    kind: 'websocket',
    isSecure: tls !== undefined,
    async listen(clock, accept) {
      const server: Server = tls ? createSecureServer(tls) : createServer();
      const isOriginAllowed = (): boolean => true;
      const listening = listenWebSocket({ server, path: '/ims', isOriginAllowed, addressOf, clock, accept });
      server.listen(0, host);
      await once(server, 'listening');
      return {
        port: (server.address() as AddressInfo).port,
        async close() {
          listening.close();
          server.close();
        },
      };
    },
  };
}

testTransport('TCP', tcp());
testTransport('TCP with TLS', tcp(certificate));
testTransport('WebSocket', webSocket());
testTransport('WebSocket with TLS', webSocket(certificate));
