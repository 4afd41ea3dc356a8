/** A gateway in a process of its own, that can be killed. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findPort } from '../helpers/ports.ts';
import type { TcpAddress } from '../transcripts/client.ts';

export const ADMIN_TOKEN = 'a-token-for-tests-not-a-secret';

/** Ports that are tried. */
const TRIES = 3;

const MAIN = fileURLToPath(new URL('../../gateway/main.js', import.meta.url));

export interface GatewayProcess {
  readonly pid: number;
  readonly isRunning: boolean;
  readonly http: string;
  readonly ws: string;
  readonly tcp: TcpAddress;
  /** The admin listener; its token is in `ADMIN_TOKEN`. */
  readonly admin: string;
  /** What it has logged so far, JSON lines; nothing with LOG_LEVEL `silent`. */
  readonly log: string;
  /** Kills it as a crash would. */
  kill9(): Promise<void>;
  /** Ends it in order; gives the exit code. Safe to repeat, and after `kill9`. */
  stop(): Promise<number | null>;
}

/**
 * Starts `gateway/main`, or another program that is like it, with these settings on free ports; resolves when it has
 * printed its addresses.
 */
export async function startGatewayProcess(settings: NodeJS.ProcessEnv, main = MAIN): Promise<GatewayProcess> {
  for (let tries = TRIES; ; tries -= 1) {
    try {
      // TCP_PORT 0 means no listener, so a free one must be found first.
      return await start(settings, main, Number(settings['TCP_PORT'] ?? (await findPort())));
    } catch (error) {
      // Another test may have taken the port that was found.
      const isTaken = settings['TCP_PORT'] === undefined && /which another process uses/.test((error as Error).message);
      if (!isTaken || tries === 1) throw error;
    }
  }
}

async function start(settings: NodeJS.ProcessEnv, main: string, port: number): Promise<GatewayProcess> {
  const env = {
    ...process.env,
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_TOKEN,
    TCP_PORT: String(port),
    LOG_LEVEL: 'silent',
    ACCOUNTS_PER_HOUR: '100000',
    ...settings,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  // A test that fails before it stops its gateway leaves none behind.
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let log = '';
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const { http, admin } = await readAddresses(child, () => log);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (isRunning()) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    pid: child.pid!,
    get isRunning() {
      return isRunning();
    },
    http,
    ws: `${http.replace('http', 'ws')}/ims`,
    tcp: { host: '127.0.0.1', port },
    admin,
    get log() {
      return log;
    },
    kill9: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

async function readAddresses(child: ChildProcess, readErrors: () => string): Promise<{ http: string; admin: string }> {
  let printed = '';
  for await (const line of createInterface(child.stdout!)) {
    printed += `${line}\n`;
    if (!/^Store\b/.test(line)) continue;
    child.stdout!.resume();
    const http = /^Chat page +(https?:\/\/127\.0\.0\.1:\d+)/m.exec(printed)?.[1];
    const admin = /^Administration +(127\.0\.0\.1:\d+)/m.exec(printed)?.[1];
    if (http !== undefined && admin !== undefined) return { http, admin: `http://${admin}` };
  }
  throw new Error(`the gateway did not start: ${readErrors()}`);
}
