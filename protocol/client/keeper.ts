/** Brings changes to the storage: all of one step together, one save at a time, and says when they are kept. */

import type { Change, Storage } from './ports.ts';

export class Keeper {
  readonly #storage: Storage;
  readonly #noteSaved: () => void;
  /** All keys that the storage has or will have. */
  readonly #keys = new Set<string>();
  #changes = new Map<string, unknown>();
  #actions: (() => void)[] = [];
  /** What waits for the save that is under way. */
  #saving: (() => void)[] | undefined;
  #depth = 0;

  /** `kept`: the keys that the storage has; `saved`: called after each save and what waited for it. */
  constructor(storage: Storage, kept: Iterable<string>, saved: () => void) {
    this.#storage = storage;
    this.#noteSaved = saved;
    for (const key of kept) this.#keys.add(key);
  }

  put(key: string, value: unknown): void {
    this.#keys.add(key);
    this.#changes.set(key, value);
    if (this.#depth === 0) this.#flush();
  }

  remove(key: string): void {
    if (!this.#keys.delete(key)) return;
    this.#changes.set(key, undefined);
    if (this.#depth === 0) this.#flush();
  }

  /** Removes everything; what waited is never called. */
  clear(): void {
    this.#actions = [];
    if (this.#saving) this.#saving.length = 0;
    this.batch(() => {
      for (const key of [...this.#keys]) this.remove(key);
    });
  }

  /** Calls `action` as soon as everything so far is kept. */
  then(action: () => void): void {
    if (this.#changes.size > 0) this.#actions.push(action);
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

  #flush(): void {
    if (this.#saving || this.#changes.size === 0) return;
    const changes: Change[] = [...this.#changes].map(([key, value]) => ({ key, value }));
    const actions = this.#actions;
    this.#changes = new Map();
    this.#actions = [];
    this.#saving = actions;
    this.#storage.save(changes, () => {
      if (this.#saving === actions) this.#saved(actions);
    });
  }

  #saved(actions: readonly (() => void)[]): void {
    this.#saving = undefined;
    this.batch(() => {
      for (const action of actions) action();
      this.#noteSaved();
    });
  }
}
