/** Files of the page over HTTP: as the build compressed them, for browsers that take it so. */

import { existsSync, readdirSync } from 'node:fs';
import { extname, sep } from 'node:path';
import { express, type RequestHandler } from './json-http.ts';

/** `Content-Encoding` of what the build writes beside a file, by its ending; the smaller one first. */
const ENCODINGS = new Map([
  ['.br', 'br'],
  ['.gz', 'gzip'],
]);

/** Serves the files of a folder; what is not there is left to the next handler. */
export function serveFiles(folder: string, cacheControl: string): RequestHandler {
  const names = new Set(listFiles(folder));
  const serve = express.static(folder, {
    redirect: false,
    setHeaders(response, path) {
      response.setHeader('Cache-Control', cacheControl);
      const encoding = ENCODINGS.get(extname(path));
      if (encoding === undefined) return;
      response.setHeader('Content-Encoding', encoding);
      response.type(extname(path.slice(0, -extname(path).length)));
    },
  });
  return (request, response, next) => {
    const { url } = request;
    const path = request.path === '/' ? '/index.html' : request.path;
    const encodings = [...ENCODINGS].filter(([ending]) => names.has(path + ending));
    if (encodings.length > 0) {
      response.vary('Accept-Encoding');
      // Browsers name them in any order.
      const taken = encodings.find(([, encoding]) => request.acceptsEncodings(encoding));
      request.url = path + (taken?.[0] ?? '');
    }
    serve(request, response, (error) => {
      request.url = url;
      next(error);
    });
  };
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `/${name.split(sep).join('/')}`);
}
