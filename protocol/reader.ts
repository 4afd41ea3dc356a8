/** Reads the documents of a byte stream, whatever the pieces it comes in; sax finds where markup begins and ends. */

import sax from 'sax';
import { findBadCharacter } from './characters.ts';
import { StreamDecoder } from './decoder.ts';
import { MAX_DOCUMENT_BYTES, ProtocolError, toAsciiUpper, type XmlElement } from './documents.ts';
import { isDeclaration, readClosingTag, readContent, readOpeningTag } from './markup.ts';
import {
  badCharacter,
  DECISIVE_LENGTH,
  doctype,
  instruction,
  notWellFormed,
  refuseMarkup,
  textOutside,
  tooBig,
} from './refusals.ts';

/** A document and its own text, character for character, from its `<` to its `>`. */
export interface ReadDocument {
  readonly source: string;
  readonly element: XmlElement;
}

/** What one piece of the stream brought: documents in order, then what was wrong after them. */
export interface ReadResult {
  readonly documents: readonly ReadDocument[];
  readonly error?: ProtocolError;
}

interface OpenElement extends XmlElement {
  text: string;
  children: XmlElement[];
  /** The name as sent. */
  readonly sentName: string;
}

const SPACE = /[ \t\r\n]*/y;
const EMPTY_COMMENT = '<!---->';
// sax calls `hasOwnProperty` of the attributes it collects, which one of that name would replace; these never change.
const NO_ATTRIBUTES = Object.freeze({});
// One for all: 16 KiB can hold 4,000 elements.
const NO_CHILDREN: XmlElement[] = [];
// How often the strings of an unfinished document are flattened, in bytes received.
const FLATTEN_EVERY = 1_024;

// What bounds a document is DocumentReader's own count; sax measures only where a write ends.
Object.assign(sax, { MAX_BUFFER_LENGTH: Infinity });

/** Reads one stream. The results are the same however the stream is cut. */
export class DocumentReader {
  readonly #maxBytes: number;
  readonly #decoder = new StreamDecoder();
  readonly #sax = sax.parser(true);
  readonly #open: OpenElement[] = [];
  #documents: ReadDocument[] = [];
  /** The open document up to its last tag. */
  #source = '';
  /** What came since: character data and the beginning of a tag; between documents a comment or a declaration. */
  #token = '';
  /** UTF-8 bytes of the open document, or of #token between documents. */
  #bytes = 0;
  /** UTF-8 bytes of what stood between the last document and #token. */
  #gapBytes = 0;
  /** Where sax saw the last `<` that begins markup, and the first characters from there. */
  #markupPosition = 0;
  #markupStart = '';
  #bytesToFlatten = FLATTEN_EVERY;
  #isDeclared = false;
  #isCommentOver = false;
  #isOver = false;

  /** `maxBytes`: the largest document taken; what stands between two documents is bounded by it too. */
  constructor(maxBytes: number = MAX_DOCUMENT_BYTES) {
    this.#maxBytes = maxBytes;
    const parser = this.#sax;
    parser.onerror = (error) => {
      throw /doctype/i.test(error.message) ? doctype() : notWellFormed('its markup is malformed or wrongly nested');
    };
    parser.onopentagstart = (tag) => {
      tag.attributes = NO_ATTRIBUTES;
    };
    // A root that is never closed makes each of the client's documents a child, so that sax takes any number.
    parser.write('<stream>');
    parser.onopentag = () => this.#openElement();
    parser.onclosetag = () => this.#closeElement();
    parser.onprocessinginstruction = () => this.#takeDeclaration();
    parser.oncomment = () => {
      this.#isCommentOver = this.#open.length === 0;
    };
  }

  /**
   * Takes the next piece: UTF-8, or text (one stream is all of one kind). `documents` are those that this piece
   * completed, also when something wrong follows them. After an error nothing is read any more.
   */
  read(data: Uint8Array | string): ReadResult {
    if (this.#isOver) return { documents: [] };
    const error = this.#catch(() => this.#readData(data));
    this.#isOver = error !== undefined;
    const documents = this.#documents;
    this.#documents = [];
    return error ? { documents, error } : { documents };
  }

  // One packet must not end the process: sax has thrown TypeErrors at well-formed documents.
  #catch(action: () => void): ProtocolError | undefined {
    try {
      action();
      return undefined;
    } catch (error) {
      return error instanceof ProtocolError ? error : notWellFormed('it could not be read');
    }
  }

