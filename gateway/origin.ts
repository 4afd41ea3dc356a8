/** Which pages may talk to the gateway. */

import type { IncomingMessage } from 'node:http';
import { toOrigin } from './settings.ts';

/** Whether a request comes from an allowed page, or from no browser. */
export type OriginCheck = (request: Pick<IncomingMessage, 'headers'>) => boolean;

/** Lets in the page's own origin, those allowed besides (`*`: any), and what has no Origin: it is no browser. */
export function createOriginCheck(allowed: readonly string[] = []): OriginCheck {
  return ({ headers }) => {
    if (headers.origin === undefined || allowed.includes('*')) return true;
    const origin = toOrigin(headers.origin);
    if (origin === undefined) return false;
    return allowed.includes(origin) || origin === ownOrigin(origin, headers.host);
  };
}

/** By Host alone: whether a proxy in front speaks TLS is not known here. With the origin's scheme, default ports agree. */
function ownOrigin(origin: string, host: string | undefined): string | undefined {
  return toOrigin(`${origin.slice(0, origin.indexOf(':'))}://${host}`);
}
