/** A device that logs in at another gateway while its messages are under way at this one, and sends the same there. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerDocument } from '../../protocol/documents.ts';
import type { Random } from '../helpers/random.ts';
import { passOf } from './classic-client.ts';
import type { History, Operation } from './history.ts';
import { SocketLog } from './socket-log.ts';
import { openWire, type Wire, type WireAddress } from './wire.ts';

type Answer = Extract<ServerDocument, { name: 'MESSAGE'; result: string }>;
type Entry = Exclude<Extract<ServerDocument, { name: 'MESSAGE' }>, Answer>;
/** What became of one of two tries: an answer, a refusal because the other connection is the newer one, or neither. */
type Result = Answer | 'replaced' | 'nothing';

/** Milliseconds around the moment at which now the older connection is the first, now the newer one. */
const SPREAD = 3;
/** Messages of each race: the newer connection may log in between two of them. */
const AT_ONCE = 5;
/** How much nearer to that moment each race brings the next, in milliseconds. */
const STEP = 0.2;
/** Milliseconds, after which an answer counts as missing. */
const PATIENCE = 15_000;

export interface Tally {
  races: number;
  /** Who was first, where both were answered; or the older one was refused. */
  readonly first: { older: number; newer: number; replaced: number };
  /** Everything else. */
  readonly wrong: string[];
}

/** One connection of the racing device. */
class Entrance {
  readonly #wire: Wire;
  readonly #documents: ServerDocument[] = [];
  #isOver = false;
  #woken = (): void => {};

  private constructor(address: WireAddress, opened: () => void) {
    this.#wire = openWire(
      address,
      {
        opened,
        received: (...documents) => {
          this.#documents.push(...documents);
          this.#woken();
        },
        closed: () => {
          this.#isOver = true;
          opened();
          this.#woken();
        },
      },
      new SocketLog().begin(''),
    );
  }

  static async open(address: WireAddress): Promise<Entrance> {
    let entrance: Entrance;
    await new Promise<void>((resolve) => (entrance = new Entrance(address, resolve)));
    return entrance!;
  }

  get send(): Wire['send'] {
    return this.#wire.send;
  }

  /** Entries that came here. */
  get entries(): readonly Entry[] {
    return this.#documents.filter(
      (document): document is Entry => document.name === 'MESSAGE' && !('result' in document),
    );
  }

  /** The first document that fits; undefined where the connection ended before. */
  async find<T extends ServerDocument>(fits: (document: ServerDocument) => document is T): Promise<T | undefined> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      const found = this.#documents.find(fits);
      if (found || this.#isOver) return found;
      await Promise.race([
        new Promise<void>((resolve) => (this.#woken = resolve)),
        sleep(1_000, undefined, { ref: false }),
      ]);
    }
    return undefined;
  }

  async resultOf(id: string): Promise<Result> {
    const isEnd = (document: ServerDocument): document is Answer | Extract<ServerDocument, { name: 'ERROR' }> =>
      document.name === 'ERROR' || (document.name === 'MESSAGE' && 'result' in document && document.id === id);
    const end = await this.find(isEnd);
    if (end?.name === 'MESSAGE') return end;
    return end?.code === 'replaced' ? 'replaced' : 'nothing';
  }

  /** Nothing that comes later is of interest. */
  close(): void {
    this.#wire.close();
  }
}

export interface RacerOptions {
  readonly history: History;
  readonly random: Random;
  /** Taken in turn. */
  readonly gateways: readonly WireAddress[];
  readonly tally: Tally;
}

export class Racer {
  readonly #user: string;
  readonly #to: string;
  readonly #options: RacerOptions;
  #token: string | undefined;
  #epoch: string | undefined;
  #after: string | undefined;
  /** Milliseconds from LOGIN on the newer connection to the message on the older one. */
  #delay = 2;

  constructor(user: string, to: string, options: RacerOptions) {
    this.#user = user;
    this.#to = to;
    this.#options = options;
  }

