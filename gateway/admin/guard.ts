/** Who may speak to the admin listener: programs with the token, never a page in a browser. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { HttpError, type RequestHandler } from '../json-http.ts';

/** Refuses foreign names in Host, browsers, and wrong tokens, in this order. */
export function createGuard({ host, token }: { host: string; token: string }): RequestHandler {
  const right = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    // DNS rebinding: a page's own name, pointed at this machine. Nobody can point an address or localhost.
    if (!isOwnHost(request.headers.host, host))
      throw new HttpError(403, 'The admin listener does not go by this name.');
    if (request.headers.origin !== undefined)
      throw new HttpError(403, 'Pages in browsers may not use the admin listener.');
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), right)) {
      throw new HttpError(401, 'The token is missing or wrong.', { headers: { 'WWW-Authenticate': 'Bearer' } });
    }
    next();
  };
}

function isOwnHost(header: string | undefined, ownHost: string): boolean {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d+)?$/i.exec(header ?? '') ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || name === ownHost.toLowerCase();
}

/** Of equal length for any text, so that the comparison takes the same time for any. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
