/** Free ports for servers that must be told theirs. */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A node of Redis Cluster talks to the others at its port plus so much. */
const BUS = 10_000;
/** A port so much higher is kept until this process ends: what was found here no other test file finds meanwhile. */
const GUARD = 2 * BUS;
/** Below where systems take the ports of outgoing connections from, the bus' included: a restart finds its port free. */
const [FIRST, LAST] = [11_000, 22_000];

/** A port of 127.0.0.1 that is free, and so is the one that a cluster's bus would have. */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    const guard = await listen(port + GUARD);
    if (guard === undefined) continue;
    if ((await isFree(port)) && (await isFree(port + BUS))) {
      guard.unref();
      return port;
    }
    guard.close();
  }
}

/** So many different ones. */
export async function findPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findPort());
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Undefined where somebody else has the port. */
async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
