/** Asks the worker how strong a password is; only the last question matters. */

import { trustScript } from '../shell/trusted-script.ts';
import type { Strength, StrengthAnswer, StrengthQuestion } from './strength.ts';
import workerUrl from './worker.ts?worker&url';

/** How long an answer may take, in milliseconds: on a slow network the lists take their time. */
const PATIENCE = 4_000;

export class Meter {
  readonly #worker: Worker | undefined = startWorker();
  #id = 0;
  #answered: ((strength: Strength | undefined) => void) | undefined;

  constructor() {
    this.#worker?.addEventListener('message', ({ data }: MessageEvent<StrengthAnswer>) => {
      if (data.id === this.#id) this.#answer(data.strength);
    });
    this.#worker?.addEventListener('error', () => this.close());
  }

  /** Undefined where it cannot be measured, and where another question came meanwhile. `known`: what is easy to find out. */
  measure(password: string, known: readonly string[]): Promise<Strength | undefined> {
    this.#answer(undefined);
    this.#id += 1;
    this.#worker?.postMessage({ id: this.#id, password, known } satisfies StrengthQuestion);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), this.#worker ? PATIENCE : 0);
      this.#answered = (strength) => {
        clearTimeout(timer);
        resolve(strength);
      };
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#answer(undefined);
  }

  #answer(strength: Strength | undefined): void {
    this.#answered?.(strength);
    this.#answered = undefined;
  }
}

function startWorker(): Worker | undefined {
  try {
    return new Worker(trustScript(workerUrl), { type: 'module' });
  } catch {
    return undefined;
  }
}
