/** A storage that tells what it has saved. */

import type { Change, Storage } from '../../../protocol/client.ts';

export class ReportingStorage implements Storage {
  readonly #storage: Storage;
  readonly #saved: (changes: readonly Change[]) => void;
  #isSaving = false;
  #waiting: (() => void)[] = [];

  constructor(storage: Storage, saved: (changes: readonly Change[]) => void) {
    this.#storage = storage;
    this.#saved = saved;
  }

  save(...[changes, saved, ...rest]: Parameters<Storage['save']>): void {
    this.#isSaving = true;
    const done = (): void => {
      this.#isSaving = false;
      this.#saved(changes);
      // May begin the next one.
      saved();
      if (!this.#isSaving) for (const go of this.#waiting.splice(0)) go();
    };
    this.#storage.save(changes, done, ...rest);
  }

  /** Resolves when all is kept that was handed over. */
  async settle(): Promise<void> {
    // What one step changes is handed over at its end.
    await Promise.resolve();
    if (this.#isSaving) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
