/** Text of others on a terminal: harmless, and broken into rows that fit. */

/** Controls (C0, C1), what turns the direction of writing around, and what cannot be seen; joiners and marks of direction stay. */
const HARMFUL = /(?![\n\u200c-\u200f])[\p{Cc}\p{Cf}]/gu;
const LINE_BREAK = /\r\n|[\r\n\u0085\u2028\u2029]/g;
/** Two columns wide: East Asian scripts, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** How a program colours its own text. */
const COLOUR = /\x1b\[[\d;]*m/g;

/** The text as it may be shown: nothing in it controls the terminal. Line breaks are all `\n`. */
export function makeHarmless(text: string): string {
  return text.replace(LINE_BREAK, '\n').replace(/\t/g, '    ').replace(HARMFUL, '');
}

/** The same in one line. */
export function makeLine(text: string): string {
  return makeHarmless(text).replace(/\n+/g, ' ');
}

/** How many columns a text takes, colours left out; at the least as many as it does. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOUR, '')) {
    // It makes an emoji of a letter or a sign.
    if (character === '\ufe0f') width += 1;
    else if (!NO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The beginning of a text that is so wide. */
export function cutToWidth(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  let room = width - 1;
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Rows of at most so many columns, broken between words where there are any. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(width, 2)));
}

function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  let room = width;
  for (const word of line.split(/(?<= )(?! )/)) {
    if (widthOf(word.trimEnd()) > room && row !== '') {
      rows.push(row.trimEnd());
      row = '';
      room = width;
    }
    for (const character of widthOf(word.trimEnd()) > room ? word : [word]) {
      if (widthOf(character.trimEnd()) > room) {
        rows.push(row);
        row = '';
        room = width;
      }
      row += character;
      room -= widthOf(character);
    }
  }
  return [...rows, row.trimEnd()];
}
