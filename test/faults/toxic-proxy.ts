/** A bad network between clients and a gateway: bytes come in pieces and late, and connections are cut anywhere, or go silent. */

import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Random } from '../helpers/random.ts';

/** Bytes in a piece, and milliseconds between two pieces, at most. */
const PIECE = 400;
const DELAY = 3;

export interface ToxicPlan {
  readonly random: Random;
  /** Bytes, in both directions together, after which a connection is cut, at most; undefined: it is left alone. */
  readonly mostBytes: () => number | undefined;
  /** One cut in so many ends nothing: both sides just hear nothing any more. None unless told. */
  readonly silentEvery?: number;
}

export interface ToxicProxy {
  readonly port: number;
  /** Connections that were cut, those that went silent included. */
  readonly cuts: number;
  readonly silences: number;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 for whoever is at `target` now. */
export async function startToxicProxy(target: () => number, plan: ToxicPlan): Promise<ToxicProxy> {
  const passages = new Set<Passage>();
  const counts = { cuts: 0, silences: 0 };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = createConnection({ port: target(), host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const passage = new Passage(client, upstream, plan, counts);
    passages.add(passage);
    client.on('close', () => passages.delete(passage));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return counts.cuts;
    },
    get silences() {
      return counts.silences;
    },
    async close() {
      server.close();
      for (const passage of passages) passage.end();
      await once(server, 'close');
    },
  };
}

class Passage {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #plan: ToxicPlan;
  readonly #counts: { cuts: number; silences: number };
  #passed = 0;
  #budget: number | undefined;
  #isOver = false;

  constructor(client: Socket, upstream: Socket, plan: ToxicPlan, counts: { cuts: number; silences: number }) {
    this.#client = client;
    this.#upstream = upstream;
    this.#plan = plan;
    this.#counts = counts;
    for (const socket of [client, upstream]) {
      socket.on('error', () => this.end());
      socket.on('close', () => this.end());
    }
    void this.#pass(client, upstream);
    void this.#pass(upstream, client);
  }

  end(): void {
    this.#isOver = true;
    this.#client.destroy();
    this.#upstream.destroy();
  }

  async #pass(from: Socket, to: Socket): Promise<void> {
    const { random } = this.#plan;
    try {
      for await (const chunk of from) {
        let data = chunk as Buffer;
        while (data.length > 0 && !this.#isOver) {
          const piece = data.subarray(0, this.#measure(1 + random.int(PIECE)));
          data = data.subarray(piece.length);
          this.#passed += piece.length;
          to.write(piece);
          if (this.#isSpent()) return await this.#cut();
          await new Promise((resolve) => setTimeout(resolve, random.int(DELAY)));
        }
      }
      to.end();
    } catch {
      this.end();
    }
  }

  /** No more than is left until the cut. */
  #measure(size: number): number {
    const most = this.#plan.mostBytes();
    // Small ones are as likely as large ones: a LOGIN is cut as often as a long talk.
    this.#budget ??= most && Math.ceil(most ** (this.#plan.random.int(1001) / 1000));
    return this.#budget === undefined || most === undefined
      ? size
      : Math.max(1, Math.min(size, this.#budget - this.#passed));
  }

  #isSpent(): boolean {
    return !this.#isOver && this.#plan.mostBytes() !== undefined && this.#passed >= (this.#budget ?? Infinity);
  }

  async #cut(): Promise<void> {
    const { random, silentEvery } = this.#plan;
    this.#counts.cuts += 1;
    this.#isOver = true;
    if (silentEvery !== undefined && random.int(silentEvery) === 0) {
      this.#counts.silences += 1;
      this.#client.pause();
      this.#upstream.pause();
      return;
    }
    // What was passed on may still arrive, or may not.
    await new Promise((resolve) => setTimeout(resolve, random.int(DELAY)));
    for (const socket of random.shuffle([this.#client, this.#upstream])) {
      if (random.chance()) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
}
