/** Elements as text, for comparing what was read with what was expected; runs in a page too. */

import type { XmlElement } from '../../protocol/documents.ts';
import type { ExpectedElement } from './vectors.ts';

/** An element as lines that can be compared, one for each element in it; deepEqual would overflow the stack. */
export function describe(element: XmlElement): string {
  return describeExpected(toExpected(element));
}

/** The same for an element of the tables. */
export function describeExpected(element: ExpectedElement): string {
  const lines: string[] = [];
  const waiting: [element: ExpectedElement, depth: number][] = [[element, 0]];
  for (let next; (next = waiting.pop());) {
    const [{ name, attributes, text, children }, depth] = next;
    lines.push(JSON.stringify([depth, name, attributes, text]));
    for (const child of children.toReversed()) waiting.push([child, depth + 1]);
  }
  return lines.join('\n');
}

function toExpected({ name, attributes, text, children }: XmlElement): ExpectedElement {
  return { name, attributes: Object.entries(attributes), text, children: children.map(toExpected) };
}
