/** The page's keys: what each does, in one table. The handler and the sheet of keys both read it. */

export type Action =
  | 'switcher'
  | 'search'
  | 'next'
  | 'previous'
  | 'nextUnread'
  | 'previousUnread'
  | 'compose'
  | 'newest'
  | 'status'
  | 'help';

/** Keys that are pressed together. */
export interface Chord {
  /** As the browser calls it; a letter in lower case. */
  readonly key: string;
  /** Ctrl; Cmd on a Mac. */
  readonly mod?: true;
  readonly alt?: true;
  readonly shift?: true;
}

export interface Shortcut {
  readonly action: Action;
  /** Any of them. Those of one letter or sign alone do nothing where one types, and can be turned off. */
  readonly chords: readonly Chord[];
}

/** None of them is a browser's or a screen reader's that one would miss; Ctrl-K is taken by many pages. */
export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'switcher', chords: [{ key: 'k', mod: true }] },
  { action: 'search', chords: [{ key: 'f', mod: true, shift: true }, { key: '/' }] },
  { action: 'next', chords: [{ key: 'ArrowDown', alt: true }] },
  { action: 'previous', chords: [{ key: 'ArrowUp', alt: true }] },
  { action: 'nextUnread', chords: [{ key: 'ArrowDown', alt: true, shift: true }] },
  { action: 'previousUnread', chords: [{ key: 'ArrowUp', alt: true, shift: true }] },
  { action: 'newest', chords: [{ key: 'End', alt: true }] },
  { action: 'compose', chords: [{ key: 'c' }] },
  { action: 'status', chords: [{ key: 's' }] },
  { action: 'help', chords: [{ key: '/', mod: true }, { key: '?' }] },
];

/** What of a pressed key matters here. */
export type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Of one letter or sign alone. */
export function isLone({ key, mod, alt }: Chord): boolean {
  return key.length === 1 && mod === undefined && alt === undefined;
}

/** What was pressed; `mayBeLone`: also by a letter or sign alone. */
export function findAction(press: Press, isMac: boolean, mayBeLone: boolean): Action | undefined {
  const fits = (chord: Chord): boolean => (mayBeLone || !isLone(chord)) && isPressed(chord, press, isMac);
  return SHORTCUTS.find(({ chords }) => chords.some(fits))?.action;
}

function isPressed(chord: Chord, press: Press, isMac: boolean): boolean {
  const [mod, other] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (mod !== (chord.mod ?? false) || other || press.altKey !== (chord.alt ?? false)) return false;
  const key = toLatin(press);
  // Where a sign is on the keyboard, and whether with Shift, is the layout's.
  if (/^[/?]$/.test(chord.key)) return key === chord.key;
  return key === chord.key && press.shiftKey === (chord.shift ?? false);
}

/** A keyboard of another script has the same letters in the same places, as the Latin one beside it. */
function toLatin({ key, code, shiftKey }: Press): string {
  if (key.length > 1 || /^[\x20-\x7e]$/.test(key)) return key.length === 1 ? key.toLowerCase() : key;
  if (code === 'Slash') return shiftKey ? '?' : '/';
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}
