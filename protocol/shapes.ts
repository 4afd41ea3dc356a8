/** Elements to text: the shape of each is serialised once, with holes, then filled with escaped values. */

import { findBadCharacter } from './characters.ts';
import { badCharacter } from './refusals.ts';

/** Serialises one element; without `text` it is an empty-element tag. This is what an XML library is needed for. */
export type Serialize = (name: string, attributes: Readonly<Record<string, string>>, text?: string) => string;

export type Values = Readonly<Record<string, unknown>>;

/** `content` is markup already; without it the element is an empty-element tag. */
export type WriteElement<N extends string> = (name: N, values: Values, content?: string) => string;

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
 * A function that writes elements; `attributes` has those of each element in the order they are written. One whose value
 * is undefined is left out. It throws ProtocolError 'bad-character' for a value that no XML document can hold; `cleanText`
 * of characters.ts mends one.
 */
export function createWriter<N extends string>(
  serialize: Serialize,
  attributes: Readonly<Record<N, readonly string[]>>,
): WriteElement<N> {
  // By element, then by what is there: a bit for content, one for each attribute.
  const shapes = new Map<N, (readonly string[])[]>();

  /** The pieces between the holes. */
  function build(name: N, present: number): readonly string[] {
    const names: readonly string[] = attributes[name].filter((_, bit) => present & (2 << bit));
    const holes = Object.fromEntries(names.map((attribute) => [attribute, HOLE]));
    return serialize(name, holes, present & 1 ? HOLE : undefined).split(HOLE);
  }

  function shapeOf(name: N, present: number): readonly string[] {
    const known = shapes.get(name) ?? [];
    shapes.set(name, known);
    return (known[present] ??= build(name, present));
  }

  return (name, values, content) => {
    const names: readonly string[] = attributes[name];
    let present = content === undefined ? 0 : 1;
    for (let bit = 0; bit < names.length; bit++) if (values[names[bit]!] !== undefined) present |= 2 << bit;
    const shape = shapeOf(name, present);
    let hole = 0;
    let text = shape[hole]!;
    for (let bit = 0; bit < names.length; bit++) {
      if (present & (2 << bit)) text += escapeValue(String(values[names[bit]!]), ATTRIBUTE_ESCAPES) + shape[++hole]!;
    }
    return content === undefined ? text : text + content + shape[++hole]!;
  };
}

/** Character data as markup. */
export function escapeText(text: string): string {
  return escapeValue(text, TEXT_ESCAPES);
}

function escapeValue(value: string, escapes: ReadonlyMap<string, string>): string {
  // Most values are plain: one test, which everything that needs care fails (also surrogates, paired or not).
  if (!/[^ !#-%'-;=?-\uD7FF\uE000-\uFFFD]/.test(value)) return value;
  if (findBadCharacter(value) >= 0) throw badCharacter();
  return value.replace(/[&<>"\t\n\r]/g, (character) => escapes.get(character) ?? character);
}
