/** What the text of a message consists of: words, links and code; found here, drawn as elements, never read as HTML. */

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  /** `href`: an absolute http or https address. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'code'; readonly text: string }
  /** Lines of code that stand by themselves. */
  | { readonly kind: 'block'; readonly text: string };

/** An address in a text: from `start` up to, without, `end`. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly href: string;
}

export type FindLinks = (text: string) => readonly Link[];

/** ``` on both sides, with the name of a language in the first line; or one ` on both sides within a line. */
const CODE = /```(?:[\w+#.-]{1,20}\n|\n)?([\s\S]+?)\n?```\n?|`([^`\n]+)`/g;

/** So many emoji alone are drawn big. */
const MOST_BIG = 3;
/** Characters: a family of four is eleven. */
const LONGEST_BIG = 60;
const EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}[\u{1F3FB}-\u{1F3FF}]?\uFE0F|\p{Regional_Indicator}{2}|[#*0-9]\uFE0F?\u20E3)/u;
const LETTER = /\p{L}/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The parts of a text, in order; put together they are what is shown of it. */
export function toSegments(text: string, findLinks: FindLinks): readonly Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(CODE)) {
    const [whole, block, code] = match;
    const content = block ?? code ?? '';
    if (content.trim() === '') continue;
    const isBlock = block !== undefined;
    addWords(segments, text.slice(end, match.index), isBlock, findLinks);
    segments.push({ kind: isBlock ? 'block' : 'code', text: content });
    end = match.index + whole.length;
  }
  addWords(segments, text.slice(end), false, findLinks);
  return segments;
}

/** Whether there is nothing but a few emoji. */
export function isBigEmoji(text: string): boolean {
  const trimmed = text.trim();
  // To look for graphemes takes time, and most texts have letters.
  if (trimmed === '' || trimmed.length > LONGEST_BIG || LETTER.test(trimmed)) return false;
  let count = 0;
  for (const { segment } of graphemes.segment(trimmed)) {
    if (segment.trim() === '') continue;
    count += 1;
    if (count > MOST_BIG || !EMOJI.test(segment)) return false;
  }
  return true;
}

/** `isBeforeBlock`: the block begins a line itself. */
function addWords(segments: Segment[], words: string, isBeforeBlock: boolean, findLinks: FindLinks): void {
  const text = isBeforeBlock && words.endsWith('\n') ? words.slice(0, -1) : words;
  let end = 0;
  for (const link of findLinks(text)) {
    addText(segments, text.slice(end, link.start));
    segments.push({ kind: 'link', text: text.slice(link.start, link.end), href: link.href });
    end = link.end;
  }
  addText(segments, text.slice(end));
}

function addText(segments: Segment[], text: string): void {
  if (text !== '') segments.push({ kind: 'text', text });
}
