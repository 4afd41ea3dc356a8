/** The client's side of reading: which document of the gateway an element is. */

import { toAsciiLower } from './documents.ts';
import type { EntryDocument, ErrorCode, FriendDocument, ServerDocument, XmlElement } from './documents.ts';

type Attributes = XmlElement['attributes'];

const CHANGES: ReadonlySet<string> = new Set(['invite', 'accept', 'deny', 'delete'] satisfies FriendDocument['type'][]);

/** By name, what an element of it is; undefined where an attribute it cannot do without is missing. */
const READERS: { readonly [N in ServerDocument['name']]: (element: XmlElement) => ServerDocument | undefined } = {
  LOGIN: ({ attributes }) => {
    const { user, result, version, token, epoch, after, first, head, sent, marks } = attributes;
    if (result === undefined) return undefined;
    return { name: 'LOGIN', user, result, version, token, epoch, after, first, head, sent, marks };
  },
  LOGOUT: ({ attributes: { user, result } }) => (result === undefined ? undefined : { name: 'LOGOUT', user, result }),
  MESSAGE: (element) => {
    const { id, result, at, time, n, reason } = element.attributes;
    return result === undefined ? toEntry(element) : { name: 'MESSAGE', id, result, at, time, n, reason };
  },
  STATUS: ({ attributes: { type, result } }) => (result === undefined ? undefined : { name: 'STATUS', type, result }),
  STATUSLIST: ({ children }) => ({
    name: 'STATUSLIST',
    statuses: children.map(({ attributes, text }) => ({ id: Number(attributes['id']), name: text })),
  }),
  FRIEND: (element) => {
    const { type, result } = element.attributes;
    return result === undefined ? toEntry(element) : { name: 'FRIEND', type, result };
  },
  FRIENDS: ({ children }) => ({
    name: 'FRIENDS',
    friends: children.map(({ attributes, text }) => ({
      user: text,
      status: Number(attributes['status']),
      since: attributes['since'],
    })),
  }),
  ERROR: ({ attributes: { code, text, id } }) =>
    code === undefined ? undefined : { name: 'ERROR', code: code as ErrorCode, text: text ?? '', id },
  ALIVE: () => ({ name: 'ALIVE' }),
  LOG: ({ attributes: { first, head }, children }) => ({
    name: 'LOG',
    first,
    head,
    entries: children.flatMap((child) => toEntry(child) ?? []),
  }),
  MARK: ({ attributes }) => {
    const { delivered = '0', read = '0', seen = '0', refused, blocked, v } = attributes;
    if (v === undefined) return undefined;
    if (attributes['with'] === undefined) return { name: 'MARK', v };
    return { name: 'MARK', with: attributes['with'], delivered, read, seen, refused, blocked, v };
  },
  PRESENCE: ({ attributes: { user, status, since } }) =>
    user === undefined || status === undefined ? undefined : { name: 'PRESENCE', user, status, since },
  TYPING: ({ attributes: { from, to } }) =>
    from === undefined || to === undefined ? undefined : { name: 'TYPING', from, to },
  BLOCK: ({ attributes }) => toBlock('BLOCK', attributes),
  UNBLOCK: ({ attributes }) => toBlock('UNBLOCK', attributes),
  RECONNECT: ({ attributes: { within } }) => ({ name: 'RECONNECT', within: within ?? '0' }),
};

/**
 * The server document that an element is. Undefined when IMS names no such document, or an attribute it cannot do
 * without is missing.
 */
export function toServerDocument(element: XmlElement): ServerDocument | undefined {
  if (!Object.hasOwn(READERS, element.name)) return undefined;
  return READERS[element.name as ServerDocument['name']](element);
}

/** A message or a change of a friendship; in a LOG both are children. */
function toEntry({ name, attributes, text }: XmlElement): EntryDocument | undefined {
  const { at, time, n, from, to, device, id } = attributes;
  if (from === undefined || to === undefined) return undefined;
  if (name === 'MESSAGE') return { name, at, time, n, from, to, device, id, text };
  const type = toAsciiLower(attributes['type'] ?? '');
  if (name !== 'FRIEND' || !CHANGES.has(type)) return undefined;
  return { name, at, time, type: type as FriendDocument['type'], to, from };
}

function toBlock(name: 'BLOCK' | 'UNBLOCK', { user, result }: Attributes): ServerDocument | undefined {
  return result === undefined ? undefined : { name, user, result };
}