  /** Sends so many messages, each on two connections at once. */
  async run(count: number): Promise<void> {
    const { history, gateways, tally } = this.#options;
    const session = history.begin(this.#user);
    let older = await Entrance.open(gateways[0]!);
    older.send(this.#login());
    await this.#noteLogin(older);
    for (let first = 1; first <= count; first += AT_ONCE) {
      const newer = await Entrance.open(gateways[Math.ceil(first / AT_ONCE) % gateways.length]!);
      const ids = Array.from({ length: AT_ONCE }, (_, index) => String(first + index));
      const sent = ids.map((id) => ({ id, operation: session.invoke(this.#to) }));
      await this.#send(older, newer, sent);
      let olderFirst = 0;
      for (const { id, operation } of sent) {
        const outcome = this.#judge(id, await older.resultOf(id), await newer.resultOf(id), newer);
        if (outcome === undefined) return operation.unknown();
        operation.ok();
        tally.races += 1;
        tally.first[outcome] += 1;
        if (outcome === 'older') olderFirst += 1;
      }
      this.#delay = Math.max(0, this.#delay + (2 * olderFirst > AT_ONCE ? STEP : -STEP));
      older.close();
      older = newer;
    }
    older.close();
  }

  /** The same on both, at nearly the same time: LOGIN and the messages go in one write. */
  async #send(older: Entrance, newer: Entrance, sent: readonly { id: string; operation: Operation }[]): Promise<void> {
    const [from, to] = [this.#user, this.#to];
    const messages = sent.map(({ id, operation: { text } }) => ({ name: 'MESSAGE', id, from, to, text }) as const);
    const delay = Math.round(this.#delay + this.#options.random.int(2 * SPREAD + 1) - SPREAD);
    if (delay < 0) older.send(...messages);
    newer.send(this.#login(), ...messages);
    if (delay > 0) await sleep(delay);
    if (delay >= 0) older.send(...messages);
  }

  /** Adds what must not be; gives who was first, or undefined where nobody can say what became of the message. */
  #judge(id: string, first: Result, second: Result, newer: Entrance): keyof Tally['first'] | undefined {
    const { wrong } = this.#options.tally;
    const what = `${this.#user} ${id}`;
    const entries = newer.entries.filter((entry) => entry.id === id);
    for (const result of [first, second]) {
      if (result === 'nothing') wrong.push(`${what}: neither answered nor replaced`);
      else if (result !== 'replaced' && (result.result === '0' || result.at === undefined)) {
        wrong.push(`${what}: refused with ${result.reason}`);
      }
    }
    if (typeof second === 'string') {
      wrong.push(`${what}: the newer one is ${second}`);
      return undefined;
    }
    const others = [...(typeof first === 'string' ? [] : [first]), ...entries];
    for (const { at, time, n } of others) {
      if (at !== second.at || time !== second.time || n !== second.n) {
        wrong.push(`${what}: ${at} ${time} ${n} here, ${second.at} ${second.time} ${second.n} there`);
      }
    }
    if (entries.length > 1) wrong.push(`${what}: ${entries.length} entries on one connection`);
    this.#after = second.at;
    if (first === 'replaced') return 'replaced';
    // What the log had at LOGIN comes as an entry.
    return entries.length > 0 ? 'older' : 'newer';
  }

  #login() {
    const secret = this.#token === undefined ? { pass: passOf(this.#user) } : { token: this.#token };
    const [user, epoch, after] = [this.#user, this.#epoch, this.#after];
    return { name: 'LOGIN', user, ...secret, version: '2', device: 'racer', epoch, after } as const;
  }

  async #noteLogin(entrance: Entrance): Promise<void> {
    const isLogin = (document: ServerDocument): document is Extract<ServerDocument, { name: 'LOGIN' }> =>
      document.name === 'LOGIN' && document.result === '1';
    const login = await entrance.find(isLogin);
    if (!login?.token) throw new Error(`${this.#user} was not let in`);
    this.#token = login.token;
    this.#epoch = login.epoch;
  }
}
