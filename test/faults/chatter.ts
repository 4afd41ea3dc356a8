/** Somebody who chats with one partner for as long as it takes: moved to another gateway, connects again and goes on. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../helpers/random.ts';
import { ClassicClient, connectOver, transportOf, type Addresses } from './classic-client.ts';
import type { History } from './history.ts';

/** Milliseconds between two messages: from, and how many more at most. */
const PAUSE = [100, 200] as const;
/** Milliseconds, at most, before a client that lost its connection tries again. */
const JITTER = 500;

/** What all of them met together. */
export class Encounters {
  /** Connections that could not be made. */
  refused = 0;
  /** LOGINs that were answered with something else than 1. */
  readonly answers: string[] = [];
  /** ERROR codes, one for each connection that ended with one. */
  readonly errors: string[] = [];
  /** Milliseconds from the end of a session to the next LOGIN=1. */
  readonly absences: number[] = [];

  describe(): string {
    const codes = [...new Set(this.errors)].map(
      (code) => `${this.errors.filter((one) => one === code).length} ${code}`,
    );
    const absences = this.absences.toSorted((a, b) => a - b);
    const [middle, longest] = [absences[absences.length >> 1] ?? 0, absences.at(-1) ?? 0];
    return (
      `${absences.length} moved (away for ${Math.round(middle)} ms, at most ${Math.round(longest)} ms), ` +
      `ERROR: ${codes.join(', ') || 'none'}, ${this.refused} connections refused, ${this.answers.length} logins refused`
    );
  }
}

export interface ChatterOptions {
  readonly history: History;
  readonly addresses: Addresses;
  readonly random: Random;
  readonly encounters: Encounters;
}

export class Chatter {
  readonly user: string;
  readonly #partner: string;
  readonly #options: ChatterOptions;
  #client: ClassicClient | undefined;
  #isStopped = false;
  #isDropped = false;

  constructor(user: string, partner: string, options: ChatterOptions) {
    this.user = user;
    this.#partner = partner;
    this.#options = options;
  }

  /** Logs in, and tries again until that is done or `drop`. */
  async connect(): Promise<void> {
    const { random } = this.#options;
    while (!(await this.#tryToConnect()) && !this.#isDropped) await sleep(random.int(JITTER));
  }

  /** Sends, waits for the answer, pauses, and so on until `stop`. */
  async chat(): Promise<void> {
    const { random, encounters } = this.#options;
    const [least, more] = PAUSE;
    while (!this.#isStopped) {
      if (this.#client!.isOver) {
        const end = performance.now();
        await sleep(random.int(JITTER));
        await this.connect();
        encounters.absences.push(performance.now() - end);
      }
      await this.#client!.send(this.#partner);
      await sleep(least + random.int(more));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Takes what waited, and ends in order. */
  async logOut(): Promise<void> {
    await this.#client!.drain();
    await this.#client!.logOut();
  }

  /** Ends without a word, and connects no more. */
  async drop(): Promise<void> {
    this.#isStopped = this.#isDropped = true;
    await this.#client?.drop();
  }

  async #tryToConnect(): Promise<boolean> {
    const { history, addresses, encounters } = this.#options;
    this.#noteError();
    const connection = await connectOver(transportOf(this.user), addresses).catch(() => undefined);
    if (connection === undefined) {
      encounters.refused += 1;
      return false;
    }
    const { client, answer } = await ClassicClient.open(history, this.user, connection);
    this.#client = client;
    if (this.#isDropped) await client.drop();
    if (answer === `<LOGIN user="${this.user}" result="1"/>`) return true;
    encounters.answers.push(answer ?? client.error ?? 'nothing');
    await client.drop();
    return false;
  }

  #noteError(): void {
    const error = this.#client?.error;
    if (error !== undefined) this.#options.encounters.errors.push(error);
  }
}
