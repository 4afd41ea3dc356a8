/** Where a simulated client keeps things: whole saves or none, slow or at once, and what is left of it after a death. */

import type { Change, Storage } from '../../protocol/client.ts';
import type { Random } from '../helpers/random.ts';
import { between } from './chance.ts';
import type { MortalClock } from './clock.ts';
import type { Weather } from './weather.ts';

export interface DiskParts {
  readonly life: MortalClock;
  readonly random: Random;
  readonly weather: Weather;
  /** Told of what is kept now. */
  readonly kept: (changes: readonly Change[]) => void;
}

export class Disk implements Storage {
  readonly files: Map<string, unknown>;
  readonly #parts: DiskParts;
  #writing: readonly Change[] | undefined;

  constructor(parts: DiskParts, files: ReadonlyMap<string, unknown>) {
    this.#parts = parts;
    this.files = new Map(files);
  }

  save(changes: readonly Change[], saved: () => void): void {
    const { random, weather, life } = this.#parts;
    if (random.int(100) >= weather.slowSaves) {
      this.#keep(changes);
      return saved();
    }
    this.#writing = changes;
    life.after(between(random, weather.saveDelay), () => {
      this.#writing = undefined;
      this.#keep(changes);
      // It is there before the client hears of it.
      life.after(random.int(2) * between(random, weather.saveDelay), saved);
    });
  }

  /** The process died: a save that was under way is there, or not. */
  copy(): Map<string, unknown> {
    if (this.#writing !== undefined && this.#parts.random.chance()) this.#keep(this.#writing);
    return new Map(JSON.parse(JSON.stringify([...this.files])) as [string, unknown][]);
  }

  #keep(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.files.delete(key);
      else this.files.set(key, value);
    }
    this.#parts.kept(changes);
  }
}
