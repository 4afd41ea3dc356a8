/** A document's way to its handler: the gates of the route table (logged in? the owner?), then the handler. */

import { toClientDocument, toUserKey, type ClientDocumentName, type XmlElement } from '../protocol/documents.ts';
import { ROUTES } from './handlers/index.ts';
import type { Answer, Call, HandlerSession, Owner, Route } from './handlers/route.ts';
import type { Services } from './services.ts';

/**
 * What answers a document, besides its echo. Unknown documents, and all but LOGIN before LOGIN, get nothing.
 * Rejects with SessionEnded, or with whatever kept the store from answering.
 */
export async function dispatch(
  element: XmlElement,
  services: Services,
  session: HandlerSession,
  owner: Owner | undefined,
): Promise<Answer> {
  const document = toClientDocument(element);
  if (document === undefined) return {};
  const call = { document, element, services, session };
  if (document.name === 'LOGIN') return ROUTES.LOGIN.handle(call as Call<'LOGIN'>, owner);
  if (owner === undefined) return {};
  // The table pairs each name with its own route; the compiler cannot follow the pairing through a union.
  const route = ROUTES[document.name] as Route<Exclude<ClientDocumentName, 'LOGIN'>>;
  if (route.isVersion2 && owner.device === undefined) return {};
  const named = route.gate?.nameIn(document as never);
  if (route.gate !== undefined && named !== null && toUserKey(named) !== owner.user) {
    return { document: route.gate.refuse(document as never, owner) };
  }
  return route.handle(call as never, owner);
}
