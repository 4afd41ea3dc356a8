/** Finds where values of the Redis protocol end, without reading what they say. */

/** The end of the value that begins at `start`; -1 while it is not there in full. */
export function findEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (let values = 1; values > 0; values -= 1) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return -1;
    const kind = String.fromCharCode(bytes[at]!);
    const length = Math.max(0, Number(bytes.toString('latin1', at + 1, lineEnd)));
    const isNull = bytes[at + 1] === 0x2d;
    at = lineEnd + 2;
    if ('$=!'.includes(kind) && !isNull) at += length + 2;
    else if ('*>~'.includes(kind)) values += length;
    else if (kind === '%') values += 2 * length;
    // Attributes stand before the value that they are about.
    else if (kind === '|') values += 2 * length + 1;
    if (at > bytes.length) return -1;
  }
  return at;
}

/** The first strings of an array of strings that is there in full: at most `count`. */
export function readWords(bytes: Buffer, start: number, count: number): string[] {
  const words: string[] = [];
  const lineEnd = bytes.indexOf('\r\n', start);
  const length = Number(bytes.toString('latin1', start + 1, lineEnd));
  let at = lineEnd + 2;
  while (words.length < Math.min(count, length) && bytes[at] === 0x24) {
    const textStart = bytes.indexOf('\r\n', at) + 2;
    const size = Number(bytes.toString('latin1', at + 1, textStart - 2));
    words.push(bytes.toString('utf8', textStart, textStart + size));
    at = textStart + size + 2;
  }
  return words;
}
