/** What a stream of documents does not take, and the errors that say so. */

import { ProtocolError } from './documents.ts';

const CDATA = '<![CDATA[';
/** So many characters of a piece of markup are enough for {@link refuseMarkup}. */
export const DECISIVE_LENGTH = CDATA.length;

/** Refuses what begins with `<?` or `<!` and is not taken here, from as few characters as can tell. */
export function refuseMarkup(start: string, isInside: boolean): void {
  if (start.startsWith('<?')) {
    const isDeclaration = /^<\?(?:x(?:m(?:l(?:[ \t\r\n?].*)?)?)?)?$/s.test(start);
    if (isInside || !isDeclaration) throw instruction();
  } else if (/^<!d/i.test(start)) throw doctype();
  else if (start.startsWith('<![') && !isInside) throw textOutside();
  else if (!/^<!(?:-(?:-.*)?)?$/s.test(start) && !CDATA.startsWith(start.slice(0, CDATA.length))) {
    throw notWellFormed('a "<!" begins no comment or CDATA section');
  }
}

/** For markup that breaks the grammar of XML; `detail` ends the text. */
export function notWellFormed(detail: string): ProtocolError {
  return new ProtocolError('not-well-formed', `not well-formed: ${detail}`);
}

export function badCharacter(): ProtocolError {
  return new ProtocolError('bad-character', 'a character is none that XML 1.0 allows');
}

export function tooBig(maxBytes: number): ProtocolError {
  return new ProtocolError('too-big', `a document, or what stands before it, is larger than ${maxBytes} bytes`);
}

export function textOutside(): ProtocolError {
  return new ProtocolError('text-outside', 'text stands between documents');
}

export function instruction(): ProtocolError {
  return new ProtocolError('processing-instruction', 'processing instructions are not taken');
}

export function doctype(): ProtocolError {
  return new ProtocolError('doctype', 'DOCTYPE is not taken');
}
