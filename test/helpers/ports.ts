/** Free ports for servers that must be told theirs. */

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A node of Redis Cluster talks to the others at its port plus so much. */
const BUS = 10_000;
/** Below where systems take the ports of outgoing connections from, the bus' included: a restart finds its port free. */
const [FIRST, LAST] = [11_000, 22_000];

/** A port of 127.0.0.1 that is free, and so is the one that a cluster's bus would have; no other test file finds it meanwhile. */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if ((await reserve(port)) && (await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}

/** So many different ones. */
export async function findPorts(count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, findPort));
}

/** Keeps the same port of UDP, which nothing here uses, until this process ends. False where another one has it. */
async function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
  try {
    await once(socket, 'listening');
    socket.unref();
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
