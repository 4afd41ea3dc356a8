/** Sees to it that one program at a time uses a file; the system frees it when that program dies. */

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Whether the file is this program's now. It is until the program ends. */
export async function lockFile(path: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const address = findAddress(path, env);
  if (await listen(address)) return true;
  if (await isAnswered(address)) return false;
  // Left by a program that was killed.
  await rm(address, { force: true });
  return listen(address);
}

/** A socket's path may have no more than about a hundred characters: where it is says only a hash. */
function findAddress(path: string, { XDG_RUNTIME_DIR: folder }: NodeJS.ProcessEnv): string {
  const name = `ims-chat-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 24)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(folder || tmpdir(), name);
}

function listen(address: string): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => done(false));
    server.listen(address, () => done(true));
  });
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
