/** UTF-8 to text, strictly, where a character may be cut in two. */

/** Decodes one stream; a byte order mark at its very start is dropped. */
export class StreamDecoder {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of a character whose rest has not come. */
  #bytes: Uint8Array = new Uint8Array();
  #surrogate = '';
  #isStarted = false;

  /** Undefined, and nothing taken, when this piece is not UTF-8. */
  decode(data: Uint8Array | string): string | undefined {
    const text = typeof data === 'string' ? this.#joinSurrogates(data) : this.#decodeBytes(data);
    if (!text || this.#isStarted) return text;
    this.#isStarted = true;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  #joinSurrogates(data: string): string {
    const text = this.#surrogate + data;
    const isCut = /[\uD800-\uDBFF]$/.test(text);
    this.#surrogate = isCut ? text.slice(-1) : '';
    return isCut ? text.slice(0, -1) : text;
  }

  #decodeBytes(data: Uint8Array): string | undefined {
    const bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, data]) : data;
    const end = bytes.length - countCutBytes(bytes);
    try {
      const text = this.#utf8.decode(bytes.subarray(0, end));
      this.#bytes = Uint8Array.from(bytes.subarray(end));
      return text;
    } catch {
      return undefined;
    }
  }
}

/** How many bytes at the end begin a character without ending it. */
function countCutBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= 3 && count <= bytes.length; count++) {
    const byte = bytes[bytes.length - count] as number;
    if (byte < 0x80) return 0;
    if (byte < 0xc2 ? byte >= 0xc0 : byte > 0xf4) return 0;
    if (byte >= 0xc2) return count < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? count : 0;
  }
  return 0;
}
