/** The part of the user's log that a device holds: each entry once, in order, and the place up to which nothing is missing. */

import { HeldEntries } from './entries.ts';
import type { Extent } from './entries.ts';
import { identityOf, isSameText, numberOf } from './entry.ts';
import type { HeldEntry } from './entry.ts';
import type { Keeper } from './keeper.ts';
import { ENTRY } from './ports.ts';

/** `held`: in that very place; `back`: in another one, or before the log lost it. */
export type Arrival = 'new' | 'back' | 'held';

interface Position {
  readonly epoch?: string | undefined;
  readonly after?: string | undefined;
  readonly bottom?: string | undefined;
}

/** What a comparison changed: entries that were not held before in any place, and those that are not held any more. */
export interface Comparison {
  readonly added: readonly HeldEntry[];
  readonly dropped: readonly HeldEntry[];
}

const POSITION = 'log';
const NO_EPOCH = '';
const GONE = 'gone/';

export class HeldLog {
  #epoch: string | undefined;
  /** The cursor: everything up to this place is held. */
  #after: string | undefined;
  /** From this place to the cursor nothing is missing; what is older may have a gap before it. */
  #bottom: string | undefined;
  /** The oldest place that the gateway has, as far as it said. */
  first: string | undefined;
  readonly entries: HeldEntries;
  readonly #keeper: Keeper;
  /** Answers to own messages that came before the entries with lower numbers. */
  readonly #ahead = new Map<number, string>();
  /** Texts of what the log has lost, by identity. */
  readonly #gone = new Map<string, string>();

