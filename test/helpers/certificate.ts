/** A certificate for 127.0.0.1 that nobody signed but itself, made by openssl when a test asks for it. */

import { execFileSync } from 'node:child_process';

const REQUEST = 'req -x509 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1';
const KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout - -out -';

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Certificate and key in PEM. Throws when openssl is missing. */
export function makeCertificate(): Certificate {
  const made = execFileSync('openssl', `${REQUEST} ${KEY}`.split(' '), { stdio: ['ignore', 'pipe', 'pipe'] });
  const [cert, key] = ['CERTIFICATE', 'PRIVATE KEY'].map((label) => {
    const found = new RegExp(`-----BEGIN ${label}-----[^]+?-----END ${label}-----\n`).exec(made.toString());
    if (!found) throw new Error(`openssl made no ${label}`);
    return Buffer.from(found[0]);
  });
  return { cert: cert as Buffer, key: key as Buffer };
}
