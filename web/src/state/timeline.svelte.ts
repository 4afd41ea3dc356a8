/** One open conversation, however long it is: a window that slides over what this browser keeps, and asks the gateway beyond. */

import { tick } from 'svelte';
import type { Conversation } from '../../../protocol/client.ts';
import { findUnread, UNREAD_OFFSET } from './unread.ts';
import { extend, firstNumber, follow, isReplaced, lastNumber } from './window.ts';
import type { Item, Window } from './window.ts';

/** Entries that are read from the archive in one go. */
const PAGE = 120;
/** Rows beyond these are let go of at the end that one does not look at. */
const MOST = 480;
/** The number of a log's first entry. */
const FIRST = 1;
/** Pages that are looked through for the first unread message. */
const UNREAD_PAGES = 20;

/** What is before the first row. `archive`: rows that are on this device; `gateway`: rows that are not. */
export type Edge = 'archive' | 'gateway' | 'loading' | 'offline' | 'beginning';

/** Where the rows come from. */
export interface TimelineSource {
  /** The conversation as it is now. */
  conversation(): Conversation;
  /** Whether all that the gateway has to say about the present has come. */
  isConnected(): boolean;
  /** Whether the gateway has entries that are not on this device. */
  hasOlder(): boolean;
  /** From this number on nothing is missing on this device. */
  completeFrom(): number;
  /** The newest with numbers below this one, oldest first. */
  before(number: number | undefined, limit: number): Promise<readonly Item[]>;
  /** The oldest with numbers above this one, oldest first. */
  after(number: number, limit: number): Promise<readonly Item[]>;
  /** Brings a page from the gateway into the archive, of all conversations. False where it did not come. */
  loadOlder(): Promise<boolean>;
  /** Where someone looks at the moment, or did the last time; undefined at the end. */
  place(): Place | undefined;
}

/** An item by its number in the log, and how many pixels below the top it begins. */
export interface Place {
  readonly number: number;
  readonly offset: number;
}

/** Where a look at the conversation begins: at its end, or with this item so many pixels below the top. */
export type Start = 'end' | { readonly key: string; readonly offset: number };

interface Shown extends Window {
  /** The last change was at the beginning: what is below stays where it is. */
  readonly isShifted: boolean;
}

export class Timeline {
  #shown = $state.raw<Shown>({ items: [], isLive: true, isShifted: false });
  /** Rows are there to be drawn. */
  isOpen = $state(false);
  /** Another number: rows from elsewhere, to be drawn anew from {@link start}. */
  generation = $state(0);
  start: Start = 'end';
  /** The item before which the new messages begin. */
  newFrom = $state.raw<string | undefined>();
  #isLoading = $state(false);
  /** The archive has nothing before the first row. */
  #isExhausted = $state(false);
  #isBusy = false;
  #held: readonly Item[] = [];
  readonly #source: TimelineSource;

  constructor(source: TimelineSource) {
    this.#source = source;
  }

  get items(): readonly Item[] {
    return this.#shown.items;
  }

  /** Whether the last row is the newest that there is. */
  get isLive(): boolean {
    return this.#shown.isLive;
  }

  get isShifted(): boolean {
    return this.#shown.isShifted;
  }

