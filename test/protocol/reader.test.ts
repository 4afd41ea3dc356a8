/** The reader takes what the tables say, refuses what they say, and does both however the stream is cut. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MAX_DOCUMENT_BYTES } from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { createRandom } from '../helpers/random.ts';
import { describeExpected } from './describe.ts';
import { cutAtRandom, cutToSingles, readPieces, toBytes, type Reading } from './reading.ts';
import { REFUSED } from './refused.ts';
import { GAPS, VALID } from './vectors.ts';

const random = createRandom(20_260);

/** Reads a stream whole and in pieces, as bytes and as text: always the same. */
function readAllWays(text: string, isBytes = false): Reading {
  const bytes = toBytes(text, isBytes);
  const whole = readPieces([bytes]);
  assert.deepEqual(readPieces(cutToSingles(bytes)), whole, 'byte by byte');
  for (let run = 0; run < 5; run++) assert.deepEqual(readPieces(cutAtRandom(bytes, random)), whole, 'cut at random');
  if (isBytes) return whole;
  assert.deepEqual(readPieces([text]), whole, 'as text');
  assert.deepEqual(readPieces(cutToSingles(text)), whole, 'as text, one code unit at a time');
  assert.deepEqual(readPieces(cutAtRandom(text, random)), whole, 'as text, cut at random');
  return whole;
}

for (const { what, text, element } of VALID) {
  test(`reads ${what}`, () => {
    assert.deepEqual(readAllWays(text), { sources: [text], elements: [describeExpected(element)] });
  });
}

for (const { what, text } of GAPS) {
  test(`takes ${what} before a document and between two, and leaves it out of the source`, () => {
    const { sources, code } = readAllWays(`${text}<A/>${text}<B>b</B>${text}`);
    assert.equal(code, undefined);
    assert.deepEqual(sources, ['<A/>', '<B>b</B>']);
  });
}

for (const { what, text, code, before = 0, isBytes = false } of REFUSED) {
  test(`refuses ${what}: ${code}`, () => {
    const reading = readAllWays(text, isBytes);
    assert.equal(reading.code, code);
    assert.equal(reading.sources.length, before);
    const after = readAllWays(`<!--a-->\n<FIRST/><FIRST/>${text}<LAST/>`, isBytes);
    if (what !== 'UTF-16' && what !== 'two byte order marks') assert.equal(after.code, code);
    assert.equal(after.sources.length, before + 2, 'what was complete before is delivered');
  });
}

test('reads the whole table as one stream', () => {
  const texts = random.shuffle(VALID).map(({ text }) => text);
  const { sources, code } = readAllWays(texts.join('\r\n'));
  assert.equal(code, undefined);
  assert.deepEqual(sources, texts);
});

test('drops a byte order mark at the start of the stream', () => {
  const { sources, code } = readAllWays('\uFEFF<A/>');
  assert.equal(code, undefined);
  assert.deepEqual(sources, ['<A/>']);
});

test('refuses text outside at its first character, before any "<" comes', () => {
  for (const text of ['<A/>x', 'x', '<!---->x', '\uFEFFx']) assert.equal(readPieces([text]).code, 'text-outside');
});

test('refuses at its beginning what it never takes', () => {
  const texts = {
    '<?a': 'processing-instruction',
    '<A><?': 'processing-instruction',
    '<!D': 'doctype',
    '<![': 'text-outside',
  };
  for (const [text, code] of Object.entries(texts)) assert.equal(readAllWays(text).code, code);
  for (const text of ['<!a', '<!-a', '<A>a<!"', '<A><![c']) assert.equal(readAllWays(text).code, 'not-well-formed');
  // Ends that sax overlooks.
  assert.equal(readAllWays('<?a??><A/>').code, 'processing-instruction');
  assert.equal(readAllWays('<!a "b"><A/>').code, 'not-well-formed');
});

test('gives attributes without prototype', () => {
  const attributes = new DocumentReader().read('<A/>').documents[0]!.element.attributes;
  assert.equal(Object.getPrototypeOf(attributes), null);
  assert.equal(attributes['constructor'], undefined);
});

test('reads nothing after an error', () => {
  const reader = new DocumentReader();
  assert.equal(reader.read('<A></B>').error?.code, 'not-well-formed');
  assert.deepEqual(reader.read('<A/>'), { documents: [] });
});

test('refuses a lone surrogate in text', () => {
  for (const text of ['<A>\uD83D</A>', '<A>\uDE00</A>', '<A x="\uDE00\uD83D"/>']) {
    assert.equal(readPieces([text]).code, 'bad-character');
    assert.equal(readPieces(cutToSingles(text)).code, 'bad-character');
  }
});

test('counts bytes, not characters: the largest document and one byte more', () => {
  for (const fill of ['a', 'é', '€', '😀', '>', '<B/>', '<!---->', '&amp;']) {
    const size = Buffer.byteLength(fill);
    const room = MAX_DOCUMENT_BYTES - Buffer.byteLength('<A></A>');
    const inside = fill.repeat(Math.floor(room / size)) + 'a'.repeat(room % size);
    const fitting = readAllWays(`<A>${inside}</A><B/>`);
    assert.equal(fitting.code, undefined);
    assert.deepEqual(
      fitting.sources.map((source) => Buffer.byteLength(source)),
      [MAX_DOCUMENT_BYTES, 4],
    );
    const larger = readAllWays(`<B/><A>${inside}a</A><B/>`);
    assert.equal(larger.code, 'too-big');
    assert.equal(larger.sources.length, 1);
  }
});

