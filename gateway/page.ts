/** The built page: its files, how long browsers keep them, what it may do. */

import { fileURLToPath } from 'node:url';
import helmet from 'helmet';
import { allowOnly, express, type Express, type RequestHandler } from './json-http.ts';

/** Where the build puts the page, seen from where it puts this file. */
export const PAGE_DIR = fileURLToPath(new URL('../web/', import.meta.url));

/** Serves the page at `/`; where it is not built, a line that says how. */
export function servePage(app: Express, pageDir: string): void {
  // Vite names the files in assets/ by what is in them.
  app.use('/assets', serveFiles(`${pageDir}/assets`, 'public, max-age=31536000, immutable'));
  app.use(serveFiles(pageDir, 'no-cache'));
  // Reached only where there is no index.html.
  app
    .route('/')
    .get((_request, response) => {
      response.status(503).type('text').send('The page is not built: run npm run build.\n');
    })
    .all(allowOnly('GET', 'HEAD'));
}

function serveFiles(folder: string, cacheControl: string): RequestHandler {
  return express.static(folder, {
    redirect: false,
    setHeaders: (response) => void response.setHeader('Cache-Control', cacheControl),
  });
}

/** The headers that keep the page to itself: its own scripts, its own gateway, in nobody's frame. */
export function protectPage(): RequestHandler {
  const self = ["'self'"];
  const none = ["'none'"];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: none,
        scriptSrc: self,
        styleSrc: self,
        imgSrc: ["'self'", 'data:'],
        fontSrc: self,
        // Also ws: and wss: of the same host and port (CSP 3; Safari from 15.4).
        connectSrc: self,
        manifestSrc: self,
        workerSrc: self,
        baseUri: none,
        formAction: self,
        frameAncestors: none,
      },
    },
    xFrameOptions: { action: 'deny' },
    // It would hold for the host's other ports too: a decision for whoever owns the host.
    strictTransportSecurity: false,
  });
}
