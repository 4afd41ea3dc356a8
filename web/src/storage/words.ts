/** The words of a text as they are searched for: in lower case, without accents. */

/** Words of one entry that can be searched for. */
const MOST = 64;
/** Letters of a word that count. */
const LONGEST = 40;
/** Scripts that put no space between words: there it takes a dictionary, which is slow. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ASCII = /^[\0-\x7f]*$/;
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'word' }) : undefined;

/** Each word once, the first 64 of a long text. */
export function toWords(text: string): readonly string[] {
  const words = new Set<string>();
  for (const word of split(text.normalize('NFKC').toLowerCase())) {
    words.add(fold(word).slice(0, LONGEST));
    if (words.size === MOST) break;
  }
  words.delete('');
  return [...words];
}

function* split(text: string): Iterable<string> {
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (segmenter === undefined || !UNSPACED.test(word)) yield word;
    else for (const { segment } of segmenter.segment(word)) yield segment;
  }
}

function fold(word: string): string {
  return ASCII.test(word)
    ? word
    : word
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .normalize('NFC');
}
