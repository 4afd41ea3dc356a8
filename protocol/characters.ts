/** Which characters XML 1.0 (fifth edition) allows in a document. */

// §2.2 Char
const BAD_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The index of the first character that no XML document can hold (a lone surrogate too), or -1. */
export function findBadCharacter(text: string): number {
  return text.search(BAD_CHARACTER);
}

/** The text with U+FFFD for each character that no XML document can hold, so that it can be written. */
export function cleanText(text: string): string {
  return text.replace(new RegExp(BAD_CHARACTER, 'gu'), '\uFFFD');
}
