/** Own messages on their way: numbered, kept before they are sent, sent in order until each is answered. */

import type { Keeper } from './keeper.ts';

/** The most messages that are sent and not answered; the gateway remembers the answers of so many. */
export const WINDOW = 32;

export interface Outgoing {
  readonly id: number;
  readonly to: string;
  readonly text: string;
  /** When it was written, by the own clock. */
  readonly time: number;
  /** Why it is not sent any more. */
  readonly failed?: string | undefined;
  /** Where it stood in the log, which lost it. */
  readonly at?: string | undefined;
}

const LAST_ID = 'outbox';
const ITEM = 'out/';

export class Outbox {
  readonly #keeper: Keeper;
  #lastId: number;
  /** To be answered, ascending. */
  #open = new Map<number, Outgoing>();
  readonly #failed = new Map<number, Outgoing>();
  readonly #kept = new Set<number>();
  /** Sent on the line of now. */
  readonly #sent = new Set<number>();
  /** The highest id that the gateway has of this device. */
  #highest = 0;

  constructor(keeper: Keeper, kept: ReadonlyMap<string, unknown>) {
    this.#keeper = keeper;
    this.#lastId = (kept.get(LAST_ID) as number | undefined) ?? 0;
    const items = [...kept].flatMap(([key, value]) => (key.startsWith(ITEM) ? [value as Outgoing] : []));
    for (const item of items.sort((a, b) => a.id - b.id)) {
      this.#kept.add(item.id);
      (item.failed === undefined ? this.#open : this.#failed).set(item.id, item);
    }
  }

  /** Nothing that was sent on the line of now waits for its answer. */
  get isSettled(): boolean {
    return this.#sent.size === 0;
  }

  /** Those to be answered, then those that failed; both by their ids. */
  get items(): readonly Outgoing[] {
    const failed = [...this.#failed.values()].sort((a, b) => a.id - b.id);
    return [...this.#open.values(), ...failed];
  }

  /** Takes a message: it may be sent as soon as it is kept. */
  add(to: string, text: string, time: number): number {
    const item: Outgoing = { id: this.#lastId + 1, to, text, time };
    this.#keeper.batch(() => {
      this.#setLastId(item.id);
      this.#open.set(item.id, item);
      this.#keep(item);
    });
    return item.id;
  }

  #keep(item: Outgoing): void {
    this.#keeper.put(ITEM + item.id, item);
    // It may have been removed meanwhile, and lost by the log once more.
    this.#keeper.then(() => this.#open.get(item.id) === item && this.#kept.add(item.id));
  }

  /** A new line: everything is to be sent there. `sent`: the highest id that the gateway ever had of this device. */
  restart(sent: number): void {
    this.#sent.clear();
    this.#highest = sent;
    if (sent > this.#lastId) this.#setLastId(sent);
  }

  /** What is to be sent now, in order. */
  take(): readonly Outgoing[] {
    const items: Outgoing[] = [];
    const [oldest] = this.#open.keys();
    for (const [id, item] of this.#open) {
      if (id >= oldest! + WINDOW || !this.#kept.has(id)) break;
      if (this.#sent.has(id)) continue;
      this.#sent.add(id);
      this.#highest = Math.max(this.#highest, id);
      items.push(item);
    }
    return items;
  }

  find(id: number): Outgoing | undefined {
    return this.#open.get(id) ?? this.#failed.get(id);
  }

  /** It was answered, or is not wanted any more. */
  remove(id: number): void {
    this.#sent.delete(id);
    this.#open.delete(id);
    this.#failed.delete(id);
    this.#kept.delete(id);
    this.#keeper.remove(ITEM + id);
  }

  /** The log lost it, which had it at the place: it is sent again, in its turn; or it failed, where that has passed. */
  lose(item: Outgoing, at: string): void {
    if (item.id <= this.#highest) {
      this.fail(item, 'lost', at);
      return;
    }
    const again: Outgoing = { ...item, at };
    this.#open = new Map([...this.#open, [item.id, again] as const].sort(([a], [b]) => a - b));
    this.#keeper.batch(() => this.#keep(again));
  }

  /** It is shown and not sent any more. */
  fail(item: Outgoing, reason: string, at?: string): void {
    this.#sent.delete(item.id);
    this.#open.delete(item.id);
    const failed: Outgoing = { ...item, failed: reason, at };
    this.#failed.set(item.id, failed);
    this.#keeper.put(ITEM + item.id, failed);
  }

  /** Those that the log lost. */
  get lost(): readonly Outgoing[] {
    return [...this.#open.values(), ...this.#failed.values()].filter(({ at }) => at !== undefined);
  }

  #setLastId(id: number): void {
    this.#lastId = id;
    this.#keeper.put(LAST_ID, id);
  }
}
