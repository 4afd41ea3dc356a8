/** Brings changes to the storage: all of one step together, one save at a time, and says when they are kept. */

import { entryNumber } from './ports.ts';
import type { Change, EntryRange, Storage } from './ports.ts';

export class Keeper {
  readonly #storage: Storage;
  readonly #noteSaved: () => void;
  /** All keys that the storage has or will have. */
  readonly #keys = new Set<string>();
  /** The storage has more entries than there are keys. */
  #isPartial: boolean;
  #changes = new Map<string, unknown>();
  /** Of what is not saved: these entries went before the changes. */
  #cleared: EntryRange[] = [];
  #actions: (() => void)[] = [];
  /** What waits for the save that is under way. */
  #saving: (() => void)[] | undefined;
  #depth = 0;

  /**
   * `kept`: the keys that the storage has; `isPartial`: it has more entries; `saved`: called after each save and what waited
   * for it.
   */
  constructor(storage: Storage, kept: Iterable<string>, isPartial: boolean, saved: () => void) {
    this.#storage = storage;
    this.#isPartial = isPartial;
    this.#noteSaved = saved;
    for (const key of kept) this.#keys.add(key);
  }

  put(key: string, value: unknown): void {
    this.#keys.add(key);
    this.#changes.set(key, value);
    if (this.#depth === 0) this.#flush();
  }

  /** Also what the storage got from elsewhere, where `isForeign`. */
  remove(key: string, isForeign = false): void {
    if (!this.#keys.delete(key) && !isForeign) return;
    this.#changes.set(key, undefined);
    if (this.#depth === 0) this.#flush();
  }

  /** Removes all entries with numbers from `from` up to, not with, `to`; what is put after this stays. */
  clearEntries(from: number, to: number): void {
    const isWithin = (key: string): boolean => {
      const number = entryNumber(key) ?? NaN;
      return number >= from && number < to;
    };
    for (const keys of [this.#changes, this.#keys]) {
      for (const key of keys.keys()) if (isWithin(key)) keys.delete(key);
    }
    this.#cleared.push({ from, to });
    if (this.#depth === 0) this.#flush();
  }

  /** It stays in the storage, and is not in memory any more. */
  letGo(key: string): void {
    this.#keys.delete(key);
    this.#isPartial = true;
  }

  /** Removes everything; what waited is never called. */
  clear(): void {
    this.#actions = [];
    if (this.#saving) this.#saving.length = 0;
    this.batch(() => {
      if (this.#isPartial) this.clearEntries(0, Infinity);
      for (const key of [...this.#keys]) this.remove(key);
    });
    this.#isPartial = false;
  }

  /** Calls `action` as soon as everything so far is kept. */
  then(action: () => void): void {
    if (this.#isDirty) this.#actions.push(action);
    else if (this.#saving) this.#saving.push(action);
    else action();
  }

  /** What changes within `work` is kept together. */
  batch(work: () => void): void {
    this.#depth += 1;
    try {
      work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#flush();
    }
  }

  get #isDirty(): boolean {
    return this.#changes.size > 0 || this.#cleared.length > 0;
  }

  #flush(): void {
    if (this.#saving || !this.#isDirty) return;
    const cleared = this.#cleared;
    const changes: Change[] = [...this.#changes].map(([key, value]) => ({ key, value }));
    const actions = this.#actions;
    this.#changes = new Map();
    this.#cleared = [];
    this.#actions = [];
    this.#saving = actions;
    const saved = (): void => {
      if (this.#saving === actions) this.#saved(actions);
    };
    this.#storage.save(changes, saved, cleared);
  }

  #saved(actions: readonly (() => void)[]): void {
    this.#saving = undefined;
    this.batch(() => {
      for (const action of actions) action();
      this.#noteSaved();
    });
  }
}
