/** Starts an express app on a port of its own, with what createHttp and createAdmin need around it. */

import { once } from 'node:events';
import { request as sendRequest, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { readConfig, type Config } from '../../gateway/config.ts';
import { createHttpServer } from '../../gateway/http.ts';
import { createLogger, type Logger } from '../../gateway/log.ts';
import { createPasswords } from '../../gateway/passwords.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import type { Store } from '../../gateway/store/store.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

export const TOKEN = 'a-token-that-only-tests-know';
/** The MD5 of `secret`. */
export const PASS = '5ebe2294ecd0e0f08eab7690d2a6ee69';

/** Everything real but the clock; `logged` collects what is logged. */
export function createParts(env: NodeJS.ProcessEnv = {}) {
  const config: Config = readConfig({ ADMIN_TOKEN: TOKEN, ...env });
  const logged: string[] = [];
  const logger: Logger = createLogger({ logLevel: 'trace' }, { write: (line) => void logged.push(line) });
  const clock = createManualClock();
  const store: Store = createMemoryStore({ clock, limits: config.limits.store });
  const passwords = createPasswords({ concurrency: 2, queue: 100 });
  return { config, logger, logged, clock, store, passwords };
}

/** The URL of the app, which listens until the test ends. */
export async function listen(test: TestContext, app: RequestListener): Promise<string> {
  const server = createHttpServer({}, app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

/** A request with any header, also Host and Origin, which fetch would not send. */
export async function send(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawAnswer> {
  const request = sendRequest(url, { method, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    json: isJson && text ? JSON.parse(text) : undefined,
  };
}
