/** Starts an HAProxy for tests: the shipped configuration, on free ports, in front of these gateways. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpAddress } from '../transcripts/client.ts';
import { findPorts } from './ports.ts';

const HAPROXY = process.env['HAPROXY'] ?? '/usr/sbin/haproxy';
/** As seen from the project's folder, where the tests run. */
const CONFIGURATION = 'deploy/haproxy.cfg';
/** Milliseconds that it may take until it listens. */
const PATIENCE = 10_000;

export interface Balanced {
  readonly http: string;
  readonly tcp: TcpAddress;
}

export interface HaproxyServer {
  readonly http: string;
  readonly ws: string;
  readonly tcp: TcpAddress;
  /** What it has logged so far. */
  readonly log: string;
  /** Ends it. Safe to repeat. */
  stop(): Promise<void>;
}

/** What HAProxy says of the shipped configuration with these variables set. */
export async function checkConfiguration(
  variables: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const child = run(['-c'], variables);
  const read = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: read() };
}

/** Resolves when it listens; the gateways need not be there yet. Rejects when it ends before. */
export async function startHaproxy(gateways: readonly Balanced[]): Promise<HaproxyServer> {
  const [httpPort, tcpPort] = (await findPorts(2)) as [number, number];
  const variables: Record<string, string> = {
    HTTP_BIND: `127.0.0.1:${httpPort}`,
    TCP_BIND: `127.0.0.1:${tcpPort}`,
  };
  for (const [index, { http, tcp }] of gateways.entries()) {
    variables[`GATEWAY${index + 1}_HTTP`] = new URL(http).host;
    variables[`GATEWAY${index + 1}_TCP`] = `${tcp.host}:${tcp.port}`;
  }
  const child = run(['-db'], variables);
  const read = collect(child);
  const http = `http://127.0.0.1:${httpPort}`;
  await waitForAnswer(http, child, read);
  return {
    http,
    ws: `ws://127.0.0.1:${httpPort}/ims`,
    tcp: { host: '127.0.0.1', port: tcpPort },
    get log() {
      return read();
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function run(args: readonly string[], variables: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(HAPROXY, [...args, '-f', CONFIGURATION], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  // A test that fails before it stops its balancer leaves none behind.
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (data: string) => (output += data));
  }
  return () => output;
}

/** Any answer counts, HAProxy's own 503 too. */
async function waitForAnswer(http: string, child: ChildProcess, read: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  let problem: unknown;
  // A program that is not there emits an error in place of an exit.
  child.once('error', (error) => (problem = error));
  while (problem === undefined && child.exitCode === null && Date.now() < deadline) {
    const isThere = await fetch(`${http}/healthz`).then(
      (response) => response.text().then(() => true),
      () => false,
    );
    if (isThere) return;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new Error(`haproxy did not start: ${String(problem ?? read())}`);
}