  constructor(user: string, keeper: Keeper, kept: ReadonlyMap<string, unknown>, extent: Extent) {
    this.entries = new HeldEntries(user, extent);
    this.#keeper = keeper;
    const position = kept.get(POSITION) as Position | undefined;
    this.#epoch = position?.epoch;
    this.#after = position?.after;
    this.#bottom = position?.bottom;
    for (const [key, value] of kept) {
      if (key.startsWith(ENTRY)) this.entries.insert(value as HeldEntry);
      if (key.startsWith(GONE)) this.#gone.set(key.slice(GONE.length), value as string);
    }
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  get after(): string | undefined {
    return this.#after;
  }

  get bottom(): string | undefined {
    return this.#bottom;
  }

  /** Whether the gateway has entries that are older than those held without a gap. */
  get hasOlder(): boolean {
    if (this.first === undefined) return false;
    return this.#bottom === undefined || numberOf(this.#bottom) > numberOf(this.first);
  }

  /** Lets go of what is beyond the window, in memory alone; answers with the keys of the users whose entries went. */
  tidy(): ReadonlySet<string> {
    const gone = this.entries.tidy();
    for (const { at } of gone) this.#keeper.letGo(ENTRY + at);
    return new Set(gone.map((entry) => this.entries.peerOf(entry)));
  }

  /** An entry as it came: the cursor moves there. */
  takeEntry(entry: HeldEntry): Arrival {
    const number = numberOf(entry.at);
    // Two connections may bring it, and the storage has it.
    if (number <= this.#number && number < this.entries.floor) return 'held';
    const arrival = this.#put(entry);
    this.#raise(entry.at);
    return arrival;
  }

  /** An own message that was answered: the cursor moves only if its number is the next one. */
  takeAnswer(entry: HeldEntry): void {
    this.#put(entry);
    const number = numberOf(entry.at);
    if (number === this.#number + 1) this.#raise(entry.at);
    else if (number > this.#number) this.#ahead.set(number, entry.at);
  }

  /** Places of answers that are held beyond the cursor. */
  ahead(): readonly string[] {
    return this.entries.within(this.#number + 1, Infinity).map(({ at }) => at);
  }

  /** The log does not have these any more. */
  drop(places: Iterable<string>): readonly HeldEntry[] {
    const dropped = [...places].flatMap((at) => this.entries.find(at) ?? []);
    for (const entry of dropped) {
      this.#remove(entry);
      this.#noteGone(entry);
      this.#ahead.delete(numberOf(entry.at));
    }
    return dropped;
  }

  /**
   * The gateway said that the log is not what was held of it. The cursor may stand on an answer of after that, which the log
   * has: no epoch is the one of what is held.
   */
  distrust(): void {
    this.#epoch = NO_EPOCH;
    this.#keepPosition();
  }

  /** Notes on which device an own message was written. */
  attribute(at: string, device: string, id: string | undefined): void {
    const entry = this.entries.find(at);
    if (entry?.name === 'MESSAGE' && entry.device !== device) this.#store({ ...entry, device, id });
  }

  /** Notes why an own message was refused. */
  explain(at: string, reason: string): void {
    const entry = this.entries.find(at);
    if (entry && entry.reason !== reason) this.#store({ ...entry, reason });
  }

  /**
   * The gateway did not take up the place that was held, and this page is what it has at the end. In another epoch it
   * replaces what was held from its first entry on.
   */
  compare(epoch: string | undefined, page: readonly HeldEntry[]): Comparison {
    const isOther = epoch !== this.#epoch;
    this.#epoch = epoch;
    this.#ahead.clear();
    const [oldest, newest] = [page[0], page.at(-1)];
    const low = oldest ? numberOf(oldest.at) : 0;
    // Within an epoch nothing that was held is wrong; another connection may have brought more than the page has.
    const comparison = this.#replace(low, isOther ? Infinity : low, page);
    if (isOther) this.#after = newest?.at;
    if (isOther || (oldest && !this.#reaches(oldest.at))) this.#bottom = oldest?.at;
    if (newest) this.#raise(newest.at);
    this.#keepPosition();
    return comparison;
  }

  /** An older page, that ends before `before`: it replaces what was held of it. */
  fill(before: string | undefined, page: readonly HeldEntry[], first: string | undefined): Comparison {
    this.first = first;
    const [oldest, newest] = [page[0], page.at(-1)];
    if (!oldest || !newest) {
      // There is nothing before it.
      if (before !== undefined) this.first = before;
      return { added: [], dropped: [] };
    }
    const high = before === undefined ? numberOf(newest.at) + 1 : numberOf(before);
    const comparison = this.#replace(numberOf(oldest.at), high, page);
    this.#bottom = oldest.at;
    this.#keepPosition();
    return comparison;
  }

  /** Whether a page that begins there follows what is held without a gap; then it may begin before it. */
  #reaches(at: string): boolean {
    if (this.#bottom === undefined || numberOf(at) > this.#number + 1) return false;
    if (numberOf(at) < numberOf(this.#bottom)) this.#bottom = at;
    return true;
  }

  get #number(): number {
    return this.#after === undefined ? 0 : numberOf(this.#after);
  }

  #moveTo(at: string): void {
    this.#after = at;
    this.#keepPosition();
  }

  #raise(at: string): void {
    if (numberOf(at) <= this.#number) return;
    this.#after = at;
    this.#bottom ??= at;
    for (const number of this.#ahead.keys()) if (number <= this.#number) this.#ahead.delete(number);
    const next = this.#ahead.get(this.#number + 1);
    if (next !== undefined) this.#raise(next);
    else this.#keepPosition();
  }

  #replace(low: number, high: number, page: readonly HeldEntry[]): Comparison {
    const places = new Set(page.map(({ at }) => at));
    const dropped = [...this.drop(this.entries.within(low, high).flatMap(({ at }) => (places.has(at) ? [] : [at])))];
    const { floor } = this.entries;
    if (low < Math.min(floor, high)) this.#replaceUnseen(low, Math.min(floor, high), page);
    // The page is all that there is of its range.
    if (high >= floor) this.entries.lowerFloor(low);
    const added = page.filter((entry) => {
      const other = this.entries.findSame(entry);
      if (other && other.at !== entry.at) dropped.push(other);
      // What the storage may have had before is no news.
      return this.#put(entry) === 'new' && numberOf(entry.at) >= floor;
    });
    return { added, dropped };
  }

  /** The storage lets go of what it has in a range that is not in memory; what the page has of it stays. */
  #replaceUnseen(low: number, high: number, page: readonly HeldEntry[]): void {
    this.#keeper.clearEntries(low, high);
    for (const { at } of page) {
      const held = this.entries.find(at);
      if (held && numberOf(at) < high) this.#keeper.put(ENTRY + at, held);
    }
  }

  /** Should it come back, it is no news. */
  #noteGone(entry: HeldEntry): void {
    const identity = identityOf(entry);
    if (entry.name !== 'MESSAGE') return;
    this.#gone.set(identity, entry.text);
    this.#keeper.put(GONE + identity, entry.text);
  }

  /** What has the same identity elsewhere goes. */
  #put(entry: HeldEntry): Arrival {
    const held = this.entries.find(entry.at);
    if (held && identityOf(held) === identityOf(entry)) {
      this.#complete(held, entry);
      return 'held';
    }
    // Lost and sent again, a message may have its place again under another `n`.
    if (held) this.#remove(held);
    const other = this.entries.findSame(entry);
    if (other) this.#remove(other);
    this.#store(entry);
    // The log lost its end, and this connection began before that was known.
    if (other && other.at === this.#after) this.#moveTo(entry.at);
    return isSameText(held ?? other, entry) || this.#takeGone(entry) ? 'back' : 'new';
  }

  /** An answer knows the device and the reason of a refusal, which an entry may not. */
  #complete(held: HeldEntry, entry: HeldEntry): void {
    if (entry.reason !== undefined) this.explain(held.at, entry.reason);
    if (entry.name === 'MESSAGE' && entry.device !== undefined) this.attribute(held.at, entry.device, entry.id);
  }

  /** Whether it was held before the log lost it. */
  #takeGone(entry: HeldEntry): boolean {
    const identity = identityOf(entry);
    if (entry.name !== 'MESSAGE' || this.#gone.get(identity) !== entry.text) return false;
    this.#gone.delete(identity);
    this.#keeper.remove(GONE + identity);
    return true;
  }

  #store(entry: HeldEntry): void {
    this.#keeper.put(ENTRY + entry.at, entry);
    this.entries.insert(entry);
  }

  #remove(entry: HeldEntry): void {
    this.#keeper.remove(ENTRY + entry.at);
    this.entries.remove(entry);
  }

  #keepPosition(): void {
    const position: Position = { epoch: this.#epoch, after: this.#after, bottom: this.#bottom };
    this.#keeper.put(POSITION, position);
  }
}