test('takes another bound, for a client: what the gateway sends may be larger', () => {
  const text = `<A x="${'€'.repeat(100_000)}">${'a'.repeat(200_000)}<![CDATA[${'b'.repeat(200_000)}]]></A>`;
  const pieces = Array.from({ length: 600 }, (_, at) => text.slice(at * 1_000, at * 1_000 + 1_000));
  for (const stream of [[text], pieces]) {
    const { sources, code } = readPieces(stream, new DocumentReader(1_000_000));
    assert.equal(code, undefined);
    assert.equal(sources[0], text);
  }
});

/** Beginnings that an endless stream can have without ever being wrong. */
const ENDLESS: [what: string, start: string, fill: string][] = [
  ['an unclosed quote', '<A x="', 'a'],
  ['an unclosed quote full of >', '<A x="', '>'],
  ['an unclosed tag', '<A ', ' '],
  ['a name', '<A', 'a'],
  ['text', '<A>', 'a'],
  ['text of >', '<A>', '>'],
  ['elements in each other', '<A>', '<b>'],
  ['elements after each other', '<A>', '<b/>'],
  ['CDATA', '<A><![CDATA[', ']'],
  ['a comment in a document', '<A><!--', '> '],
  ['a comment between documents', '<!--', '>'],
  ['comments between documents', '', '<!---->'],
  ['white space between documents', '', ' '],
  ['a declaration', '<?xml version="1.0" ', ' '],
  ['a closing tag', '<A></A', ' '],
  ['a reference', '<A>&', 'a'],
];

for (const [what, start, fill] of ENDLESS) {
  test(`refuses endless ${what} at the bound`, () => {
    const atBound = start + fill.repeat(Math.ceil((MAX_DOCUMENT_BYTES + 1 - start.length) / fill.length));
    assert.equal(readAllWays('<B/>' + atBound).code, 'too-big');
    const below = atBound.slice(0, MAX_DOCUMENT_BYTES - fill.length);
    assert.equal(readAllWays('<B/>' + below).code, undefined);
    // Whole, it must be refused at the bound too, not after a megabyte.
    assert.equal(readPieces([start + fill.repeat(1_000_000 / fill.length)]).code, 'too-big');
  });
}

test('too big comes before what is wrong later in the same piece', () => {
  const larger = `<A>${'€'.repeat(6_000)}`;
  for (const after of ['</B>', '\x01', '<!DOCTYPE', '</A>x', '<?a?>'])
    assert.equal(readAllWays(larger + after).code, 'too-big');
});

test('what stands between documents is bounded in all, and anew after each document', () => {
  const half = `<!--${'a'.repeat(MAX_DOCUMENT_BYTES / 2 - 7)}-->`;
  assert.equal(readAllWays(`${half}${half}<A/>${half}${half}<A/>`).code, undefined);
  assert.equal(readAllWays(`${half}${half} <A/>`).code, 'too-big');
});

test('an unfinished document holds little memory, however it came', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (const [what, start, fill] of ENDLESS.filter(([what]) => !what.startsWith('elements'))) {
    const text = start + fill.repeat(Math.floor((MAX_DOCUMENT_BYTES - start.length - 10) / fill.length));
    for (const pieces of [[text], cutToSingles(text)]) {
      const readers = Array.from({ length: 20 }, () => new DocumentReader());
      collect();
      const before = process.memoryUsage().heapUsed;
      for (const reader of readers) for (const piece of pieces) reader.read(piece);
      collect();
      const held = (process.memoryUsage().heapUsed - before) / readers.length;
      assert.ok(held < 160_000, `${what}: ${held} bytes for 16 KiB`);
    }
  }
});

/** Milliseconds of CPU that reading takes, the better of two. */
function timeOf(pieces: () => Iterable<Uint8Array | string>): number {
  const times = [0, 1].map(() => {
    const prepared = [...pieces()];
    const reader = new DocumentReader(16_000_000);
    const start = process.cpuUsage();
    for (const piece of prepared) reader.read(piece);
    return process.cpuUsage(start).user / 1000;
  });
  return Math.min(...times);
}

test('the cost grows with the input, not with its square', () => {
  const streams: [string, (n: number) => Iterable<string>][] = [
    ['a value of > in one piece', (n) => [`<A x="${'>'.repeat(n)}"/>`]],
    ['text of > byte by byte', (n) => cutToSingles(`<A>${'>'.repeat(n)}</A>`)],
    ['a comment of >', (n) => [`<!--${'>'.repeat(n)}-->`]],
    ['documents in one piece', (n) => ['<A/>'.repeat(n)]],
    ['comments between documents', (n) => ['<!---->'.repeat(n)]],
    ['references', (n) => [`<A>${'&lt;'.repeat(n)}</A>`]],
    ['white space in a tag', (n) => [`<A${' '.repeat(n)}!/>`]],
    ['an attribute name', (n) => [`<A ${'a'.repeat(n)} ${' '.repeat(n)}b/>`]],
    ['deep elements', (n) => ['<a>'.repeat(n) + '</a>'.repeat(n)]],
    ['bytes that are no UTF-8 at the end', (n) => [`<A>${'a'.repeat(n)}\uFFFF`]],
  ];
  for (const [what, stream] of streams) {
    const small = timeOf(() => stream(10_000));
    const large = timeOf(() => stream(80_000));
    // Eight times the input; a square would take seconds. 150 ms forgive a busy machine.
    assert.ok(large < 24 * small + 150, `${what}: ${small} ms, then ${large} ms for eight times as much`);
  }
});
