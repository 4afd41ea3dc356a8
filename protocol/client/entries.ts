/** The entries that a client has in memory: by place, by what makes them the same, by user; with a window the newest ones. */

import { identityOf, numberOf } from './entry.ts';
import type { HeldEntry } from './entry.ts';
import { toAsciiLower } from '../documents.ts';
import type { EntryDocument } from '../documents.ts';

/** How far memory may grow beyond the window before it is tidied up. */
const SLACK = 1.5;

/** How much of the storage is in memory. */
export interface Extent {
  /** How many entries stay in memory at least. */
  readonly window: number;
  /** All entries of the storage with numbers from here on are in memory. */
  readonly floor: number;
}

export class HeldEntries {
  readonly #user: string;
  readonly #window: number;
  #floor: number;
  readonly #byPlace = new Map<string, HeldEntry>();
  readonly #byIdentity = new Map<string, HeldEntry>();
  /** By the other user's key, each in the order of the log. */
  readonly #byPeer = new Map<string, HeldEntry[]>();
  /** The other users' names: as registered, in what they wrote; else as they were written to. */
  readonly #names = new Map<string, { readonly name: string; readonly isRegistered: boolean }>();
  /** How many entries there were when it was tidied up last. */
  #tidied = 0;
  #hasStrays = false;

  constructor(user: string, { window, floor }: Extent) {
    this.#user = toAsciiLower(user);
    this.#window = window;
    this.#floor = floor;
  }

  /** From this number on all is in memory; what is older is there only where it stands for its conversation. */
  get floor(): number {
    return this.#floor;
  }

  get peers(): readonly string[] {
    return [...this.#byPeer.keys()];
  }

  /** What is in memory of one user's entries, in order. */
  with(peer: string): readonly HeldEntry[] {
    return this.#byPeer.get(toAsciiLower(peer)) ?? [];
  }

  /** The newest of them, between which nothing is missing; at least the last one. */
  newest(peer: string): readonly HeldEntry[] {
    const entries = this.with(peer);
    if (this.#floor === 0) return entries;
    const first = entries.findIndex(({ at }) => numberOf(at) >= this.#floor);
    return entries.slice(first < 0 ? -1 : first);
  }

  /** The key of the other user of an entry; the own one for what was written to oneself. */
  peerOf({ from, to }: EntryDocument): string {
    const sender = toAsciiLower(from);
    return sender === this.#user ? toAsciiLower(to) : sender;
  }

  nameOf(peer: string): string | undefined {
    return this.#names.get(peer)?.name;
  }

  find(at: string): HeldEntry | undefined {
    return this.#byPlace.get(at);
  }

  /** The same entry, wherever it stands. */
  findSame(entry: HeldEntry): HeldEntry | undefined {
    return this.#byIdentity.get(identityOf(entry));
  }

  within(from: number, to: number): readonly HeldEntry[] {
    return [...this.#byPlace.values()].filter(({ at }) => numberOf(at) >= from && numberOf(at) < to);
  }

  insert(entry: HeldEntry): void {
    this.#byPlace.set(entry.at, entry);
    this.#byIdentity.set(identityOf(entry), entry);
    const peer = this.peerOf(entry);
    this.#noteName(peer, entry);
    const entries = this.#byPeer.get(peer) ?? [];
    this.#byPeer.set(peer, entries);
    const number = numberOf(entry.at);
    if (number < this.#floor) this.#hasStrays = true;
    // Nearly always the newest.
    let index = entries.length;
    while (index > 0 && numberOf(entries[index - 1]!.at) > number) index -= 1;
    const isThere = entries[index - 1]?.at === entry.at;
    entries.splice(isThere ? index - 1 : index, isThere ? 1 : 0, entry);
  }

  remove(entry: HeldEntry): void {
    this.#byPlace.delete(entry.at);
    if (this.findSame(entry) === entry) this.#byIdentity.delete(identityOf(entry));
    const peer = this.peerOf(entry);
    const rest = this.#byPeer.get(peer)?.filter((other) => other !== entry) ?? [];
    if (rest.length > 0) this.#byPeer.set(peer, rest);
    else this.#byPeer.delete(peer);
  }

  /** All that the storage has from this number on is in memory. */
  lowerFloor(number: number): void {
    this.#floor = Math.min(this.#floor, number);
  }

  /** More than the window is in memory. */
  get isUntidy(): boolean {
    return this.#hasStrays || this.#byPlace.size - this.#tidied > this.#window * (SLACK - 1);
  }

  /** Keeps the newest ones, and what stands for each conversation; answers with what went. */
  tidy(): readonly HeldEntry[] {
    this.#floor = Math.max(this.#floor, this.#newestNumbers().at(this.#window - 1) ?? 0);
    const gone: HeldEntry[] = [];
    for (const [peer, entries] of this.#byPeer) {
      const standing = new Set(this.#standFor(peer, entries));
      const kept = entries.filter((entry) => numberOf(entry.at) >= this.#floor || standing.has(entry));
      if (kept.length === entries.length) continue;
      gone.push(...entries.filter((entry) => !kept.includes(entry)));
      this.#byPeer.set(peer, kept);
    }
    for (const entry of gone) {
      this.#byPlace.delete(entry.at);
      if (this.findSame(entry) === entry) this.#byIdentity.delete(identityOf(entry));
    }
    this.#tidied = this.#byPlace.size;
    this.#hasStrays = false;
    return gone;
  }

  /** What the list of conversations needs: the last entry, and the last message of the other user. */
  #standFor(peer: string, entries: readonly HeldEntry[]): readonly (HeldEntry | undefined)[] {
    const isIncoming = ({ name, from }: HeldEntry): boolean => name === 'MESSAGE' && toAsciiLower(from) === peer;
    return [entries.at(-1), entries.findLast(isIncoming)];
  }

  #newestNumbers(): readonly number[] {
    return [...this.#byPlace.keys()].map(numberOf).sort((a, b) => b - a);
  }

  #noteName(peer: string, entry: HeldEntry): void {
    const isRegistered = toAsciiLower(entry.from) === peer;
    if (!isRegistered && this.#names.get(peer)?.isRegistered) return;
    this.#names.set(peer, { name: isRegistered ? entry.from : entry.to, isRegistered });
  }
}
