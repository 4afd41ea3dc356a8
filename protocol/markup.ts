/** The lexical rules of XML 1.0 (fifth edition, no DTD) for one piece of markup: checked strictly, decoded. */

import { toAttributes } from './attributes.ts';
import { findBadCharacter } from './characters.ts';
import { ProtocolError } from './documents.ts';
import { badCharacter, notWellFormed } from './refusals.ts';

/** A start tag or an empty-element tag. */
export interface OpeningTag {
  /** As sent, so that the closing tag can be compared. */
  readonly name: string;
  /** Canonical, without prototype: as an XmlElement has them. */
  readonly attributes: Readonly<Record<string, string>>;
}

// XML 1.0 §2.3 NameStartChar and NameChar
const NAME_START =
  ':A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME = `[${NAME_START}][${NAME_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*`;
const S = '[ \\t\\r\\n]';
const EQUALS = `${S}*=${S}*`;

const TAG_NAME = new RegExp(`<(${NAME})`, 'uy');
const ATTRIBUTE = new RegExp(`${S}+(${NAME})${EQUALS}(?:"([^<"]*)"|'([^<']*)')`, 'uy');
const TAG_END = new RegExp(`${S}*/?>$`, 'uy');
const CLOSING_TAG = new RegExp(`^</(${NAME})${S}*>$`, 'u');
const CONTENT = /([^<]+)|<!--(?:[^-]|-[^-])*-->|<!\[CDATA\[([^]*?)\]\]>/uy;
const REFERENCE = new RegExp(`&(?:(${NAME}|#[0-9]+|#x[0-9A-Fa-f]+);)?`, 'gu');
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${EQUALS}(?:"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${S}+encoding${EQUALS}(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
    `(?:${S}+standalone${EQUALS}(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*\\?>$`,
  'u',
);
const ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Reads a whole start tag or empty-element tag, from `<` to `>`. Throws ProtocolError. */
export function readOpeningTag(markup: string): OpeningTag {
  const name = matchAt(TAG_NAME, markup, 0)?.[1];
  if (name === undefined) throw notWellFormed('a tag must begin with a name');
  const attributes: [string, string][] = [];
  let at = TAG_NAME.lastIndex;
  for (let match; (match = matchAt(ATTRIBUTE, markup, at)); at = ATTRIBUTE.lastIndex) {
    attributes.push([match[1] ?? '', decodeAttribute(match[2] ?? match[3] ?? '')]);
  }
  if (!matchAt(TAG_END, markup, at)) throw notWellFormed('a tag or one of its attributes is malformed');
  return { name, attributes: toAttributes(attributes) };
}

/** Reads a whole end tag: the name as sent. Throws ProtocolError. */
export function readClosingTag(markup: string): string {
  const name = CLOSING_TAG.exec(markup)?.[1];
  if (name === undefined) throw notWellFormed('a closing tag is malformed');
  return name;
}

/** Reads all that stands between two tags: its character data, decoded, comments left out. Throws ProtocolError. */
export function readContent(markup: string): string {
  let text = '';
  for (let at = 0; at < markup.length; at = CONTENT.lastIndex) {
    const match = matchAt(CONTENT, markup, at);
    if (!match) throw notWellFormed('a "<" begins no tag, comment or CDATA section');
    if (match[1] !== undefined) text += decodeText(match[1]);
    else if (match[2] !== undefined) text += normalizeLineEnds(match[2]);
  }
  return text;
}

/** Whether this is a whole XML declaration as §2.8 has it. */
export function isDeclaration(markup: string): boolean {
  return DECLARATION.test(markup);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function decodeText(markup: string): string {
  if (markup.includes(']]>')) throw notWellFormed('"]]>" stands in text');
  return decodeReferences(normalizeLineEnds(markup));
}

// XML 1.0 §3.3.3: literal white space becomes spaces, what a reference stands for stays.
function decodeAttribute(markup: string): string {
  return decodeReferences(markup.replace(/\r\n|[\t\n\r]/g, ' '));
}

// XML 1.0 §2.11
function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function decodeReferences(text: string): string {
  return text.includes('&') ? text.replace(REFERENCE, (_, name: string | undefined) => decodeReference(name)) : text;
}

function decodeReference(name: string | undefined): string {
  if (name === undefined) throw new ProtocolError('bad-entity', 'an "&" begins no reference: write "&amp;"');
  if (name.startsWith('#')) return decodeNumber(name.startsWith('#x') ? parseInt(name.slice(2), 16) : +name.slice(1));
  const character = ENTITIES.get(name);
  if (character === undefined) {
    throw new ProtocolError('bad-entity', 'an entity is none of lt, gt, amp, quot and apos');
  }
  return character;
}

function decodeNumber(code: number): string {
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\0';
  if (findBadCharacter(character) >= 0) throw badCharacter();
  return character;
}
