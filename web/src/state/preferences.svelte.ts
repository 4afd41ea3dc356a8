/** What the user has chosen for this browser: kept in it whoever is logged in, and the same in all of its tabs. */

import { isLanguage, type Language } from '../texts/languages.ts';

export interface Choices {
  /** `system`: the first of the browser's languages that the page has. */
  readonly language: Language | 'system';
  readonly theme: Theme;
  /** A sound for what arrives while one does not look. */
  readonly sound: boolean;
  /** Notifications of the browser; that it permits them is another matter. */
  readonly notifications: boolean;
  /** Letters and signs alone are keys, where one does not type. */
  readonly keys: boolean;
}

export type Theme = 'system' | 'light' | 'dark';

/** web/public/theme.js reads it too, before anything is drawn. */
const KEY = 'ims.preferences';
const isSwitch = (choice: unknown): boolean => typeof choice === 'boolean';

const ALLOWED: Readonly<Record<keyof Choices, (choice: unknown) => boolean>> = {
  language: isLanguage,
  theme: (choice) => choice === 'light' || choice === 'dark',
  sound: isSwitch,
  notifications: isSwitch,
  keys: isSwitch,
};

const DEFAULTS: Choices = { language: 'system', theme: 'system', sound: true, notifications: false, keys: true };

let choices = $state.raw(readChoices());

addEventListener('storage', ({ key }: StorageEvent) => {
  // Without a key: everything was removed.
  if (key === KEY || key === null) choices = readChoices();
});

/** What is chosen now: to be read and to be set. */
export const preferences = new Proxy({} as { -readonly [K in keyof Choices]: Choices[K] }, {
  get: (_, name) => choices[name as keyof Choices],
  set(_, name, choice) {
    choices = { ...choices, [name]: choice as unknown };
    try {
      localStorage.setItem(KEY, JSON.stringify(choices));
    } catch {
      // The browser keeps nothing: it holds as long as this page.
    }
    return true;
  },
});

/** What is kept, as far as it makes sense. */
function readChoices(): Choices {
  const kept = readKept();
  const names = Object.keys(DEFAULTS) as (keyof Choices)[];
  const sensible = names.filter((name) => ALLOWED[name](kept[name]));
  return { ...DEFAULTS, ...Object.fromEntries(sensible.map((name) => [name, kept[name]])) };
}

function readKept(): Partial<Record<keyof Choices, unknown>> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return typeof kept === 'object' && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
