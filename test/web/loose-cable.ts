/** A cable between browser and gateway that can be pulled, or let through in one direction alone. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Cable {
  /** What the browser opens in place of the gateway's address. */
  readonly address: string;
  /** What the gateway sends does not arrive any more. */
  hold(): void;
  /** Nothing arrives any more, in either direction, and nobody is told. */
  silence(): void;
  /** Breaks all connections, and lets no new one through. */
  cut(): void;
  /** New connections are let through again. */
  mend(): void;
  /** New connections lead to another gateway; those that are open stay. */
  lead(gateway: string): void;
  close(): Promise<void>;
}

/** A cable to the gateway at this address, `http://127.0.0.1:PORT`. */
export async function layCable(gateway: string): Promise<Cable> {
  let { hostname, port } = new URL(gateway);
  const open = new Set<{ near: Socket; far: Socket }>();
  let isCut = false;
  const cut = (): void => {
    for (const { near, far } of open) [near, far].forEach((socket) => socket.destroy());
  };
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    const pair = { near, far };
    open.add(pair);
    near.pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // Where nobody answers the other end hears of it.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        if (other.closed) open.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      for (const { near, far } of open) far.unpipe(near).resume();
    },
    silence() {
      for (const { near, far } of open) {
        far.unpipe(near).resume();
        near.unpipe(far).resume();
      }
    },
    cut() {
      isCut = true;
      cut();
    },
    mend: () => void (isCut = false),
    lead: (other) => void ({ hostname, port } = new URL(other)),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
