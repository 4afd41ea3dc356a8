/** MD5 as RFC 1321 has it, for IMS LOGIN: browsers offer no such old hash, and libraries for it are several times as large. */

/** How far each round turns its four kinds of step, in bits (§3.4). */
const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** A constant for each of the 64 steps: the table T of §3.4. */
const SINES = Int32Array.from({ length: 64 }, (_, step) => Math.abs(Math.sin(step + 1)) * 2 ** 32);

const BLOCK = 64;

/** The MD5 of a text's UTF-8, in hex. */
export function md5(text: string): string {
  const words = pad(new TextEncoder().encode(text));
  let state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < words.length; at += 16) state = addBlock(state, words.subarray(at, at + 16));
  const bytes = new Uint8Array(state.buffer);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** §3.1 and §3.2: a bit, zeros, and the length in bits, up to whole blocks. In words of the least byte first, as all browsers' are. */
function pad(bytes: Uint8Array): Int32Array {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK);
  const padded = new Uint8Array(blocks * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const words = new Int32Array(padded.buffer);
  words[words.length - 2] = bytes.length * 8;
  return words;
}

/** §3.4: the 64 steps of one block, four rounds of 16. */
function addBlock(state: Int32Array, words: Int32Array): Int32Array<ArrayBuffer> {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    const [mixed, word] = mix(round, step, b, c, d);
    const sum = (a + mixed + SINES[step]! + words[word & 15]!) | 0;
    const turn = TURNS[round]![step & 3]!;
    [a, b, c, d] = [d, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0, b, c];
  }
  return Int32Array.of(state[0]! + a, state[1]! + b, state[2]! + c, state[3]! + d);
}

/** What a round makes of three words, and which word of the block it takes. */
function mix(round: number, step: number, b: number, c: number, d: number): readonly [mixed: number, word: number] {
  if (round === 0) return [(b & c) | (~b & d), step];
  if (round === 1) return [(b & d) | (c & ~d), 5 * step + 1];
  if (round === 2) return [b ^ c ^ d, 3 * step + 5];
  return [c ^ (b | ~d), 7 * step];
}
