/** The writer writes as the tables say and as xmlbuilder2 does where that is right, and is read back exactly. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from 'xmlbuilder2';
import { toClientDocument, type XmlElement } from '../../protocol/documents.ts';
import { cleanText } from '../../protocol/characters.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';
import { createRandom } from '../helpers/random.ts';
import { createRandomDocuments } from './random-documents.ts';
import { withoutUndefined } from './reading.ts';
import { WRITTEN, WRITTEN_BY_GATEWAY } from './written.ts';

const random = createRandom(7_001);
// The second is all that xmlbuilder2 writes as it must be written.
const ALL = `abcXYZ019 _-.:;#x/=!?[]()<>&"'\t\n\r\u007F\u0085\u00A0é€\u2028\uD7FF\uE000\uFEFF\uFFFD😀\u{10FFFF}`;
const PLAIN = ALL.replace(/[&\t\n\r]/g, '') + ']>';

function readOne(text: string): XmlElement {
  const { documents, error } = new DocumentReader(1_000_000).read(text);
  assert.equal(error, undefined, text);
  assert.equal(documents.length, 1, text);
  return documents[0]!.element;
}

const { randomClientDocument, randomServerDocument } = createRandomDocuments(random, randomText);

function randomText(alphabet: string): string {
  const pieces = ['&amp;', '&#10;', ']]>', '<!--', '\r\n', '&', '&lt', '  '];
  const text = random.text(random.int(12), alphabet);
  return alphabet === ALL && random.chance(0.3) ? text + random.pick(pieces) + random.text(3, alphabet) : text;
}

/** What xmlbuilder2 itself writes for the element that was read. */
function buildWhole(element: XmlElement): string {
  const built = create().ele(element.name, { ...element.attributes });
  fill(built, element);
  return built.end({ headless: true });
}

function fill(
  built: ReturnType<typeof create>,
  { name, attributes, text, children }: XmlElement,
  isChild = false,
): void {
  const isText = (name === 'MESSAGE' && !('result' in attributes)) || name === 'USER' || (name === 'STATUS' && isChild);
  if (isText) built.txt(text);
  for (const child of children) fill(built.ele(child.name, { ...child.attributes }), child, true);
}

for (const { document, text } of [...WRITTEN, ...WRITTEN_BY_GATEWAY]) {
  test(`writes ${text}`, () => assert.equal(writeDocument(document), text));
}

for (const { document, text } of WRITTEN) {
  test(`reads back ${text}`, () => assert.deepEqual(withoutUndefined(toClientDocument(readOne(text))), document));
}

for (const { document, text } of WRITTEN_BY_GATEWAY) {
  test(`reads back ${text}`, () => assert.deepEqual(withoutUndefined(toServerDocument(readOne(text))), document));
}

test('reads back any values exactly', () => {
  for (let run = 0; run < 5_000; run++) {
    const sent = randomClientDocument(ALL);
    const text = writeDocument(sent);
    assert.deepEqual(withoutUndefined(toClientDocument(readOne(text))), withoutUndefined(sent), text);
    const answer = randomServerDocument(ALL);
    const answered = writeDocument(answer);
    assert.deepEqual(withoutUndefined(toServerDocument(readOne(answered))), withoutUndefined(answer), answered);
  }
});

test('writes what xmlbuilder2 writes, for any value that it writes rightly', () => {
  for (let run = 0; run < 3_000; run++) {
    const document = random.chance() ? randomClientDocument(PLAIN) : randomServerDocument(PLAIN);
    const text = writeDocument(document);
    assert.equal(text, buildWhole(readOne(text)));
  }
});

test('where the writer differs from xmlbuilder2, xmlbuilder2 loses the value', () => {
  for (const value of ['\t', '\n', '\r', '&amp;', '&#10;']) {
    const theirs = readOne(create().ele('LOGIN', { user: value }).end({ headless: true }));
    assert.notEqual(theirs.attributes['user'], value);
    assert.equal(readOne(writeDocument({ name: 'LOGIN', user: value })).attributes['user'], value);
  }
  for (const value of ['\0', '\uFFFE', '\uD800']) {
    const theirs = create().ele('LOGIN', { user: value }).end({ headless: true });
    assert.equal(new DocumentReader().read(theirs).error?.code, 'bad-character');
  }
});

test('refuses a value with a character that XML does not have, and cleanText mends it', () => {
  for (const character of ['\0', '\x1F', '\uFFFE', '\uFFFF', '\uD83D', '\uDE00']) {
    const value = `a😀${character}b`;
    assert.throws(() => writeDocument({ name: 'MESSAGE', text: value }), {
      name: 'ProtocolError',
      code: 'bad-character',
    });
    assert.throws(() => writeDocument({ name: 'LOGIN', user: value }), {
      name: 'ProtocolError',
      code: 'bad-character',
    });
    assert.equal(cleanText(value), 'a😀\uFFFDb');
  }
  assert.equal(cleanText('\uDE00\uD83D\0\0'), '\uFFFD\uFFFD\uFFFD\uFFFD');
  assert.equal(cleanText('a\tb\r\n😀'), 'a\tb\r\n😀');
});
