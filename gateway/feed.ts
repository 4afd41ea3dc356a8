/** Brings one session the entries of its user's log: each once, in order, as fast as the client takes them. */

import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { placeCheck, placeNumber } from './store/entry.ts';
import type { Entry, LogPage, OpenedSession, Place, Store, UserKey } from './store/store.ts';

/** How long to wait before a log that could not be read is read again, in ms. */
const RETRY_AFTER = 1_000;
/** Characters of text that are given at once. */
const SLICE = 32_768;
/** How many of the entries given last are remembered, so that a lost tail of the log is noticed. */
const REMEMBERED = 256;

/** What the feed gives to: a session. */
export interface Receiver {
  /** Takes entries, each newer than all before. */
  deliver(entries: readonly Entry[]): void;
  /** False while the client is behind: entries stay in the log until `whenReady` resolves. */
  readonly isReady: boolean;
  /** Resolves when the receiver can take more, or is closed. */
  whenReady(): Promise<void>;
  /** Entries that were given are not in the log any more; the first of them. */
  tailLost(lost: Place): void;
}

export interface FeedOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #user: UserKey;
  readonly #receiver: Receiver;
  /** The number of the last entry given. */
  #position = 0;
  /** The number of the last entry known to exist. */
  #head = 0;
  /** The entries given last, by number, ascending. */
  readonly #given = new Map<number, { readonly check: string; readonly identity: string }>();
  /** What was given and then lost with the log's tail: it comes again from the other side's copy. */
  readonly #lost = new Set<string>();
  /** Pushes may have been lost, or the log's tail: only the log knows. */
  #isUnsure = false;
  /** Since the log was read last pushes may have been lost: the next one may not be the next entry. */
  #isDoubtful = false;
  #isReading = true;
  #isStopped = false;

  constructor(user: UserKey, receiver: Receiver, options: FeedOptions) {
    this.#user = user;
    this.#receiver = receiver;
    this.#options = options;
  }

  /**
   * Gives all that was there when the session was opened; what is pushed meanwhile comes after. `held`: the place that the
   * client has, after which it is; as good as given here.
   */
  async start(opened: OpenedSession, afterBacklog: () => Promise<void>, held?: Place): Promise<void> {
    this.#position = opened.from;
    if (held !== undefined) this.#given.set(opened.from, { check: placeCheck(held), identity: '' });
    this.#head = Math.max(this.#head, opened.head);
    await this.#giveInSlices(opened.entries);
    await this.#readUpTo(() => opened.head);
    await afterBacklog();
    this.#isReading = false;
    this.#pull();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** A push: given at once where it is the next, else a hint to read the log. */
  push(entry: Entry): void {
    const number = placeNumber(entry.place);
    const given = this.#given.get(number);
    if (given !== undefined && given.check !== placeCheck(entry.place)) return this.check();
    this.#head = Math.max(this.#head, number);
    const isNext = number === this.#position + 1 && !this.#isDoubtful;
    if (!this.#isReading && isNext && this.#receiver.isReady) this.#give([entry]);
    else this.#pull();
  }

  /** Pushes may have been lost: the next one is only a hint to read the log. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** The log's end as somebody saw it: where it is not the end of what was given, the log is looked at. */
  compare(head: Place | undefined): void {
    const number = head === undefined ? 0 : placeNumber(head);
    const given = this.#given.get(number);
    if (number !== this.#position || (given !== undefined && given.check !== placeCheck(head!))) this.check();
  }

  /** Pushes may have been lost, or entries: looks what the log has. */
  check(): void {
    this.#isUnsure = true;
    this.#pull();
  }

  #pull(): void {
    if (this.#isReading || this.#isStopped || (this.#position >= this.#head && !this.#isUnsure)) return;
    this.#isReading = true;
    void this.#readUpTo(() => this.#head).then(() => {
      this.#isReading = false;
      // A push between the last look and this line found the feed reading.
      this.#pull();
    });
  }

  async #readUpTo(goal: () => number): Promise<void> {
    while ((this.#position < goal() || this.#isUnsure) && !this.#isStopped) {
      await this.#receiver.whenReady();
      if (this.#isStopped) return;
      const isVerified = this.#isUnsure;
      if (this.#isUnsure && !(await this.#verify())) continue;
      const known = this.#head;
      this.#isDoubtful = false;
      // With the last one given: where the log has another one there, its tail was lost.
      const last = isVerified ? undefined : this.#given.get(this.#position);
      const page = await this.#read(last === undefined ? this.#position : this.#position - 1);
      if (page === undefined) continue;
      const [first] = page.entries;
      if (last !== undefined && first?.place !== `${this.#position}-${last.check}`) {
        this.#isUnsure = true;
        continue;
      }
      const entries = last === undefined ? page.entries : page.entries.slice(1);
      await this.#giveInSlices(entries);
      // What was pushed before the reading began and is not there was lost with the log's tail. What was pushed
      // since may be newer than the page.
      this.#head = this.#head === known ? page.head : Math.max(this.#head, page.head);
      if (entries.length > 0) continue;
      this.#position = page.head;
      if (this.#head <= this.#position) return;
    }
  }

  /**
   * Goes back to the last entry that both this feed and the log have: a failover may have lost the log's tail, and
   * others have its numbers now. False when the log cannot be read.
   */
  async #verify(): Promise<boolean> {
    this.#isUnsure = false;
    const [oldest] = this.#given.keys();
    if (oldest === undefined) return true;
    const logged = new Map<number, string>();
    // With the one before: where the log has that, nothing after it was dropped for its age.
    let [after, head, delivered] = [Math.max(0, oldest - 2), Infinity, Infinity];
    // A page of large entries may end before what was given last.
    while (after < Math.min(this.#position, head)) {
      const page = await this.#read(after);
      if (page === undefined) return false;
      for (const { place } of page.entries) logged.set(placeNumber(place), placeCheck(place));
      ({ head, delivered } = page);
      const last = page.entries.at(-1);
      after = last === undefined ? head : placeNumber(last.place);
    }
    // Mending leaves holes; only what is before all that is there may have been delivered and dropped.
    const [lowest = Infinity] = logged.keys();
    const isLost = ([number, { check }]: [number, { check: string }]): boolean =>
      number > head || (number >= lowest && logged.get(number) !== check);
    const first = [...this.#given].find(isLost);
    if (first === undefined) return true;
    const [lost, { check }] = first;
    this.#options.logger.warn({ user: this.#user, from: lost, upto: this.#position }, 'the tail of a log was lost');
    this.#receiver.tailLost(`${lost}-${check}`);
    // Where nothing is left of what is remembered, more may be lost: all that nobody confirmed is given again.
    this.#position = lost === oldest ? Math.min(lost - 1, delivered) : lost - 1;
    this.#head = head;
    for (const [number, { identity }] of [...this.#given]) {
      if (number < lost) continue;
      this.#given.delete(number);
      this.#lost.add(identity);
    }
    return true;
  }

  /** A page; undefined, after a while, when the log cannot be read. */
  async #read(after: number): Promise<LogPage | undefined> {
    try {
      return await this.#options.store.readLog(this.#user, after);
    } catch (error) {
      this.#isUnsure = true;
      this.#options.logger.warn({ err: error }, 'reading a log failed; trying again');
      await new Promise<void>((resolve) => this.#options.clock.after(RETRY_AFTER, resolve));
      return undefined;
    }
  }

  /** A page may be megabytes: no more than a client takes at once is handed to its connection. */
  async #giveInSlices(entries: readonly Entry[]): Promise<void> {
    let slice: Entry[] = [];
    let size = 0;
    for (const entry of entries) {
      slice.push(entry);
      size += 'text' in entry ? entry.text.length : 0;
      if (size < SLICE) continue;
      this.#give(slice);
      [slice, size] = [[], 0];
      await this.#receiver.whenReady();
    }
    this.#give(slice);
  }

  #give(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => placeNumber(entry.place) > this.#position);
    const last = fresh.at(-1);
    if (last === undefined || this.#isStopped) return;
    this.#position = placeNumber(last.place);
    for (const entry of fresh.slice(-REMEMBERED)) {
      this.#given.set(placeNumber(entry.place), { check: placeCheck(entry.place), identity: identify(entry) });
    }
    for (const number of this.#given.keys()) if (this.#given.size > REMEMBERED) this.#given.delete(number);
    const unknown = this.#lost.size === 0 ? fresh : fresh.filter((entry) => !this.#lost.delete(identify(entry)));
    if (unknown.length > 0) this.#receiver.deliver(unknown);
  }
}

/** What an entry is, wherever it stands: a failover may give it another place. */
function identify(entry: Entry): string {
  const what = 'n' in entry ? `${entry.n} ${entry.check}` : entry.version;
  return `${entry.kind} ${entry.name} ${what}`;
}
