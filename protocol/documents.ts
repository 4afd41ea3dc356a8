/** Every IMS document: its attributes, its shape in either direction, its result codes by name. */

/**
 * An XML element as read from a stream. Names are canonical: the element's in ASCII upper case,
 * the attributes' in ASCII lower case. Values are as sent, decoded and normalised (XML 1.0 §2.11, §3.3.3).
 */
export interface XmlElement {
  readonly name: string;
  /** No prototype, so any name may be looked up. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The character data directly inside the element, CDATA included, in order. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** What a client sends; the seed's "Client->Server". An attribute that was not sent is undefined. */
export type ClientDocument =
  | { name: 'LOGIN'; user?: string | undefined; pass?: string | undefined }
  | { name: 'LOGOUT'; user?: string | undefined }
  | { name: 'MESSAGE'; to?: string | undefined; from?: string | undefined; text: string }
  | { name: 'STATUS'; user?: string | undefined; type?: string | undefined; code?: string | undefined }
  | {
      name: 'FRIEND';
      user?: string | undefined;
      type?: string | undefined;
      friend?: string | undefined;
      other?: string | undefined;
    }
  | { name: 'ALIVE' };

/** What the gateway sends besides echoes: answers, then what it sends unasked. */
export type ServerDocument =
  | { name: 'LOGIN'; user?: string | undefined; result: string }
  | { name: 'LOGOUT'; user?: string | undefined; result: string }
  | { name: 'MESSAGE'; result: string }
  | { name: 'MESSAGE'; from: string; to: string; text: string }
  | { name: 'STATUS'; type?: string | undefined; result: string }
  | { name: 'STATUSLIST'; statuses: readonly Status[] }
  | { name: 'FRIEND'; type?: string | undefined; result: string }
  | { name: 'FRIEND'; type: 'invite'; to: string; from: string }
  | { name: 'FRIENDS'; friends: readonly Friend[] }
  | { name: 'ERROR'; code: ErrorCode; text: string };

/** A status a user can have: its number and its name for people. */
export interface Status {
  readonly id: number;
  readonly name: string;
}

/** A friend as FRIENDS shows it: the name as registered; the status' number, -1 when away. */
export interface Friend {
  readonly user: string;
  readonly status: number;
}

/** The names of the documents that a client may send. */
export type ClientDocumentName = ClientDocument['name'];

/** A document of one name, e.g. `ClientDocumentOf<'LOGIN'>`. */
export type ClientDocumentOf<N extends ClientDocumentName> = Extract<ClientDocument, { name: N }>;

/** The attributes that each client document has; others are ignored. MESSAGE has text besides. */
export const CLIENT_ATTRIBUTES = {
  LOGIN: ['user', 'pass'],
  LOGOUT: ['user'],
  MESSAGE: ['from', 'to'],
  STATUS: ['user', 'type', 'code'],
  FRIEND: ['user', 'type', 'friend', 'other'],
  ALIVE: [],
} as const satisfies Record<ClientDocumentName, readonly string[]>;

/** IMS LOGIN: the result of the log in attempt. */
export const LOGIN_RESULT = { refused: '0', in: '1', banned: '2' } as const;
/** IMS LOGOUT: whether the owner was verified. */
export const LOGOUT_RESULT = { refused: '0', out: '1' } as const;
/** IMS MESSAGE: what happened to the message. */
export const MESSAGE_RESULT = { waiting: '-1', refused: '0', sent: '1' } as const;
/** IMS FRIEND and STATUS set: the number of things done. */
export const DONE_RESULT = { refused: '0', done: '1' } as const;
/** IMS STATUS get and FRIENDS: no status known, or away. */
export const STATUS_UNKNOWN = -1;

/** The largest document, in bytes of UTF-8, from its `<` to its `>`. */
export const MAX_DOCUMENT_BYTES = 16_384;
/** The most attributes that one element may have. */
export const MAX_ATTRIBUTES = 16;

/** Why a connection is closed; `<ERROR code text/>`. The reader's first, then the session's. */
export type ErrorCode =
  | 'not-well-formed'
  | 'doctype'
  | 'processing-instruction'
  | 'text-outside'
  | 'not-utf8'
  | 'bad-character'
  | 'bad-entity'
  | 'repeated-attribute'
  | 'too-many-attributes'
  | 'too-big'
  | 'not-text'
  | 'not-logged-in'
  | 'too-many-logins'
  | 'idle'
  | 'too-slow'
  | 'busy'
  | 'unavailable'
  | 'restarting';

/** Input that ends the connection; `code` is what ERROR says, `message` its text for people. */
export class ProtocolError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
  }
}

/** Lower case for A–Z alone: IMS names are ASCII, and `toLowerCase` would turn the Kelvin sign into k. */
export function toAsciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Upper case for a–z alone; see {@link toAsciiLower}. */
export function toAsciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * The key of a user name: names are compared in lower case and match `[a-z0-9._-]{1,32}`.
 * Undefined when the text is no name.
 */
export function toUserKey(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Za-z0-9._-]{1,32}$/.test(name) ? toAsciiLower(name) : undefined;
}

/** The MD5 of a password in hex, either case, as LOGIN's `pass`, in lower case; undefined when it is none. */
export function toPass(pass: string | undefined): string | undefined {
  return pass !== undefined && /^[0-9A-Fa-f]{32}$/.test(pass) ? toAsciiLower(pass) : undefined;
}

/** The client document that an element is, with its attributes as sent; undefined when the seed names no such document. */
export function toClientDocument(element: XmlElement): ClientDocument | undefined {
  if (!Object.hasOwn(CLIENT_ATTRIBUTES, element.name)) return undefined;
  const name = element.name as ClientDocumentName;
  const document: Record<string, string | undefined> = { name };
  for (const attribute of CLIENT_ATTRIBUTES[name]) document[attribute] = element.attributes[attribute];
  if (name === 'MESSAGE') document['text'] = element.text;
  return document as unknown as ClientDocument;
}

/**
 * The server document that an element is: the client's side of reading.
 * Undefined when the seed names no such document or an attribute it cannot do without is missing.
 */
export function toServerDocument(element: XmlElement): ServerDocument | undefined {
  const { name, attributes, text, children } = element;
  const { user, type, result, from, to, code } = attributes;
  switch (name) {
    case 'LOGIN':
    case 'LOGOUT':
      return result === undefined ? undefined : { name, user, result };
    case 'MESSAGE':
      if (result !== undefined) return { name, result };
      return from === undefined || to === undefined ? undefined : { name, from, to, text };
    case 'STATUS':
      return result === undefined ? undefined : { name, type, result };
    case 'FRIEND':
      if (result !== undefined) return { name, type, result };
      if (from === undefined || to === undefined || toAsciiLower(type ?? '') !== 'invite') return undefined;
      return { name, type: 'invite', to, from };
    case 'STATUSLIST':
      return { name, statuses: children.map((child) => ({ id: Number(child.attributes['id']), name: child.text })) };
    case 'FRIENDS':
      return {
        name,
        friends: children.map((child) => ({ user: child.text, status: Number(child.attributes['status']) })),
      };
    case 'ERROR':
      return code === undefined ? undefined : { name, code: code as ErrorCode, text: attributes['text'] ?? '' };
    default:
      return undefined;
  }
}
