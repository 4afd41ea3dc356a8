/**
 * Stands between a store and Redis, lets commands through, and cuts the connection when Redis has answered one and the
 * store has not got the answer, or only a part of it: what was done, and nobody told.
 */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Random } from '../helpers/random.ts';
import { findEnd, readWords } from './resp.ts';

/** What a cut proves nothing about: it changes nothing. */
const READS = new Set(
  (
    'look read-devices read-log read-log-back read-marks read-peers read-presence read-unfinished tell-typing AUTH CLIENT CLUSTER COMMAND EXISTS GET HELLO HGET HGETALL HKEYS HMGET INFO PING QUIT READONLY ROLE SCARD SCRIPT ' +
    'SELECT SMEMBERS TIME XRANGE XREVRANGE ZRANGE ZSCORE'
  ).split(' '),
);
/** A push that never came through. */
const PUSH = 'push';
export function isRead(kind: string): boolean {
  return READS.has(kind);
}

/** What changes nothing that is kept. */
export const LISTENING: readonly string[] = [PUSH, 'SSUBSCRIBE', 'SUNSUBSCRIBE'];
/** The user of connections that are never cut: a test's own, which a cluster leads to the proxies like all others. */
export const SPARED = 'spared';
/** Milliseconds, at most, between an answer and its cut: commands behind it are done meanwhile, and not answered. */
const LINGER = 8;
/** One cut in so many comes only after the store has given up waiting, and asked again. */
const HELD = 40;

export interface CutPlan {
  readonly random: Random;
  /** How likely the answer to a change of this kind is cut, from 0 to 1. */
  likelihood(kind: string): number;
  /** Milliseconds after which the store gives up waiting for an answer. */
  readonly answerTimeout?: number;
}

/** What was cut, by all proxies that share it. */
export class CutCount {
  /** Connections that were cut at the answer to a change of what is kept. */
  cuts = 0;
  /** Changes that were done and not answered, by kind: a script's name, a command, or `push`. */
  readonly withheld = new Map<string, number>();
  readonly #scriptsBySha = new Map<string, string>();
  readonly #scripts = readScripts();

  add(kind: string): void {
    this.withheld.set(kind, this.get(kind) + 1);
  }

  get(kind: string): number {
    return this.withheld.get(kind) ?? 0;
  }

  /** The kind of a command, from its first two words. */
  kindOf([command, first = '']: readonly string[]): string {
    const name = command!.toUpperCase();
    if (name === 'EVALSHA') return this.#scriptsBySha.get(first) ?? 'unknown script';
    if (name !== 'EVAL') return name;
    const script = this.#scripts.find(({ body }) => first.endsWith(body))?.name ?? 'unknown script';
    this.#scriptsBySha.set(createHash('sha1').update(first).digest('hex'), script);
    return script;
  }

  describe(): string {
    const kinds = [...this.withheld].sort().map(([kind, count]) => `${kind} ${count}`);
    return `${this.cuts} cuts; not answered: ${kinds.join(', ')}`;
  }
}

/** The scripts' names with what their sources end with: the loader puts more before it. */
function readScripts(): { name: string; body: string }[] {
  const folder = new URL('../../gateway/store/scripts/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.lua') && file !== 'prelude.lua');
  return files.map((file) => {
    const body = readFileSync(new URL(file, folder), 'utf8').replace(/^#!.*\n/, '');
    return { name: file.slice(0, -'.lua'.length), body };
  });
}

export interface CutProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, on a free port unless told, for the server at `target`. */
export async function startCutProxy(target: number, plan: CutPlan, count: CutCount, port = 0): Promise<CutProxy> {
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.on('close', () => (open.delete(socket), client.destroy(), upstream.destroy()));
      socket.on('error', () => undefined);
    }
    new Passage(client, upstream, plan, count);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** One connection of a store, and its own to Redis. */
class Passage {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #plan: CutPlan;
  readonly #count: CutCount;
  /** Kinds of the commands that Redis has not answered, oldest first. */
  readonly #asked: string[] = [];
  #commands: Buffer = Buffer.alloc(0);
  #answers: Buffer = Buffer.alloc(0);
  #isCut = false;
  #isSpared = false;

  constructor(client: Socket, upstream: Socket, plan: CutPlan, count: CutCount) {
    this.#client = client;
    this.#upstream = upstream;
    this.#plan = plan;
    this.#count = count;
    client.on('data', (data: Buffer) => this.#pass(data));
    upstream.on('data', (data: Buffer) => this.#answer(data));
  }

  #pass(data: Buffer): void {
    this.#commands = Buffer.concat([this.#commands, data]);
    let start = 0;
    for (let end; (end = findEnd(this.#commands, start)) >= 0; start = end) {
      const words = readWords(this.#commands, start, 6);
      if (/^(AUTH|HELLO)$/i.test(words[0]!) && words.includes(SPARED)) this.#isSpared = true;
      this.#asked.push(this.#count.kindOf(words));
    }
    this.#commands = this.#commands.subarray(start);
    this.#upstream.write(data);
  }

  #answer(data: Buffer): void {
    this.#answers = Buffer.concat([this.#answers, data]);
    let start = 0;
    let passed = 0;
    for (let end; (end = findEnd(this.#answers, start)) >= 0; start = end) {
      const change = this.#readChange(start);
      if (change !== undefined && this.#isToBeCut(change)) {
        this.#isCut = true;
        passed = this.#plan.random.chance() ? start : start + this.#plan.random.int(end - start);
        if (!LISTENING.includes(change)) this.#count.cuts += 1;
        this.#cut(this.#answers.subarray(0, passed));
      }
      if (change !== undefined && this.#isCut) this.#count.add(change);
    }
    if (!this.#isCut) this.#client.write(this.#answers.subarray(0, start));
    this.#answers = this.#answers.subarray(start);
  }

  #isToBeCut(change: string): boolean {
    if (this.#isCut || this.#isSpared) return false;
    return this.#plan.random.chance(this.#plan.likelihood(change));
  }

  /** The kind of change that is answered at `start`; undefined for a read, and for an error: nothing was done. */
  #readChange(start: number): string | undefined {
    const [word] = '*>'.includes(String.fromCharCode(this.#answers[start]!)) ? readWords(this.#answers, start, 1) : [];
    if (word === 'smessage') return PUSH;
    const kind = this.#asked.shift();
    const isError = this.#answers[start] === 0x2d;
    return kind === undefined || isError || isRead(kind) ? undefined : kind;
  }

  /** Gives the store what it still gets, and ends both connections, in order or not. */
  #cut(rest: Buffer): void {
    this.#client.write(rest);
    const { random, answerTimeout } = this.#plan;
    const isReset = random.chance();
    const isHeld = answerTimeout !== undefined && random.int(HELD) === 0;
    setTimeout(
      () => {
        if (isReset) this.#client.resetAndDestroy();
        else this.#client.destroy();
      },
      random.int(LINGER) + (isHeld ? 1.5 * answerTimeout : 0),
    );
  }
}