  #readData(data: Uint8Array | string): void {
    const text = this.#decoder.decode(data);
    if (text !== undefined) return this.#readText(text);
    // Not UTF-8 somewhere: what comes before must be read first, so halve until it is one byte.
    if (data.length <= 1) throw new ProtocolError('not-utf8', 'the stream is not UTF-8');
    const middle = data.length >> 1;
    this.#readData(data.slice(0, middle));
    this.#readData(data.slice(middle));
  }

  #readText(text: string): void {
    const bad = findBadCharacter(text);
    this.#readCharacters(bad < 0 ? text : text.slice(0, bad));
    if (bad >= 0) throw badCharacter();
  }

  /** Gives sax no more than up to the next `>`, so that a tag ends where a write does. */
  #readCharacters(text: string): void {
    let at = 0;
    while (at < text.length) {
      if (this.#isBetween()) at = this.#skipSpace(text, at);
      const end = text.indexOf('>', at) + 1 || text.length;
      if (at < end) this.#write(text.slice(at, end));
      at = end;
    }
  }

  #isBetween(): boolean {
    return this.#open.length === 0 && this.#token === '';
  }

  #skipSpace(text: string, from: number): number {
    SPACE.lastIndex = from;
    SPACE.test(text);
    const at = SPACE.lastIndex;
    this.#addToGap(at - from);
    if (at < text.length && text[at] !== '<') throw textOutside();
    return at;
  }

  #addToGap(bytes: number): void {
    this.#gapBytes += bytes;
    if (this.#gapBytes > this.#maxBytes) throw tooBig(this.#maxBytes);
  }

  #write(markup: string): void {
    const room = this.#maxBytes - this.#bytes;
    const bytes = Buffer.byteLength(markup);
    const fitting = bytes <= room ? markup : cutToBytes(markup, room);
    this.#bytes += bytes;
    this.#bytesToFlatten -= bytes;
    this.#token += fitting;
    // sax takes no name with characters beyond U+FFFF and some references that are none. It need not see either:
    // names and values are read from #token.
    this.#sax.write(fitting.replace(/[&\uD800-\uDFFF]/g, 'x'));
    this.#checkMarkupStart(fitting);
    if (fitting !== markup) throw tooBig(this.#maxBytes);
    if (this.#bytesToFlatten < 0) this.#flatten();
    // sax does not report an empty comment.
    if (this.#open.length === 0 && (this.#isCommentOver || this.#token === EMPTY_COMMENT)) this.#endComment(markup);
  }

  // A string that grew a character at a time takes 32 bytes for each until it is read: sax's and ours made 1 MB of
  // 16 KiB, and a thousand connections that send a byte at a time must not cost a gigabyte.
  #flatten(): void {
    this.#bytesToFlatten = FLATTEN_EVERY;
    for (const text of [this.#token, this.#source, ...Object.values(this.#sax)]) {
      if (typeof text === 'string') text.charCodeAt(0);
    }
  }

  /** sax overlooks some ends of what is refused anyway (`<?a??>`, `<!a ">`), so it is refused at its beginning. */
  #checkMarkupStart(written: string): void {
    const { position, startTagPosition } = this.#sax;
    if (startTagPosition !== this.#markupPosition) {
      this.#markupPosition = startTagPosition;
      this.#markupStart = written.slice(startTagPosition - 1 - position).slice(0, DECISIVE_LENGTH);
    } else if (this.#markupStart.length < DECISIVE_LENGTH) {
      this.#markupStart += written.slice(0, DECISIVE_LENGTH - this.#markupStart.length);
    } else return;
    if (/^<[?!]/.test(this.#markupStart)) refuseMarkup(this.#markupStart, this.#open.length > 0);
  }

  #endComment(markup: string): void {
    if (!markup.endsWith('>')) return;
    readContent(this.#token);
    this.#endGapToken();
  }

  #endGapToken(): void {
    this.#addToGap(this.#bytes);
    this.#isCommentOver = false;
    this.#token = '';
    this.#bytes = 0;
  }

  #takeDeclaration(): void {
    if (this.#open.length > 0) throw instruction();
    refuseMarkup(this.#token, false);
    if (!isDeclaration(this.#token)) throw notWellFormed('the XML declaration is malformed');
    if (this.#isDeclared) throw notWellFormed('a document has two XML declarations');
    this.#isDeclared = true;
    this.#endGapToken();
  }

  #openElement(): void {
    const { name, attributes } = readOpeningTag(this.#takeTag());
    this.#open.push({ name: toAsciiUpper(name), attributes, text: '', children: NO_CHILDREN, sentName: name });
  }

  #closeElement(): void {
    const element = this.#open.at(-1);
    if (!element) throw notWellFormed('a closing tag closes nothing');
    // Nothing since the opening tag: it was an empty-element tag.
    if (this.#token !== '' && readClosingTag(this.#takeTag()) !== element.sentName) {
      throw notWellFormed('a closing tag closes another element');
    }
    this.#open.pop();
    const { name, attributes, text, children } = element;
    const parent = this.#open.at(-1);
    if (!parent) return this.#endDocument({ name, attributes, text, children });
    if (parent.children === NO_CHILDREN) parent.children = [];
    parent.children.push({ name, attributes, text, children });
  }

  /** Takes #token: what stands before its tag goes to the open element, the tag is returned. */
  #takeTag(): string {
    // No tag has a second `<`: if this one did, what is left before the last is refused as content.
    const start = this.#token.lastIndexOf('<');
    const text = readContent(this.#token.slice(0, start));
    const tag = this.#token.slice(start);
    const parent = this.#open.at(-1);
    if (parent) parent.text += text;
    this.#source += this.#token;
    this.#token = '';
    return tag;
  }

  #endDocument(element: XmlElement): void {
    this.#documents.push({ source: this.#source, element });
    this.#source = '';
    this.#bytes = 0;
    this.#gapBytes = 0;
    this.#isDeclared = false;
  }
}

/** The longest beginning of the text that is at most so many bytes of UTF-8. */
function cutToBytes(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read);
}
