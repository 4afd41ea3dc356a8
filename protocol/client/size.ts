/** How large a message is on the wire. */

import type { Outgoing } from './outbox.ts';

/** Tags, attribute names and room for the longest id. */
const FRAME = '<MESSAGE id="00000000000000" to="" from=""></MESSAGE>'.length;
const ESCAPED: Readonly<Record<string, number>> = { '&': 5, '<': 4, '>': 4, '\r': 5 };

/** Bytes of UTF-8 that a message takes, at the most. */
export function measureMessage(from: string, { to, text }: Pick<Outgoing, 'to' | 'text'>): number {
  const plain = new TextEncoder().encode(text + from + to).length;
  const escapes = text.match(/[&<>\r]/g) ?? [];
  return FRAME + plain + escapes.reduce((sum, character) => sum + (ESCAPED[character] ?? 1) - 1, 0);
}
