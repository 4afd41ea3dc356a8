/** What stands on the keys of a keyboard, in the languages of the page. */

import type { Language } from '../languages.ts';

const SIGNS: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
  Mod: 'Ctrl',
};

const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };

/** Arabic keyboards have the English names. */
const NAMES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {},
  de: { Mod: 'Strg', Shift: 'Umschalt', Enter: 'Eingabe', Home: 'Pos1', End: 'Ende' },
  ar: {},
};

/** `key`: as the browser calls it, or `Mod`. */
export function nameKey(key: string, language: Language, isMac: boolean): string {
  const name = (isMac ? MAC[key] : undefined) ?? NAMES[language][key] ?? SIGNS[key] ?? key;
  return name.length === 1 ? name.toUpperCase() : name;
}
