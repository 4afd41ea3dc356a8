/** Starts a Redis for tests, on a free port and in a folder of its own. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Ends it and removes its folder. Safe to repeat. */
  stop(): Promise<void>;
  /** Kills it as a crash would; what it wrote stays. */
  kill9(): Promise<void>;
  /** Starts it again on the same port and files; after `kill9`, or in place of it. */
  restart(): Promise<void>;
}

export interface RedisServerOptions {
  /** True when absent. */
  readonly appendonly?: boolean;
  /** More of the command line, e.g. `['--maxmemory-policy', 'allkeys-lru']`. */
  readonly args?: readonly string[];
}

/** Starts `$REDIS_SERVER`, or Debian's, and resolves when it answers. Rejects when it ends before. */
export async function startRedis({ appendonly = true, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-redis-'));
  const port = await findPort();
  const settings = [
    '--bind',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--dir',
    folder,
    '--save',
    '',
    '--appendfsync',
    'everysec',
  ];
  const start = (): Promise<ChildProcess> =>
    run(port, [...settings, '--appendonly', appendonly ? 'yes' : 'no', ...args]);
  let server = await start();

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid!;
    },
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    kill9: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      server = await start();
    },
  };
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function run(port: number, args: readonly string[]): Promise<ChildProcess> {
  const server = spawn(process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void server.kill('SIGKILL');
  // A test that fails before it stops its server leaves none behind.
  process.once('exit', kill);
  server.once('exit', () => process.off('exit', kill));
  let output = '';
  server.stdout.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-2_000)));
  server.stderr.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-2_000)));
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(`redis-server ended: ${output}`)));
  const answered = waitForAnswer(port, server);
  failed.catch(() => undefined);
  ended.catch(() => undefined);
  await Promise.race([answered, failed, ended]);
  return server;
}

/** Redis answers PING while it reads its files with LOADING, and then with PONG. */
async function waitForAnswer(port: number, server: ChildProcess): Promise<void> {
  while (server.exitCode === null && server.signalCode === null) {
    if (await isAnswering(port)) return;
    await sleep(10);
  }
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      // -NOAUTH: there, and asks for its password.
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    });
    socket.once('error', () => resolve(false));
    socket.once('end', () => resolve(false));
  });
}
