/** What became of each connection, as its socket saw it: opened, let in, ended; in one order over all. */

import { performance } from 'node:perf_hooks';

/** LOGIN with result 1, as it stands on the wire. */
const LET_IN = /<LOGIN\b[^>]*\bresult="1"/;

export interface SocketEvent {
  /** Milliseconds since the log began. */
  readonly time: number;
  readonly owner: string;
  readonly socket: number;
  readonly what: 'opened' | 'let in' | 'ended';
}

/** A time in which somebody who had been let in had no connection on which that was so. */
export interface Gap {
  readonly owner: string;
  readonly from: number;
  /** Undefined: until the end. */
  readonly to: number | undefined;
}

export class SocketLog {
  readonly events: SocketEvent[] = [];
  readonly #start = performance.now();
  #count = 0;

  /** A connection is about to be opened. */
  begin(owner: string): SocketNotes {
    this.#count += 1;
    return new SocketNotes(this, owner, this.#count);
  }

  append(owner: string, socket: number, what: SocketEvent['what']): void {
    this.events.push({ time: performance.now() - this.#start, owner, socket, what });
  }

  /** Connections on which somebody was let in. */
  countLetIn(owner?: string): number {
    return this.events.filter((event) => event.what === 'let in' && (owner ?? event.owner) === event.owner).length;
  }

  /** From each one's first LOGIN on. */
  findGaps(): Gap[] {
    const inside = new Map<string, Set<number>>();
    const since = new Map<string, number>();
    const gaps: Gap[] = [];
    for (const { owner, socket, what, time } of this.events) {
      const sockets = inside.get(owner) ?? new Set();
      if (what === 'let in') {
        const from = since.get(owner);
        if (from !== undefined) gaps.push({ owner, from, to: time });
        since.delete(owner);
        inside.set(owner, sockets.add(socket));
      } else if (what === 'ended' && sockets.delete(socket) && sockets.size === 0) since.set(owner, time);
    }
    return [...gaps, ...[...since].map(([owner, from]) => ({ owner, from, to: undefined }))];
  }

  /** For people. */
  describe(): string {
    const count = (what: SocketEvent['what']): number => this.events.filter((event) => event.what === what).length;
    return `${count('opened')} connections opened, ${count('let in')} let in, ${count('ended')} ended`;
  }

  /** How long those who moved had both connections, for people. */
  describeOverlaps(): string {
    const inside = new Map<string, Map<number, number>>();
    const overlaps: number[] = [];
    for (const { owner, socket, what, time } of this.events) {
      const sockets = inside.get(owner) ?? new Map<number, number>();
      if (what === 'let in') inside.set(owner, sockets.set(socket, time));
      else if (what === 'ended' && sockets.delete(socket)) {
        const newest = Math.max(...sockets.values());
        if (sockets.size > 0) overlaps.push(time - newest);
      }
    }
    const sorted = overlaps.sort((a, b) => a - b);
    const [least, middle] = [sorted[0] ?? 0, sorted[sorted.length >> 1] ?? 0];
    return `${sorted.length} moved, with both connections for ${least.toFixed(2)} ms at least and ${middle.toFixed(2)} ms in the middle`;
  }

  /** What one owner's sockets did around this time, for people. */
  tell(owner: string, around: number): string {
    const events = this.events.filter((event) => event.owner === owner && Math.abs(event.time - around) < 10_000);
    return events.map(({ time, socket, what }) => `${(time / 1000).toFixed(3)} s: ${socket} ${what}`).join('; ');
  }
}

/** What one socket writes down of itself. */
export class SocketNotes {
  readonly #log: SocketLog;
  readonly #owner: string;
  readonly #socket: number;
  #head = '';
  #isLetIn = false;
  #isEnded = false;

  constructor(log: SocketLog, owner: string, socket: number) {
    this.#log = log;
    this.#owner = owner;
    this.#socket = socket;
  }

  opened(): void {
    this.#log.append(this.#owner, this.#socket, 'opened');
  }

  /** The bytes as they came: before anybody else has read them. What comes when it has ended is of no use. */
  received(data: string): void {
    if (this.#isLetIn || this.#isEnded) return;
    this.#head += data;
    if (!LET_IN.test(this.#head)) return;
    this.#isLetIn = true;
    this.#head = '';
    this.#log.append(this.#owner, this.#socket, 'let in');
  }

  /** By either side. The first call counts. */
  ended(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#log.append(this.#owner, this.#socket, 'ended');
  }
}
