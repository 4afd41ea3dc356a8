/** What a route is: a document's gates and its handler, as data. */

import type { ClientDocumentName, ClientDocumentOf, ServerDocument, XmlElement } from '../../protocol/documents.ts';
import type { Services } from '../services.ts';
import type { Author, OpenedSession, RefusedReason } from '../store/store.ts';

/** The user of a session that is logged in. */
export interface Owner extends Author {
  /** As registered. */
  readonly name: string;
  /** As the session wrote it in LOGIN: what goes to the session is verified by it. */
  readonly spelling: string;
}

/** What a handler may ask of its session besides the owner. */
export interface HandlerSession {
  /** Takes a seat and opens the session in the store; undefined when the account changed meanwhile. */
  open(account: {
    user: string;
    name: string;
    generation: number;
    spelling: string;
  }): Promise<OpenedSession | undefined>;
  /** 1, 2, 3 … for each change that must be taken once. */
  nextOperation(): number;
}

export interface Answer {
  readonly document?: ServerDocument;
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
  refuse(document: ClientDocumentOf<N>): ServerDocument;
}

/** Before LOGIN only LOGIN itself is taken: all other handlers have an owner. */
export type Route<N extends ClientDocumentName> = N extends 'LOGIN'
  ? { handle(call: Call<N>, owner: Owner | undefined): Promise<Answer> }
  : { readonly gate?: OwnerGate<N>; handle(call: Call<N>, owner: Owner): Promise<Answer> | Answer };
