/** What a route is: a document's gates and its handler, as data. */

import type { ClientDocumentName, ClientDocumentOf, ServerDocument, XmlElement } from '../../protocol/documents.ts';
import type { Services } from '../services.ts';
import type { Author, DeviceLogin, OpenedSession, Place, RefusedReason, UserKey } from '../store/store.ts';

/** The user of a session that is logged in. */
export interface Owner extends Author {
  /** As registered. */
  readonly name: string;
  /** As the session wrote it in LOGIN: what goes to the session is verified by it. */
  readonly spelling: string;
}

/** What a handler may ask of its session besides the owner. */
export interface HandlerSession {
  /**
   * Takes a seat and opens the session in the store, of version 2 where `account` has a device; undefined when the account
   * changed meanwhile.
   */
  open(account: Omit<Owner, 'session'>, login?: DeviceLogin): Promise<OpenedSession | undefined>;
  /** 1, 2, 3 … for each change that must be taken once. */
  nextOperation(): number;
  /** What only a session of version 2 has. */
  readonly version2: Version2Session | undefined;
}

export interface Version2Session {
  /** A message with this id is about to be sent: its answer stands for the entry. */
  noteSending(id: number): void;
  /** An own message stands there, its answer is about to be sent: where another one is given there, that one was lost. */
  noteAnswer(at: Place): void;
  /** What an acknowledgement of this place counts for: no more than was sent. Undefined before anything was. */
  bound(at: Place): Place | undefined;
  /** The client knows its own status, or can since its login: it is told of another one. */
  noteStatus(status: number): void;
  /** False where the last one is too young to be followed by another. */
  mayTellTyping(to: UserKey): boolean;
}

export interface Answer {
  readonly document?: ServerDocument | undefined;
  /** Why the store refused a message. */
  readonly refusal?: RefusedReason;
  /** What follows when the answer was sent, before the next document is taken: the backlog, the end. */
  readonly next?: { readonly start: OpenedSession } | 'log-out';
}

export interface Call<N extends ClientDocumentName> {
  readonly document: ClientDocumentOf<N>;
  readonly element: XmlElement;
  readonly services: Services;
  readonly session: HandlerSession;
}

/** Who may send a document that names its sender, and the answer for anybody else. */
export interface OwnerGate<N extends ClientDocumentName> {
  /** The name that must be the owner's; null where the seed asks for none. */
  nameIn(document: ClientDocumentOf<N>): string | undefined | null;
  /** Undefined: nothing is said. */
  refuse(document: ClientDocumentOf<N>, owner: Owner): ServerDocument | undefined;
}

/** Before LOGIN only LOGIN itself is taken: all other handlers have an owner. */
export type Route<N extends ClientDocumentName> = N extends 'LOGIN'
  ? { handle(call: Call<N>, owner: Owner | undefined): Promise<Answer> }
  : {
      /** For sessions of version 2 alone: to others it is a document that IMS does not have. */
      readonly isVersion2?: true;
      readonly gate?: OwnerGate<N>;
      handle(call: Call<N>, owner: Owner): Promise<Answer> | Answer;
    };
