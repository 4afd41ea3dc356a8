/** A text with the words in it that were searched for: which parts are marked, and where it begins where it is long. */

import { toWords } from '../../storage/words.ts';

export interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Letters before the first mark that are shown; a text whose mark comes later begins there. */
const BEFORE = 24;
/** More is not seen. */
const LONGEST = 240;

/** `query`: as it was typed. */
export function markWords(text: string, query: string): readonly Part[] {
  const words = toWords(query);
  const parts: Part[] = [];
  let end = 0;
  for (const { index, 0: word } of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const length = measureMark(word, words);
    if (length === 0) continue;
    parts.push({ text: text.slice(end, index), isMarked: false });
    parts.push({ text: text.slice(index, index + length), isMarked: true });
    end = index + length;
  }
  parts.push({ text: text.slice(end), isMarked: false });
  return parts.filter((part) => part.text !== '');
}

/** The parts of one line: those around the first mark. */
export function cutAround(parts: readonly Part[]): readonly Part[] {
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  const lead = first.isMarked ? first : { ...first, text: cutLead(first.text, rest.length > 0) };
  return [lead, ...rest].map((part) => ({ ...part, text: part.text.replace(/\s+/g, ' ').slice(0, LONGEST) }));
}

function cutLead(text: string, isBeforeMark: boolean): string {
  const letters = [...text];
  if (!isBeforeMark || letters.length <= 2 * BEFORE) return text;
  return `…${letters.slice(-BEFORE).join('')}`;
}

/** How much of a word is marked: as much as was typed of it. 0 where it is another word. */
function measureMark(word: string, words: readonly string[]): number {
  const folded = toWords(word);
  const sought = words.filter((start) => folded.some((part) => part.startsWith(start)));
  const longest = sought.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return 0;
  // Folded it may be longer or shorter: the first letters that are enough.
  for (let length = 1; length < word.length; length += 1) {
    if (toWords(word.slice(0, length))[0]?.startsWith(longest) && isLetterEnd(word, length)) return length;
  }
  return word.length;
}

/** Accents stay with their letter, and no letter is cut in two. */
function isLetterEnd(word: string, index: number): boolean {
  return !/^[\p{M}\uDC00-\uDFFF]/u.test(word.slice(index));
}
