/** A gateway's address whose page can be exchanged: one version, another one, or two at once as in the middle of a deploy. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJsonApp, express } from '../../gateway/json-http.ts';
import { PAGE_DIR, protectPage, servePage } from '../../gateway/page.ts';

export interface Deployment {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** Serves another folder from now on; a function chooses for each request. */
  serve(choose: (path: string) => string): void;
  close(): Promise<void>;
}

/** Everything but the page's files goes to the gateway. */
export async function deploy(gateway: string): Promise<Deployment> {
  let choose: (path: string) => string = () => PAGE_DIR;
  const page = createJsonApp();
  page.use(...protectPage());
  page.use((incoming, response, next) => {
    if (incoming.path.startsWith('/api')) return forward(gateway, incoming, response);
    const app = express();
    servePage(app, choose(incoming.path));
    app(incoming, response, next);
  });
  const server = createServer(page);
  server.on('upgrade', (incoming: IncomingMessage, near, head) => {
    const { hostname, port } = new URL(gateway);
    const far = connect(Number(port), hostname);
    const headers = incoming.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${incoming.rawHeaders[index + 1]}\r\n`] : [],
    );
    far.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => [near, far].forEach((end) => end.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (other) => void (choose = other),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(gateway: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = incoming;
  const outgoing = request(new URL(url!, gateway), { method: method!, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

/**
 * A copy of the built page that is another version of it: its index.html says so, and its service worker knows. The
 * caller removes the folder.
 */
export async function makeNextVersion(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-page-'));
  await cp(PAGE_DIR, folder, { recursive: true });
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const next = html.replace('<meta ', '<meta name="version" content="next" />\n    <meta ');
  await writeFile(join(folder, 'index.html'), next);
  const worker = await readFile(join(folder, 'sw.js'), 'utf8');
  const version = /ims-page-[`"'+;,\w=\s]*?([0-9a-f]{16})/.exec(worker)![1]!;
  await writeFile(
    join(folder, 'sw.js'),
    worker.replace(digest(html), digest(next)).replaceAll(version, '0'.repeat(16)),
  );
  // The compressed ones are those of the version before.
  for (const name of ['index.html', 'sw.js']) {
    for (const ending of ['.br', '.gz']) await rm(join(folder, name + ending), { force: true });
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
