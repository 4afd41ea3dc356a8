/** What the page says, in the language that is chosen: who reads it here is told when that changes. */

import { en, type Texts } from './en.ts';
import { formatsOf, type Formats } from './formats.ts';
import { directionOf, preferredLanguage, type Direction, type Language } from './languages.ts';

interface Spoken {
  readonly language: Language;
  readonly texts: Texts;
  readonly formats: Formats;
}

/** Every language but English is a chunk of its own. */
const CATALOGUES: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: () => Promise.resolve(en),
  de: () => import('./de.ts').then(({ de }) => de),
  ar: () => import('./ar.ts').then(({ ar }) => ar),
};

const ENGLISH: Spoken = { language: 'en', texts: en, formats: formatsOf('en') };

let now = $state.raw(ENGLISH);
let wanted: Language = 'en';

/** The catalogue. */
export const t: Texts = follow(ENGLISH.texts, () => now.texts);

/** Numbers, days and times. */
export const formats: Formats = follow(ENGLISH.formats, () => now.formats);

export const spoken = {
  get language(): Language {
    return now.language;
  },
  get direction(): Direction {
    return directionOf(now.language);
  },
};

/**
 * Speaks this language from now on, once its texts are there; `system`: the first of the browser's that the page has.
 * Where they cannot be loaded everything stays as it is.
 */
export async function speak(choice: Language | 'system'): Promise<void> {
  const language = choice === 'system' ? preferredLanguage() : choice;
  wanted = language;
  const texts = await CATALOGUES[language]().catch(() => undefined);
  // Someone has chosen another one meanwhile.
  if (texts === undefined || wanted !== language) return;
  now = { language, texts, formats: formatsOf(language) };
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

/** An object whose parts are always those of the newest one. */
export function follow<T extends object>(first: T, newest: () => T): T {
  return new Proxy(first, { get: (_, part) => Reflect.get(newest(), part) as unknown });
}
