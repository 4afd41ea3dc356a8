/** The world of a run: one store, some gateways, users with their devices; all of it follows one seed. */

import { readConfig, type Config } from '../../gateway/config.ts';
import { decodeFields } from '../../gateway/store/entry.ts';
import { createLocalStore } from '../../gateway/store/local.ts';
import type { Entry, Mark, Store } from '../../gateway/store/store.ts';
import { createRandom, type Random } from '../helpers/random.ts';
import { randomBytes, seedProcess, whenIdle } from './chance.ts';
import { ClassicClient } from './classic.ts';
import { SimulatedClock } from './clock.ts';
import { PASS, SimulatedDevice } from './device.ts';
import { LossyEngine } from './engine.ts';
import { Hub } from './faulty-store.ts';
import { SimulatedGateway } from './gateway.ts';
import { Ledger } from './ledger.ts';
import type { Wire } from './network.ts';
import { drawWeather, type Weather } from './weather.ts';

/** Milliseconds of a round in which gateways compare everything. */
const ROUND = 15_000;
/** Lines of the trace that are kept at least. */
const TRACE = 5_000;
const NAMES = ['alice', 'bob', 'carol', 'dave'];
const BASE = readConfig({});

/** Whose a connection is. */
export interface Ownership {
  readonly user: string;
  /** `user~device`; empty for a classic client. */
  readonly device: string;
  readonly isClassic: boolean;
}

export class World {
  readonly random: Random;
  readonly clock = new SimulatedClock();
  readonly weather: Weather;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly engine: LossyEngine;
  readonly users: readonly string[];
  readonly devices: SimulatedDevice[] = [];
  readonly classics: ClassicClient[] = [];
  gateways: SimulatedGateway[] = [];
  failoverAt = 0;
  /** `who>whom`: those who were ever blocked. */
  readonly blocked = new Set<string>();
  /**
   * A decision on a friendship was on its way when its gateway died: where a healing closed its lists before the store took
   * it, nobody tells it.
   */
  isUndecided = false;
  /** Users of whom a receipt was lost on its way to the store, or late there. */
  readonly unconfirmed = new Set<string>();
  readonly trace: string[] = [];
  /** Of the whole trace. */
  hash = 0x811c9dc5;
  readonly #hub = new Hub();
  readonly #config: Config;
  readonly #owners = new Map<Wire, Ownership>();
  readonly #begun: number;
  #gatewayCount = 0;
  #texts = 0;

  constructor(seed: number) {
    seedProcess(seed);
    this.random = createRandom(seed);
    this.#begun = this.clock.now();
    this.weather = drawWeather(this.random);
    this.ledger = new Ledger((text) => this.note(text));
    this.users = NAMES.slice(0, 3 + this.random.int(2));
    this.#config = drawConfig(this.random);
    this.engine = new LossyEngine(
      () => this.clock.now(),
      (keys) => this.#noteCommit(keys),
    );
    this.store = createLocalStore(this.engine, 'simulated', {
      clock: this.clock,
      limits: this.#config.limits.store,
      random: randomBytes,
      failoverAt: () => this.failoverAt,
    });
  }

  /** Accounts, gateways, and everybody's devices: not yet started. */
  async begin(): Promise<void> {
    const { random, users } = this;
    for (const name of users) await this.store.addAccount({ name, pass: PASS, op: name });
    this.engine.secure();
    await this.#hub.connect(this.store, users);
    users.forEach((user, index) => {
      const count = random.pick([1, 1, 2, 3]);
      for (let i = 1; i <= count; i += 1) this.devices.push(new SimulatedDevice(this, user, `${user}/${i}`));
      if (random.int(3) === 0) this.classics.push(new ClassicClient(this, user, `${user}/classic`));
      // One of them knows the seed alone.
      if (index === 2 && random.int(3) === 0) {
        this.devices.splice(-count);
        if (!this.classics.some((client) => client.user === user)) {
          this.classics.push(new ClassicClient(this, user, `${user}/classic`));
        }
      }
    });
    for (let count = 2 + random.int(2); count > 0; count -= 1) this.addGateway();
    await whenIdle();
  }

