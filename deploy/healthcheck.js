/** The image's HEALTHCHECK: exits with 0 when the gateway of this container answers, with 1 when it does not. */

import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

/** Milliseconds. */
const PATIENCE = 3_000;
/** Where to find a gateway that listens on every address. */
const OWN = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const { HOST = '127.0.0.1', PORT = '8080', TLS_CERT } = process.env;
// An empty setting counts as unset. The certificate is for the outside's name.
const get = TLS_CERT ? getSecure : getPlain;
const request = get(
  {
    host: OWN[HOST] ?? (HOST || '127.0.0.1'),
    port: PORT || '8080',
    path: '/healthz',
    timeout: PATIENCE,
    rejectUnauthorized: false,
  },
  ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
