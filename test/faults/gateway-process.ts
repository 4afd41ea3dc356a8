/** A gateway in a process of its own, that can be killed. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TcpAddress } from '../transcripts/client.ts';

const MAIN = fileURLToPath(new URL('../../gateway/main.js', import.meta.url));

export interface GatewayProcess {
  readonly pid: number;
  readonly http: string;
  readonly ws: string;
  readonly tcp: TcpAddress;
  /** Kills it as a crash would. */
  kill9(): Promise<void>;
  /** Ends it in order; gives the exit code. Safe to repeat, and after `kill9`. */
  stop(): Promise<number | null>;
}

/** Starts `gateway/main` with these settings on free ports; resolves when it has printed its addresses. */
export async function startGatewayProcess(settings: NodeJS.ProcessEnv): Promise<GatewayProcess> {
  const port = await findPort();
  const env = {
    ...process.env,
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_TOKEN: 'a-token-for-tests-not-a-secret',
    TCP_PORT: String(port),
    LOG_LEVEL: 'silent',
    ACCOUNTS_PER_HOUR: '100000',
    ...settings,
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const http = await readAddress(child);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    pid: child.pid!,
    http,
    ws: `${http.replace('http', 'ws')}/ims`,
    tcp: { host: '127.0.0.1', port },
    kill9: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** TCP_PORT 0 means no listener, so a free one must be found first. */
async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function readAddress(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
  let address: string | undefined;
  for await (const line of createInterface(child.stdout!)) {
    address ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address !== undefined && /^Store\b/.test(line)) {
      child.stdout!.resume();
      return address;
    }
  }
  throw new Error(`the gateway did not start: ${errors}`);
}
