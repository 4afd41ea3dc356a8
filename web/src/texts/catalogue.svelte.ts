/** A catalogue that comes with the parts of the page that need it, and not before; from then on it follows the page's language. */

import type { Language } from './languages.ts';
import { spoken } from './texts.svelte.ts';

export class LaterCatalogue<T> {
  readonly #english: T;
  readonly #others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<T>>>;
  #texts: T = $state.raw()!;

  /** English is there at once; each other language is a chunk of its own. */
  constructor(english: T, others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<T>>>) {
    this.#english = english;
    this.#others = others;
    this.#texts = english;
    // Another language may be chosen while something of it is shown.
    $effect.root(() => {
      $effect(() => void this.speak());
    });
  }

  /** In the language that was spoken last: who reads it is told when that changes. */
  get texts(): T {
    return this.#texts;
  }

  /** Brings it into the language of the page; where that cannot be loaded it stays as it is. */
  async speak(): Promise<void> {
    const { language } = spoken;
    const load = language === 'en' ? async () => this.#english : this.#others[language];
    const texts = await load().catch(() => undefined);
    if (texts !== undefined && spoken.language === language) this.#texts = texts;
  }
}
