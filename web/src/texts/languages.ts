/** The languages that the page speaks, and which of them someone gets who has not chosen one. */

/** By its tag, as those who speak it call it. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;

export type Language = keyof typeof LANGUAGES;

export type Direction = 'ltr' | 'rtl';

export function isLanguage(tag: unknown): tag is Language {
  return typeof tag === 'string' && Object.hasOwn(LANGUAGES, tag);
}

/** The first of the reader's languages that the page speaks. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  return wanted.map(baseOf).find(isLanguage) ?? 'en';
}

export function directionOf(language: Language): Direction {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** The language as it is written where the reader lives: `de-AT` for German, where the browser asks for that. */
export function localeOf(language: string, wanted: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return wanted.find((tag) => baseOf(tag) === language) ?? language;
}

function baseOf(tag: string): string {
  return tag.split('-')[0]!.toLowerCase();
}