  addGateway(): void {
    const { clock, random, weather, store, ledger } = this;
    const name = `G${(this.#gatewayCount += 1)}`;
    const note = (text: string): void => this.note(text);
    const gateway = new SimulatedGateway({
      ...{ name, config: this.#config, store, hub: this.#hub, clock, random, weather, note },
      network: { clock, random, weather },
      lost: (method, [subject], isDead) => {
        if (method === 'decideFriendship' && isDead) this.isUndecided = true;
        if (method === 'confirm') this.unconfirmed.add(String(subject));
      },
      done: (method, args, answer) => ledger.noteCall(method, args, answer),
      sent: (session, wire, documents) => this.#judgeSent(session, wire, documents),
    });
    this.note(`${name} starts as ${gateway.services.presence.incarnation}`);
    this.gateways = this.gateways.filter(({ state }) => state !== 'over').concat(gateway);
    void gateway.start();
  }

  /** A gateway for a new connection, as a balancer finds one. */
  balance(): SimulatedGateway | undefined {
    const open = this.gateways.filter(({ state }) => state === 'serving');
    // It may not have noticed yet.
    const late = this.gateways.filter(({ state }) => state === 'draining');
    const all = late.length > 0 && this.random.int(10) === 0 ? late : open;
    return all.length > 0 ? this.random.pick(all) : undefined;
  }

  own(wire: Wire, ownership: Ownership): void {
    this.#owners.set(wire, ownership);
  }

  /** A text that nobody wrote before. */
  newText(from: string, to: string): string {
    return `${from}>${to}#${(this.#texts += 1)}`;
  }

  isClassic(wire: Wire): boolean {
    return this.#owners.get(wire)?.isClassic === true;
  }

  /** Every living connection. */
  wires(): Wire[] {
    for (const wire of this.#owners.keys()) if (wire.isOver) this.#owners.delete(wire);
    return [...this.#owners.keys()];
  }

  /** Time passes. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    while (this.clock.runNext(until)) await whenIdle();
  }

  note(text: string): void {
    const line = `${((this.clock.now() - this.#begun) / 1_000).toFixed(3).padStart(8)} ${text}`;
    for (let index = 0; index < line.length; index += 1) {
      this.hash = Math.imul(this.hash ^ line.charCodeAt(index), 0x01000193) >>> 0;
    }
    this.trace.push(line);
    if (this.trace.length > 4 * TRACE) this.trace.splice(0, 2 * TRACE);
  }

  /** The whole log of a user. */
  async readLog(user: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let after = 0; ;) {
      const page = await this.store.readLog(user, after);
      entries.push(...page.entries);
      if (page.entries.length === 0) return entries;
      after = Number.parseInt(page.entries.at(-1)!.place, 10);
    }
  }

  /** All that the log of a user has, now. */
  textsIn(user: string): string[] {
    return [...this.#lines(user)].map(({ text }) => text);
  }

  /** The number of a message to the user, while the log has it. */
  numberOf(user: string, from: string, text: string): number | undefined {
    for (const line of this.#lines(user))
      if (line.kind === 'in' && line.name === from && line.text === text) return line.n;
    return undefined;
  }

  *#lines(user: string) {
    const pairs = this.engine.reader.range(`user/${user}/entry/`, `user/${user}/entry0`, Infinity);
    for (const [, value] of [...pairs].reverse()) yield decodeFields(value.slice(6));
  }

  #noteCommit(keys: readonly string[]): void {
    for (const key of keys) {
      const [, user, other] = /^user\/([^/]+)\/mark\/(.+)$/.exec(key) ?? [];
      if (user === undefined || other === undefined) continue;
      this.ledger.judgeMark(user, other, JSON.parse(this.engine.reader.get(key)!) as Mark);
    }
  }

  #judgeSent(session: string, wire: Wire, documents: readonly string[]): void {
    const owner = this.#owners.get(wire);
    if (owner === undefined) return;
    for (const document of documents) {
      if (!document.startsWith('<ALIVE'))
        this.note(`${session.slice(0, 4)}${session.slice(16)} > ${owner.user} ${document.slice(0, 160)}`);
      if (owner.isClassic) continue;
      this.ledger.judgeWire(session, owner, document);
      const [, id, result, reason] =
        /^<MESSAGE id="(\d+)" result="([-\d]+)"[^>]*?(?: reason="(\w+)")?\/>/.exec(document) ?? [];
      if (id !== undefined) this.ledger.answerId(owner.device, id, result!, reason);
    }
  }
}

/** Bounds are small in some runs, so that they are met. */
function drawConfig(random: Random): Config {
  const { timing, limits } = BASE;
  const isTight = random.int(4) === 0;
  const store = isTight ? { ...limits.store, waiting: 4, unconfirmed: 8 } : limits.store;
  return {
    ...BASE,
    timing: { ...timing, round: ROUND, drain: 3_000 },
    limits: { ...limits, buffered: random.pick([1_000, limits.buffered]), store },
  };
}
