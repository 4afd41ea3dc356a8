/** A Redis process for tests: started, killed, frozen and started again; none outlives the tests. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RedisProcess {
  readonly url: string;
  readonly port: number;
  /** Where it keeps its files. */
  readonly folder: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Runs and is not frozen. */
  readonly isAnswering: boolean;
  /** Ends it and removes its folder. Safe to repeat. */
  stop(): Promise<void>;
  /** Kills it as a crash would; what it wrote stays. */
  kill9(): Promise<void>;
  /** Stops it where it is: its connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same port and files; after `kill9`, or in place of it. */
  restart(): Promise<void>;
}

/** How it is started: the port and the folder are there already. */
export type RedisArgs = (folder: string) => readonly string[] | Promise<readonly string[]>;

/** Starts `$REDIS_SERVER`, or Debian's, on this port; resolves when it answers. Rejects when it ends before. */
export async function startRedisProcess(port: number, toArgs: RedisArgs): Promise<RedisProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-redis-'));
  const start = async (): Promise<ChildProcess> => run(port, await toArgs(folder));
  let server = await start();
  let isFrozen = false;

  function isRunning(): boolean {
    return server.exitCode === null && server.signalCode === null;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!isRunning()) return;
    thaw();
    server.kill(signal);
    if (isRunning()) await once(server, 'exit');
  }

  function thaw(): void {
    isFrozen = false;
    server.kill('SIGCONT');
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return server.pid!;
    },
    get isAnswering() {
      return isRunning() && !isFrozen;
    },
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    // Not by way of `end`: a frozen one must not run again for a moment.
    async kill9() {
      isFrozen = false;
      if (!isRunning()) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
    freeze() {
      isFrozen = true;
      server.kill('SIGSTOP');
    },
    thaw,
    async restart() {
      await end('SIGTERM');
      server = await start();
    },
  };
}

/** The settings that every Redis of the tests has. */
export function serverArgs(port: number, folder: string, isAppendOnly = true): string[] {
  const settings = { bind: '127.0.0.1', port, dir: folder, save: '', appendfsync: 'everysec' };
  const appendonly = isAppendOnly ? 'yes' : 'no';
  return Object.entries({ ...settings, appendonly }).flatMap(([name, value]) => [`--${name}`, `${value}`]);
}

// A test that fails before it stops its servers leaves none behind.
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((server) => server.kill('SIGKILL')));
// A test that takes too long is ended by SIGTERM, which alone makes no `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

async function run(port: number, args: readonly string[]): Promise<ChildProcess> {
  const server = spawn(process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(server);
  server.once('exit', () => running.delete(server));
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
      // -NOAUTH: there, and asks for its password. -MASTERDOWN: a replica that has no data yet.
      resolve(/^(\+PONG|-NOAUTH|-MASTERDOWN)/.test(data.toString()));
    });
    socket.once('error', () => resolve(false));
    socket.once('end', () => resolve(false));
  });
}
