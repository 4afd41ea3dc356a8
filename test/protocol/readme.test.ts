/** The reference for people is true: every error code with its close code, every example a document as it is written. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLOSE_CODES } from '../../gateway/close-codes.ts';
import { readToken } from '../../gateway/tokens.ts';
import {
  CLIENT_ATTRIBUTES,
  DEVICE_ID,
  PLACE,
  toClientDocument,
  type ClientDocument,
  type ServerDocument,
  type XmlElement,
} from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';
import { readPieces } from './reading.ts';
import { WRITTEN_BY_GATEWAY } from './written.ts';

const README = readFileSync('protocol/README.md', 'utf8');

interface Example {
  isSent: boolean;
  /** What the gateway sends back as it came. */
  isEcho: boolean;
  text: string;
  element: XmlElement;
}

const BLOCKS = README.split(/^```.*$/m).filter((_, at) => at % 2 === 1);
const EXAMPLES = BLOCKS.flatMap(readBlock);
const SENT = EXAMPLES.filter(({ isSent }) => isSent).map(({ element }) => element);
/** Also those in a sentence. */
const ANSWERED = [
  ...EXAMPLES.filter(({ isSent, isEcho }) => !isSent && !isEcho).map(({ element }) => element),
  ...Array.from(README.matchAll(/`(<[A-Z]+[ /][^`]*>)`/g), ([, text]) => readOne(text!)),
];

function readBlock(block: string): Example[] {
  let before = '';
  return Array.from(block.matchAll(/^([<>]) (<.*>)/gm), ([, side, text]) => {
    const isSent = side === '>';
    const isEcho = !isSent && text === before;
    before = isSent ? text! : '';
    return { isSent, isEcho, text: text!, element: readOne(text!) };
  });
}

function readOne(text: string): XmlElement {
  const { documents, error } = new DocumentReader(1_000_000).read(text);
  assert.equal(error, undefined, text);
  return documents[0]!.element;
}

/** `NAME attribute` for each attribute of the element and of those in it. */
function attributesOf({ name, attributes, children }: XmlElement): string[] {
  return [...Object.keys(attributes).map((attribute) => `${name} ${attribute}`), ...children.flatMap(attributesOf)];
}

test('lists every error code that closes, with the code that a WebSocket closes with', () => {
  const rows = README.matchAll(/^\| `([a-z0-9-]+)` \| (\d{4}) \|/gm);
  assert.deepEqual(Object.fromEntries(Array.from(rows, ([, code, closes]) => [code, Number(closes)])), {
    ...CLOSE_CODES,
  });
});

test('every example can be read', () => {
  assert.ok(EXAMPLES.length > 70, `${EXAMPLES.length} examples found`);
  for (const { text } of EXAMPLES) assert.deepEqual(readPieces([text]).sources, [text]);
});

test('every example is a document of its side, written as the codec writes it', () => {
  for (const { isSent, isEcho, element, text } of EXAMPLES) {
    const document: ClientDocument | ServerDocument | undefined =
      isSent || isEcho ? toClientDocument(element) : toServerDocument(element);
    assert.ok(document, `no such document: ${text}`);
    assert.equal(writeDocument(document), text);
  }
});

test('shows every document of a client with every attribute', () => {
  const expected = Object.entries(CLIENT_ATTRIBUTES).flatMap(([name, attributes]) => [
    name,
    ...attributes.map((attribute) => `${name} ${attribute}`),
  ]);
  const shown = SENT.flatMap((element) => [element.name, ...attributesOf(element)]);
  assert.deepEqual([...new Set(shown)].sort(), expected.sort());
});

test('shows every document of the gateway with every attribute', () => {
  const isShown = new Set(ANSWERED.flatMap((element) => [element.name, ...attributesOf(element)]));
  for (const { text } of WRITTEN_BY_GATEWAY) {
    const element = readOne(text);
    for (const part of [element.name, ...attributesOf(element)]) assert.ok(isShown.has(part), `not shown: ${part}`);
  }
});

test('places, tokens, devices and times of the examples are such', () => {
  const places = new Set(['at', 'after', 'before', 'first', 'head']);
  const check = ({ attributes, children }: XmlElement): void => {
    for (const [name, value] of Object.entries(attributes)) {
      if (places.has(name)) assert.match(value, PLACE);
      if (name === 'device') assert.match(value, DEVICE_ID);
      if (name === 'token') assert.equal(readToken(value)?.user, attributes['user']);
      if (name === 'time' || name === 'since') assert.equal(new Date(value).toISOString(), value);
    }
    children.forEach(check);
  };
  for (const { element } of EXAMPLES) check(element);
});
