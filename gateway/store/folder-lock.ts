/** Locks a folder for the process that uses it, for as long as that process lives. */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FolderLock {
  /** Gives the folder free. */
  close(): Promise<void>;
}

const PREFIX = 'lock-';
/** A Unix socket's path has 108 bytes, its end included; on some systems 104. */
const MAX_SOCKET_PATH = 100;
const TRIES = 6;
const MAX_PAUSE = 80;

/**
 * Each process listens on a Unix socket of its own in the folder, and a socket that can be connected to is a process
 * that lives: the system closes it with the process, `kill -9` included. One that finds another alive withdraws. It
 * listens first and looks then, so that of two that start at once at least one sees the other; when both do, both
 * withdraw and try again after a random pause.
 * @throws Error with one line that names the folder, when it is in use or cannot be written.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const lock = await tryLock(folder);
    if (lock) return lock;
    await sleep(Math.random() * MAX_PAUSE);
  }
  throw new Error(`the data folder ${folder} is in use by another process`);
}

async function tryLock(folder: string): Promise<FolderLock | undefined> {
  const name = PREFIX + randomBytes(6).toString('hex');
  const reach = openReach(folder);
  const server = await listen(join(reach.path, name)).catch((error: unknown) => {
    reach.close();
    throw new Error(`the data folder ${folder} cannot be written: ${(error as Error).message}`);
  });
  const close = async () => {
    // Closing also removes the socket from the folder.
    await new Promise((resolve) => server.close(resolve));
    reach.close();
  };
  const others = readdirSync(folder).filter((other) => other.startsWith(PREFIX) && other !== name);
  const areAlive = await Promise.all(others.map((other) => isAlive(join(reach.path, other))));
  // Our own may be gone: between its making and its listening it looked dead to another process.
  if (areAlive.includes(true) || !existsSync(join(folder, name))) {
    await close();
    return undefined;
  }
  for (const other of others) rmSync(join(folder, other), { force: true });
  return { close };
}

/** A path to the folder that is short enough for a socket in it: its own, or on Linux that of an open descriptor. */
function openReach(folder: string): { path: string; close: () => void } {
  if (Buffer.byteLength(join(folder, PREFIX)) + 12 <= MAX_SOCKET_PATH) return { path: folder, close: () => {} };
  if (process.platform !== 'linux') throw new Error(`the data folder ${folder} has too long a path`);
  const descriptor = openSync(folder, 'r');
  return { path: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) };
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => resolve(server.unref()));
  });
}

/** Whether a process listens on the socket. Whatever cannot be told counts as alive. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => (socket.destroy(), resolve(true)));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
