/** Connections between clients and gateways: in order and late, cut anywhere, and not always noticed. */

import type { Accept, Connection, ConnectionListener } from '../../gateway/transport/connection.ts';
import type { Random } from '../helpers/random.ts';
import { between } from './chance.ts';
import type { MortalClock, SimulatedClock } from './clock.ts';
import type { Weather } from './weather.ts';

/** Bytes that the system takes for a peer that does not read. */
const KERNEL = 2_000;
/** Milliseconds that a peer has to close after the gateway did, and that a TCP client's FIN is given to turn out a reset. */
const END_TIME = 2_000;
const RESET_TIME = 1_000;

/** What a client's end is told; nothing after it closed. */
export interface ClientEnd {
  opened(): void;
  received(text: string): void;
  closed(): void;
}

export interface NetworkParts {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly weather: Weather;
}

interface Item {
  readonly at: number;
  readonly size: number;
  readonly arrive: () => void;
  readonly taken: (() => void) | undefined;
}

/** One direction. */
class Pipe {
  readonly #parts: NetworkParts;
  #items: Item[] = [];
  #lastAt = 0;
  #stalledUntil = 0;
  #isWaiting = false;
  #isCut = false;
  isPaused = false;
  /** Bytes that were not delivered. */
  size = 0;
  /** Told when there are fewer of them. */
  drained = (): void => {};

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  push(size: number, arrive: () => void, taken?: () => void): void {
    this.size += size;
    if (this.size <= KERNEL) taken?.();
    if (this.#isCut) return;
    const { clock, random, weather } = this.#parts;
    this.#lastAt = Math.max(this.#lastAt, clock.now() + between(random, weather.latency));
    this.#items.push({ at: this.#lastAt, size, arrive, taken: this.size <= KERNEL ? undefined : taken });
    this.#pump();
  }

  stall(ms: number): void {
    if (this.#parts.clock.now() < this.#stalledUntil) return;
    this.#stalledUntil = this.#parts.clock.now() + ms;
  }

  resume(): void {
    this.isPaused = false;
    this.#pump();
  }

  /** Some of what is on its way still arrives, the rest is lost, and then perhaps somebody notices. */
  cut(noticed?: () => void): void {
    if (this.#isCut) return;
    const kept = this.#parts.random.int(this.#items.length + 1);
    this.#items.length = kept;
    if (noticed) this.push(0, noticed);
    this.#isCut = true;
  }

  /** Nothing arrives any more. */
  destroy(): void {
    this.#items = [];
    this.#isCut = true;
  }

  #pump(): void {
    const [head] = this.#items;
    if (head === undefined || this.#isWaiting || this.isPaused) return;
    this.#isWaiting = true;
    const { clock } = this.#parts;
    clock.after(Math.max(head.at, this.#stalledUntil) - clock.now(), () => {
      this.#isWaiting = false;
      if (clock.now() < this.#stalledUntil || this.#items[0] !== head || this.isPaused) return this.#pump();
      this.#items.shift();
      this.size -= head.size;
      this.#take(head);
      head.arrive();
      if (this.size <= KERNEL) for (const item of this.#items) this.#take(item);
      this.drained();
      this.#pump();
    });
  }

  #take(item: Item): void {
    const { taken } = item;
    if (taken === undefined) return;
    Object.assign(item, { taken: undefined });
    taken();
  }
}

/** One connection with both its ends. */
export class Wire implements Connection {
  readonly transport: 'tcp' | 'websocket';
  readonly address = '127.0.0.1';
  readonly #parts: NetworkParts;
  readonly #life: MortalClock;
  readonly #client: ClientEnd;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #listener: ConnectionListener | undefined;
  /** What each end thinks of it. */
  #isClientOver = false;
  #isOver = false;
  #isEnding = false;
  #isFinished = false;
  #isBehind = false;
  /** The ends may not agree on how it ended. */
  wasDisturbed = false;
  /** Sees what the gateway sends. */
  sent = (_documents: readonly string[]): void => {};

  constructor(parts: NetworkParts, transport: Wire['transport'], client: ClientEnd, life: MortalClock) {
    this.#parts = parts;
    this.transport = transport;
    this.#client = client;
    this.#life = life;
    this.#up = new Pipe(parts);
    this.#down = new Pipe(parts);
    this.#down.drained = () => this.#noteDrained();
  }

  /** Both ends are done with it. */
  get isOver(): boolean {
    return this.#isClientOver && (this.#isOver || this.#life.isDead);
  }

  connect(accept: Accept): void {
    this.#up.push(0, () => {
      if (this.#life.isDead) return this.#refuse();
      this.#listener = accept(this);
      this.#down.push(0, () => this.#isClientOver || this.#client.opened());
    });
  }

  // The client's end.

  write(text: string): void {
    if (this.#isClientOver) return;
    this.#up.push(text.length, () => this.#arrive(text));
  }

  /** In order: after what was sent. */
  close(): void {
    if (this.#isClientOver) return;
    this.#isClientOver = true;
    this.#up.push(0, () => this.#finish());
  }

  /** The client's process died. */
  drop(): void {
    this.#isClientOver = true;
    this.#down.destroy();
    this.#up.cut(() => this.#closed(false));
  }

  // The gateway's end.

  get buffered(): number {
    return Math.max(0, this.#down.size - KERNEL);
  }

  send(documents: readonly string[], flushed?: () => void): void {
    if (this.#isEnding || this.#isOver || documents.length === 0) return;
    this.sent(documents);
    const text = documents.join('');
    const isFlushed = flushed && (() => this.#life.after(0, () => this.#isOver || flushed()));
    this.#down.push(text.length, () => this.#isClientOver || this.#client.received(text), isFlushed);
    if (this.buffered > 0) this.#isBehind = true;
  }

  ping(): void {
    if (this.transport === 'tcp' || this.#isOver) return;
    this.#down.push(6, () => this.#isClientOver || this.#up.push(6, () => this.#pong()));
  }

  pause(): void {
    if (!this.#isEnding) this.#up.isPaused = true;
  }

  resume(): void {
    this.#up.resume();
  }

  end(): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.resume();
    this.#life.after(END_TIME, () => this.destroy());
    const wait = this.#isFinished ? RESET_TIME : 0;
    this.#life.after(wait, () => this.#down.push(0, () => this.#endOfClient()));
  }

  destroy(): void {
    this.#down.cut(() => this.#closeClient());
    this.#life.after(0, () => this.#closed(false));
  }

  // What goes wrong.

  /** Neither end gets anything more from the other; each may notice, or not. */
  cut(isNoticedByClient: boolean, isNoticedByGateway: boolean): void {
    this.wasDisturbed = true;
    this.#down.cut(isNoticedByClient ? () => this.#closeClient() : undefined);
    this.#up.cut(isNoticedByGateway ? () => this.#closed(false) : undefined);
  }

  stall(ms: number): void {
    this.wasDisturbed = true;
    this.#down.stall(ms);
    this.#up.stall(ms);
  }

  #arrive(text: string): void {
    if (this.#listener === undefined || this.#isOver || this.#isEnding || this.#life.isDead) return;
    // In pieces, as a stream comes.
    const middle = this.#parts.random.int(4) === 0 ? this.#parts.random.int(text.length) : 0;
    if (middle > 0) this.#listener.received(text.slice(0, middle));
    this.#listener.received(text.slice(middle));
  }

  /** The client closed. */
  #finish(): void {
    if (this.#isOver || this.#life.isDead) return;
    if (this.transport === 'websocket') return this.#closed(this.#isEnding);
    this.#isFinished = true;
    if (this.#isEnding) this.#closed(true);
    else this.#listener?.finished();
  }

  /** The gateway's own end has reached the client. */
  #endOfClient(): void {
    const wasOpen = !this.#isClientOver;
    this.#closeClient();
    if (wasOpen || this.#isFinished) this.#up.push(0, () => this.#closed(true));
  }

  #closeClient(): void {
    if (this.#isClientOver) return;
    this.#isClientOver = true;
    this.#client.closed();
  }

  #closed(isOrderly: boolean): void {
    if (this.#isOver || this.#life.isDead) return;
    this.#isOver = true;
    this.#up.destroy();
    this.#listener?.closed(isOrderly);
  }

  #refuse(): void {
    this.#isOver = true;
    this.#down.push(0, () => this.#closeClient());
  }

  #pong(): void {
    if (!this.#isOver && !this.#isEnding && !this.#life.isDead) this.#listener?.pong();
  }

  #noteDrained(): void {
    if (!this.#isBehind || this.buffered > 0 || this.#isOver) return;
    this.#isBehind = false;
    if (!this.#isEnding && !this.#life.isDead) this.#listener?.drained();
  }
}
