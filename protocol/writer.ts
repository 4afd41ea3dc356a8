/** Writes documents in Node; xmlbuilder2 builds their shapes. */

import { create } from 'xmlbuilder2';
import type { ClientDocument, ServerDocument } from './documents.ts';
import { createWriter, escapeText, type Values } from './shapes.ts';

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

const writeElement = createWriter<ElementName>((name, attributes, text) => {
  const element = create().ele(name, attributes);
  return (text === undefined ? element : element.txt(text)).end({ headless: true });
}, ATTRIBUTES);

/**
 * The text of a document, as a stream carries it. An attribute that is undefined is left out. What is read back has
 * exactly the values given. Throws ProtocolError 'bad-character' for a value that no XML document can hold.
 */
export function writeDocument(document: ClientDocument | ServerDocument): string {
  return writeElement(document.name, document as unknown as Values, contentOf(document));
}

function contentOf(document: ClientDocument | ServerDocument): string | undefined {
  if (document.name === 'MESSAGE') return 'text' in document ? escapeText(document.text) : undefined;
  if (document.name === 'STATUSLIST') return list(document.statuses, ({ id, name }) => ['STATUS', { id }, name]);
  if (document.name === 'FRIENDS')
    return list(document.friends, ({ status, since, user }) => ['USER', { status, since }, user]);
  // What a client sends under this name holds nothing.
  if (document.name === 'LOG' && 'entries' in document)
    return document.entries.map(writeDocument).join('') || undefined;
  return undefined;
}

function list<T>(items: readonly T[], describe: (item: T) => [ElementName, Values, string]): string | undefined {
  if (items.length === 0) return undefined;
  const elements = items.map((item) => {
    const [name, values, text] = describe(item);
    return writeElement(name, values, escapeText(text));
  });
  return elements.join('');
}
