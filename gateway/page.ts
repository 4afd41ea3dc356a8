/** The built page: its files, how long browsers keep them, what it may do. */

import { fileURLToPath } from 'node:url';
import helmet from 'helmet';
import { allowOnly, type Express, type RequestHandler } from './json-http.ts';
import { serveFiles } from './page-files.ts';

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

/** What a browser can do, and this page does not: nothing that got into it shall either. */
const UNUSED_FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/**
 * The headers that keep the page to itself: its own scripts, its own gateway, in nobody's frame. The rest is helmet's:
 * no referrer, no guessing of types, no other page that holds its window.
 */
export function protectPage(): readonly RequestHandler[] {
  const permissions = UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', ');
  return [
    protectByHelmet(),
    (_request, response, next) => {
      response.setHeader('Permissions-Policy', permissions);
      next();
    },
  ];
}

function protectByHelmet(): RequestHandler {
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
        // Text becomes markup or script only in Svelte's own templates, as XML that is read (protocol/browser.ts), and as
        // the address of a worker.
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['svelte-trusted-html', 'ims-documents', 'ims-workers'],
      },
    },
    xFrameOptions: { action: 'deny' },
    // It would hold for the host's other ports too: a decision for whoever owns the host.
    strictTransportSecurity: false,
  });
}
