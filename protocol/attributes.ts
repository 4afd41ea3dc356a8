/** The attributes of one element, by their canonical names. */

import { MAX_ATTRIBUTES, ProtocolError, toAsciiLower } from './documents.ts';

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/**
 * Attributes by canonical name. Throws ProtocolError when there are too many,
 * or two that differ in nothing but the case of ASCII letters.
 */
export function toAttributes(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  if (pairs.length > MAX_ATTRIBUTES) {
    throw new ProtocolError('too-many-attributes', `an element has more than ${MAX_ATTRIBUTES} attributes`);
  }
  if (pairs.length === 0) return NO_ATTRIBUTES;
  const attributes = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairs) {
    const canonical = toAsciiLower(name);
    if (canonical in attributes) throw new ProtocolError('repeated-attribute', 'an element repeats an attribute');
    attributes[canonical] = value;
  }
  return attributes;
}
