/** Documents to text: the shape of each is serialised once, with holes, then filled with escaped values. */

import type { ClientDocument, ServerDocument } from './documents.ts';
import { findBadCharacter } from './markup.ts';
import { badCharacter } from './refusals.ts';

/** Serialises one element; without `text` it is an empty-element tag. This is what an XML library is needed for. */
export type Serialize = (name: string, attributes: Readonly<Record<string, string>>, text?: string) => string;

type Values = Readonly<Record<string, unknown>>;

/** The attributes of each element in the order they are written; those of both directions together. */
const ATTRIBUTES = {
  LOGIN: [
    ...['user', 'pass', 'token', 'version', 'device', 'label', 'result'],
    ...['epoch', 'after', 'first', 'head', 'sent', 'marks', 'status'],
  ],
  LOGOUT: ['user', 'result'],
  MESSAGE: ['id', 'result', 'at', 'time', 'n', 'from', 'to', 'device', 'reason'],
  STATUS: ['id', 'user', 'type', 'code', 'result'],
  STATUSLIST: [],
  FRIEND: ['at', 'time', 'user', 'type', 'friend', 'other', 'to', 'from', 'result'],
  FRIENDS: [],
  USER: ['status', 'since'],
  ALIVE: [],
  ERROR: ['code', 'id', 'text'],
  ACK: ['at'],
  READ: ['with', 'upto'],
  LOG: ['before', 'limit', 'first', 'head'],
  MARK: ['with', 'delivered', 'read', 'seen', 'refused', 'blocked', 'v'],
  PRESENCE: ['user', 'status', 'since'],
  TYPING: ['from', 'to'],
  BLOCK: ['user', 'result'],
  UNBLOCK: ['user', 'result'],
  RECONNECT: ['within'],
} as const satisfies Record<(ClientDocument | ServerDocument)['name'] | 'USER', readonly string[]>;

type ElementName = keyof typeof ATTRIBUTES;

// A private-use character: neither a name in a shape nor anything a serialiser escapes.
const HOLE = '\uE000';
const ATTRIBUTE_ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  // Literal, they would be read back as spaces (XML 1.0 §3.3.3).
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);
const TEXT_ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  // Literal, it would be read back as a line feed (§2.11).
  ['\r', '&#13;'],
]);

/**
 * A function that writes documents. An attribute that is undefined is left out. It throws ProtocolError
 * 'bad-character' for a value that no XML document can hold; `cleanText` of markup.ts mends one.
 */
export function createWriter(serialize: Serialize): (document: ClientDocument | ServerDocument) => string {
  // By element, then by what is there: a bit for content, one for each attribute.
  const shapes = new Map<ElementName, (readonly string[])[]>();

  /** The pieces between the holes. */
  function build(name: ElementName, present: number): readonly string[] {
    const names: readonly string[] = ATTRIBUTES[name].filter((_, bit) => present & (2 << bit));
    const attributes = Object.fromEntries(names.map((attribute) => [attribute, HOLE]));
    return serialize(name, attributes, present & 1 ? HOLE : undefined).split(HOLE);
  }

  function shapeOf(name: ElementName, present: number): readonly string[] {
    const known = shapes.get(name) ?? [];
    shapes.set(name, known);
    return (known[present] ??= build(name, present));
  }

  /** `content` is markup already. */
  function writeElement(name: ElementName, values: Values, content: string | undefined): string {
    const names: readonly string[] = ATTRIBUTES[name];
    let present = content === undefined ? 0 : 1;
    for (let bit = 0; bit < names.length; bit++) if (values[names[bit]!] !== undefined) present |= 2 << bit;
    const shape = shapeOf(name, present);
    let hole = 0;
    let text = shape[hole]!;
    for (let bit = 0; bit < names.length; bit++) {
      if (present & (2 << bit)) text += escapeValue(String(values[names[bit]!]), ATTRIBUTE_ESCAPES) + shape[++hole]!;
    }
    return content === undefined ? text : text + content + shape[++hole]!;
  }

  function contentOf(document: ClientDocument | ServerDocument): string | undefined {
    if (document.name === 'MESSAGE') return 'text' in document ? escapeValue(document.text, TEXT_ESCAPES) : undefined;
    if (document.name === 'STATUSLIST') return list(document.statuses, ({ id, name }) => ['STATUS', { id }, name]);
    if (document.name === 'FRIENDS')
      return list(document.friends, ({ status, since, user }) => ['USER', { status, since }, user]);
    // What a client sends under this name holds nothing.
    if (document.name === 'LOG' && 'entries' in document) return document.entries.map(write).join('') || undefined;
    return undefined;
  }

  function list<T>(items: readonly T[], describe: (item: T) => [ElementName, Values, string]): string | undefined {
    if (items.length === 0) return undefined;
    const elements = items.map((item) => {
      const [name, values, text] = describe(item);
      return writeElement(name, values, escapeValue(text, TEXT_ESCAPES));
    });
    return elements.join('');
  }

  function write(document: ClientDocument | ServerDocument): string {
    return writeElement(document.name, document as unknown as Values, contentOf(document));
  }

  return write;
}

function escapeValue(value: string, escapes: ReadonlyMap<string, string>): string {
  // Most values are plain: one test, which everything that needs care fails (also surrogates, paired or not).
  if (!/[^ !#-%'-;=?-\uD7FF\uE000-\uFFFD]/.test(value)) return value;
  if (findBadCharacter(value) >= 0) throw badCharacter();
  return value.replace(/[&<>"\t\n\r]/g, (character) => escapes.get(character) ?? character);
}