  get edge(): Edge {
    if (this.#isLoading) return 'loading';
    if (!this.#isExhausted) return 'archive';
    if (!this.#source.isConnected()) return this.#isWhole ? 'beginning' : 'offline';
    return this.#source.hasOlder() ? 'gateway' : 'beginning';
  }

  /** Begins at the first unread message, else where one was the last time, else at the end; `isThere`: one reads there already, and stays. */
  async open(isThere: boolean): Promise<void> {
    await this.#showNewest();
    const unread = this.#source.conversation().unread > 0 ? await this.#findUnread() : undefined;
    this.newFrom = unread?.key;
    const isElsewhere = unread !== undefined && !isThere;
    const place = isElsewhere ? { number: unread.number!, offset: UNREAD_OFFSET } : this.#source.place();
    if (place !== undefined) await this.show(place);
    this.isOpen = true;
  }

  /** The client has something else to say. */
  update(): void {
    const conversation = this.#source.conversation();
    const before = this.#held;
    this.#held = conversation.items;
    if (isReplaced(before, conversation.items)) void this.#reload();
    else this.#set(follow(this.#shown, conversation), false);
  }

  /** Something came that nobody saw: what is new begins with the first of it. */
  noteUnread(): void {
    const { items, mark } = this.#source.conversation();
    this.newFrom = findUnread(items, mark)?.key ?? this.newFrom;
  }

  /** More rows before the first one. Answers whether it is worth asking again. */
  showOlder(): Promise<boolean> {
    return this.#alone(async () => {
      if (await this.#prepend()) return true;
      if (this.edge !== 'gateway') return false;
      this.#isLoading = true;
      const isLoaded = await this.#source.loadOlder();
      this.#isLoading = false;
      return (await this.#prepend()) || isLoaded;
    });
  }

  /** More rows after the last one. Answers whether it is worth asking again. */
  showNewer(): Promise<boolean> {
    return this.#alone(async () => {
      if (this.isLive) return false;
      const { generation } = this;
      const page = await this.#source.after(lastNumber(this.items), PAGE);
      if (generation !== this.generation) return false;
      const window = extend(this.#shown, [], page);
      const isLive = page.length < PAGE || lastNumber(page) >= firstNumber(this.#held);
      this.#set(follow({ ...window, isLive }, this.#source.conversation()), false);
      return true;
    });
  }

  /** Lets go of rows that are far from those that one sees, which are these by their place among the items. */
  trim(firstSeen: number, lastSeen: number): void {
    const { items, isLive } = this.#shown;
    if (items.length <= MOST || this.#isBusy) return;
    if (firstSeen > items.length - lastSeen) {
      const rest = items.slice(Math.max(0, Math.min(items.length - MOST, firstSeen - PAGE)));
      if (rest.length === items.length) return;
      this.#isExhausted = false;
      this.#set({ items: rest, isLive }, true);
    } else {
      const rest = items.slice(0, Math.max(MOST, lastSeen + PAGE));
      this.#set({ items: rest, isLive: isLive && rest.length === items.length }, false);
    }
  }

  /** The newest rows, drawn anew where others are shown. */
  async showEnd(): Promise<void> {
    if (this.isLive) return;
    await this.#showNewest();
    this.#redraw('end');
  }

  /** The rows around a place, drawn anew; where it is gone, around what follows it. */
  async show({ number, offset }: Place): Promise<void> {
    const held = this.items.find((item) => item.number === number);
    if (held !== undefined && !this.isOpen) return this.#redraw({ key: held.key, offset });
    const [before, after] = await Promise.all([
      this.#source.before(number, PAGE),
      // Numbers are whole: what is above the one before begins with this one.
      this.#source.after(number - 1, PAGE),
    ]);
    const target = after.find((item) => item.number! >= number) ?? before.at(-1);
    if (target === undefined) return;
    const items = extend({ items: after, isLive: false }, before, []).items;
    this.#isExhausted = before.length === 0;
    const isLive = after.length < PAGE || lastNumber(items) >= firstNumber(this.#held);
    this.#set(follow({ items, isLive }, this.#source.conversation()), false);
    this.#redraw({ key: target.key, offset });
  }

  /** Without the gateway too it is known that nothing is older: the log is here from its first entry, or nothing was said. */
  get #isWhole(): boolean {
    const { items, mark } = this.#source.conversation();
    const isSilent = mark.delivered === 0 && mark.seen === 0 && mark.refused === '';
    return this.#source.completeFrom() === FIRST || (isSilent && firstNumber(items) === Infinity);
  }

  async #showNewest(): Promise<void> {
    const held = this.#source.conversation().items;
    const page = held.length < PAGE ? await this.#before(held) : [];
    const conversation = this.#source.conversation();
    this.#held = conversation.items;
    this.#isExhausted = held.length < PAGE && page.length === 0;
    this.#set(follow({ items: page, isLive: true }, conversation), false);
  }

  async #findUnread(): Promise<Item | undefined> {
    const { mark } = this.#source.conversation();
    let page = this.items;
    let found = findUnread(page, mark);
    for (let pages = 0; pages < UNREAD_PAGES && found !== undefined && !page.some(isSeen); pages += 1) {
      page = await this.#before(page);
      if (page.length === 0) break;
      found = findUnread(page, mark) ?? found;
    }
    return found;

    function isSeen(item: Item): boolean {
      return item.kind === 'message' && !item.isOwn && item.n !== undefined && item.n <= mark.seen;
    }
  }

  /** The log was replaced. */
  async #reload(): Promise<void> {
    const place = this.#source.place();
    if (place !== undefined) return this.show(place);
    await this.#showNewest();
    this.#redraw('end');
  }

  async #prepend(): Promise<boolean> {
    const { generation } = this;
    const { hasOlder, isConnected, completeFrom } = this.#source;
    // What may have holes is shown where nobody can fill them.
    const least = isConnected() && hasOlder() ? completeFrom() : 0;
    const page = (await this.#before(this.items)).filter((item) => item.number! >= least);
    if (generation !== this.generation) return false;
    this.#isExhausted = page.length === 0;
    this.#set(extend(this.#shown, page, []), true);
    await tick();
    return page.length > 0;
  }

  #before(items: readonly Item[]): Promise<readonly Item[]> {
    const first = firstNumber(items);
    return this.#source.before(first === Infinity ? undefined : first, PAGE);
  }

  /** One at a time: each begins where the other one ended. */
  async #alone(work: () => Promise<boolean>): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
      this.#isLoading = false;
    }
  }

  #redraw(start: Start): void {
    this.start = start;
    this.generation += 1;
  }

  #set(window: Window, isShifted: boolean): void {
    this.#shown = { ...window, isShifted };
  }
}
