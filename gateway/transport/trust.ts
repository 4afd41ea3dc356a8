/** Which addresses are proxies of ours, and what they say of the clients behind them. */

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';

export interface Trust {
  /** Whether this address is a proxy that is believed. */
  isTrusted(address: string): boolean;
  /** The client's address: X-Forwarded-For from right to left as far as trusted proxies wrote it, or the peer's own. */
  addressOf(request: IncomingMessage): string;
}

/**
 * Trusts these addresses and ranges (`10.0.0.0/8`, `fd00::/8`; also `loopback`, `linklocal`, `uniquelocal`).
 * Throws an Error that names the first that is none.
 */
export function createTrust(proxies: readonly string[]): Trust {
  for (const proxy of proxies) checkProxy(proxy);
  const isTrusted = proxyAddr.compile([...proxies]);
  return {
    isTrusted: (address) => isTrusted(address, 0),
    addressOf(request) {
      // A trusted proxy may write what is no address ("unknown"): then the client is whoever is nearest to it.
      const known = proxyAddr.all(request, isTrusted).findLast((address) => isIP(address ?? '') !== 0);
      return toPlainAddress(known ?? '');
    },
  };
}

/** An IPv4 address that was mapped into IPv6 (`::ffff:127.0.0.1`) as IPv4; any other as it is. */
export function toPlainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

const NAMED = ['loopback', 'linklocal', 'uniquelocal'];

function checkProxy(proxy: string): void {
  try {
    // proxy-addr also reads `10` as an address: 0.0.0.10.
    if (!NAMED.includes(proxy) && isIP(proxy.split('/', 1)[0] ?? '') === 0) throw new Error('no IP address');
    proxyAddr.compile(proxy);
  } catch (error) {
    throw new Error(`"${proxy}" is neither an address nor a range of addresses`, { cause: error });
  }
}
