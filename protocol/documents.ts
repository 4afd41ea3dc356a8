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

/**
 * What a client sends: the seed's "Client->Server", then what IMS 2 adds. An attribute that was not sent is undefined.
 * Attributes of LOGIN after `pass`, MESSAGE's `id`, and the documents from ACK on are version 2.
 */
export type ClientDocument =
  | {
      name: 'LOGIN';
      user?: string | undefined;
      pass?: string | undefined;
      token?: string | undefined;
      version?: string | undefined;
      device?: string | undefined;
      label?: string | undefined;
      epoch?: string | undefined;
      after?: string | undefined;
      marks?: string | undefined;
      status?: string | undefined;
    }
  | { name: 'LOGOUT'; user?: string | undefined }
  | {
      name: 'MESSAGE';
      id?: string | undefined;
      to?: string | undefined;
      from?: string | undefined;
      text: string;
    }
  | { name: 'STATUS'; user?: string | undefined; type?: string | undefined; code?: string | undefined }
  | {
      name: 'FRIEND';
      user?: string | undefined;
      type?: string | undefined;
      friend?: string | undefined;
      other?: string | undefined;
    }
  | { name: 'ALIVE' }
  | { name: 'ACK'; at?: string | undefined }
  | { name: 'READ'; with?: string | undefined; upto?: string | undefined }
  | { name: 'LOG'; before?: string | undefined; limit?: string | undefined }
  | { name: 'TYPING'; from?: string | undefined; to?: string | undefined }
  | { name: 'BLOCK'; user?: string | undefined }
  | { name: 'UNBLOCK'; user?: string | undefined };

/** IMS 2: an entry of the log that is a message. Without `at`, `time` and `n` it is what a classic client gets. */
export interface MessageDocument {
  readonly name: 'MESSAGE';
  readonly at?: string | undefined;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time?: string | undefined;
  /** In its direction between the two users, decimal. */
  readonly n?: string | undefined;
  readonly from: string;
  readonly to: string;
  /** Where the owner sent it: the device and the id there. */
  readonly device?: string | undefined;
  readonly id?: string | undefined;
  readonly text: string;
}

/** An invitation; in version 2 also its answers, and with `at` and `time` an entry of the log. */
export interface FriendDocument {
  readonly name: 'FRIEND';
  readonly at?: string | undefined;
  readonly time?: string | undefined;
  readonly type: 'invite' | 'accept' | 'deny' | 'delete';
  readonly to: string;
  readonly from: string;
}

/** What the gateway sends besides echoes: answers, then what it sends unasked. What only version 2 has is optional or below ERROR. */
export type ServerDocument =
  | {
      name: 'LOGIN';
      user?: string | undefined;
      result: string;
      version?: string | undefined;
      token?: string | undefined;
      epoch?: string | undefined;
      /** As it was sent, where the log has it: what follows are the entries after it. */
      after?: string | undefined;
      first?: string | undefined;
      head?: string | undefined;
      sent?: string | undefined;
      marks?: string | undefined;
    }
  | { name: 'LOGOUT'; user?: string | undefined; result: string }
  | {
      name: 'MESSAGE';
      id?: string | undefined;
      result: string;
      at?: string | undefined;
      time?: string | undefined;
      n?: string | undefined;
      reason?: string | undefined;
    }
  | MessageDocument
  | { name: 'STATUS'; type?: string | undefined; result: string }
  | { name: 'STATUSLIST'; statuses: readonly Status[] }
  | { name: 'FRIEND'; type?: string | undefined; result: string }
  | FriendDocument
  | { name: 'FRIENDS'; friends: readonly Friend[] }
  | { name: 'ERROR'; code: ErrorCode; text: string; id?: string | undefined }
  | { name: 'ALIVE' }
  | { name: 'LOG'; first?: string | undefined; head?: string | undefined; entries: readonly EntryDocument[] }
  /** All marks there are, since a failover, have version `v` - 1 at least: what is held with a lower one was lost. */
  | { name: 'MARK'; v: string; with?: undefined }
  | {
      name: 'MARK';
      with: string;
      delivered: string;
      read: string;
      seen: string;
      /** Own messages that were refused, as ranges of `n`: `3-5 9-9`. */
      refused?: string | undefined;
      /** `1` where the owner has blocked the other one. */
      blocked?: string | undefined;
      v: string;
    }
  | { name: 'PRESENCE'; user: string; status: string; since?: string | undefined }
  | { name: 'TYPING'; from: string; to: string }
  | { name: 'BLOCK' | 'UNBLOCK'; user?: string | undefined; result: string }
  | { name: 'RECONNECT'; within: string };

export type EntryDocument = MessageDocument | FriendDocument;

/** A status a user can have: its number and its name for people. */
export interface Status {
  readonly id: number;
  readonly name: string;
}

/** A friend as FRIENDS shows it: the name as registered; the status' number, -1 when away; version 2: since when (ISO 8601). */
export interface Friend {
  readonly user: string;
  readonly status: number;
  readonly since?: string | undefined;
}

/** The names of the documents that a client may send. */
export type ClientDocumentName = ClientDocument['name'];

/** A document of one name, e.g. `ClientDocumentOf<'LOGIN'>`. */
export type ClientDocumentOf<N extends ClientDocumentName> = Extract<ClientDocument, { name: N }>;

/** The attributes that each client document has; others are ignored. MESSAGE has text besides. */
export const CLIENT_ATTRIBUTES = {
  LOGIN: ['user', 'pass', 'token', 'version', 'device', 'label', 'epoch', 'after', 'marks', 'status'],
  LOGOUT: ['user'],
  MESSAGE: ['id', 'from', 'to'],
  STATUS: ['user', 'type', 'code'],
  FRIEND: ['user', 'type', 'friend', 'other'],
  ALIVE: [],
  ACK: ['at'],
  READ: ['with', 'upto'],
  LOG: ['before', 'limit'],
  TYPING: ['from', 'to'],
  BLOCK: ['user'],
  UNBLOCK: ['user'],
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

/** The version that LOGIN asks for and its answer names. */
export const VERSION = '2';
/** An id that a client makes up for itself and keeps. */
export const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** An entry's place in its log. */
export const PLACE = /^(?:0|[1-9]\d{0,13})-[0-9a-f]{6}$/;

/** The largest document, in bytes of UTF-8, from its `<` to its `>`. */
export const MAX_DOCUMENT_BYTES = 16_384;
/** The most attributes that one element may have. */
export const MAX_ATTRIBUTES = 16;

/** Why a connection is closed; `<ERROR code text/>`. The reader's first, then the session's, then version 2's. */
export type ClosingCode =
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
  | 'restarting'
  | 'bad-device'
  | 'replaced'
  | 'epoch';
/** What ERROR says; `id-used` alone, of version 2, does not close the connection. */
export type ErrorCode = ClosingCode | 'id-used';

/** Input that ends the connection; `code` is what ERROR says, `message` its text for people. */
export class ProtocolError extends Error {
  readonly code: ClosingCode;
  constructor(code: ClosingCode, message: string) {
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

/** The client document that an element is, with its attributes as sent; undefined when IMS names no such document. */
export function toClientDocument(element: XmlElement): ClientDocument | undefined {
  if (!Object.hasOwn(CLIENT_ATTRIBUTES, element.name)) return undefined;
  const name = element.name as ClientDocumentName;
  const document: Record<string, string | undefined> = { name };
  for (const attribute of CLIENT_ATTRIBUTES[name]) document[attribute] = element.attributes[attribute];
  if (name === 'MESSAGE') document['text'] = element.text;
  return document as unknown as ClientDocument;
}
