/** What became of the messages of each conversation: delivered, read and seen up to which number, and what is to be told. */

import type { Keeper } from './keeper.ts';
import { toAsciiLower } from '../documents.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

type MarkDocument = Extract<ServerDocument, { name: 'MARK'; with: string }>;

/** Own messages up to `delivered` and `read`; the other one's up to `seen`. */
export interface HeldMark {
  readonly delivered: number;
  readonly read: number;
  readonly seen: number;
  /** Own messages that were refused, as ranges. */
  readonly refused: string;
  readonly isBlocked: boolean;
  readonly v: number;
}

interface Reading {
  readonly name: string;
  readonly upto: number;
}

const NOTHING: HeldMark = { delivered: 0, read: 0, seen: 0, refused: '', isBlocked: false, v: 0 };
const VERSION = 'marks';
const MARK = 'mark/';
const READING = 'read/';

export class Marks {
  readonly #keeper: Keeper;
  /** The highest version that is held. */
  #v: number;
  readonly #marks = new Map<string, HeldMark>();
  /** What was read here and is not in a mark yet: READ has no answer. */
  readonly #readings = new Map<string, Reading>();
  /** What was told of it on the line of now. */
  readonly #told = new Map<string, number>();

  constructor(keeper: Keeper, kept: ReadonlyMap<string, unknown>) {
    this.#keeper = keeper;
    this.#v = (kept.get(VERSION) as number | undefined) ?? 0;
    for (const [key, value] of kept) {
      if (key.startsWith(MARK)) this.#marks.set(key.slice(MARK.length), value as HeldMark);
      if (key.startsWith(READING)) this.#readings.set(key.slice(READING.length), value as Reading);
    }
  }

  get v(): number {
    return this.#v;
  }

  of(name: string): HeldMark {
    return this.#marks.get(toAsciiLower(name)) ?? NOTHING;
  }

  /** The keys of who is blocked. */
  get blocked(): readonly string[] {
    return [...this.#marks].flatMap(([key, { isBlocked }]) => (isBlocked ? [key] : []));
  }

  /** The other one's messages up to this number were read, here or on another device. */
  seen(name: string): number {
    return Math.max(this.of(name).seen, this.#readings.get(toAsciiLower(name))?.upto ?? 0);
  }

  /** Numbers only rise; of the rest the newest version counts. */
  take(document: MarkDocument): void {
    const key = toAsciiLower(document.with);
    const held = this.of(key);
    const mark = toMark(document);
    const isNewer = mark.v > held.v;
    // Version 0: nothing, or what a log had that lost its tail.
    if (held.v === 0) this.#set(key, mark);
    else {
      this.#set(key, {
        ...(isNewer ? mark : held),
        delivered: Math.max(mark.delivered, held.delivered),
        read: Math.max(mark.read, held.read),
        seen: Math.max(mark.seen, held.seen),
      });
    }
    if (mark.v > this.#v) this.#setVersion(mark.v);
    if (mark.seen < this.of(key).seen) this.#tellAgain(document.with);
    if (mark.seen >= (this.#readings.get(key)?.upto ?? Infinity)) this.#dropReading(key);
  }

  /**
   * A failover took marks, and all that are left have this version at least, less one: what is held of the others was lost.
   * Numbers only rise as long as the log is the same: then what was read is told again. Answers with whose marks are different.
   */
  takeAll(v: number): readonly string[] {
    const lost = [...this.#marks].filter(([, mark]) => mark.v < v - 1);
    // What no mark says yet may be lost too.
    this.#told.clear();
    for (const [key, mark] of lost) {
      this.#set(key, mark.v === 0 ? NOTHING : { ...mark, isBlocked: false });
      if (this.seen(key) > 0) this.#tellAgain(key);
    }
    if (v > this.#v) this.#setVersion(v);
    return lost.map(([key]) => key);
  }

  /** The gateway's version is lower than what is held, or the log is another: all marks are taken as they come from now on. */
  distrust(): void {
    this.#setVersion(0);
    for (const [key, mark] of this.#marks) this.#set(key, { ...mark, v: 0 });
  }

  /** The host showed the messages of this user up to there. True when that is news. */
  read(name: string, upto: number): boolean {
    if (upto <= this.seen(name)) return false;
    const key = toAsciiLower(name);
    const reading: Reading = { name, upto };
    this.#readings.set(key, reading);
    this.#keeper.put(READING + key, reading);
    return true;
  }

  /** A new line: what no mark says yet is told once more. `last`: the newest number that is held of a user's messages. */
  restart(last: (key: string) => number): void {
    this.#told.clear();
    for (const [key, { name, upto }] of [...this.#readings]) {
      const possible = Math.min(upto, last(key));
      if (possible === upto) continue;
      this.#dropReading(key);
      this.read(name, possible);
    }
  }

  /** What is to be told now. */
  takeDue(): readonly ClientDocument[] {
    return [...this.#readings].flatMap(([key, { name, upto }]): ClientDocument[] => {
      if ((this.#told.get(key) ?? 0) >= upto) return [];
      this.#told.set(key, upto);
      return [{ name: 'READ', with: name, upto: String(upto) }];
    });
  }

  /** The gateway knows less than what was read: a failover took it. */
  #tellAgain(name: string): void {
    const key = toAsciiLower(name);
    const reading: Reading = { name, upto: this.seen(name) };
    this.#told.delete(key);
    this.#readings.set(key, reading);
    this.#keeper.put(READING + key, reading);
  }

  #dropReading(key: string): void {
    this.#readings.delete(key);
    this.#keeper.remove(READING + key);
  }

  #set(key: string, mark: HeldMark): void {
    this.#marks.set(key, mark);
    this.#keeper.put(MARK + key, mark);
  }

  #setVersion(v: number): void {
    this.#v = v;
    this.#keeper.put(VERSION, v);
  }
}

/** Whether a number is in ranges such as `3-5 9-9`. */
export function isWithin(ranges: string, n: number): boolean {
  return ranges.split(' ').some((range) => {
    const [first = NaN, last = NaN] = range.split('-').map(Number);
    return n >= first && n <= last;
  });
}

function toMark({ delivered, read, seen, refused = '', blocked, v }: MarkDocument): HeldMark {
  const numbers = { delivered: Number(delivered), read: Number(read), seen: Number(seen), v: Number(v) };
  return { ...numbers, refused, isBlocked: blocked === '1' };
}
