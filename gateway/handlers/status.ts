/** IMS STATUS: get, set and list. */

import {
  DONE_RESULT,
  STATUS_UNKNOWN,
  toAsciiLower,
  type ClientDocumentOf,
  type ServerDocument,
} from '../../protocol/documents.ts';
import { SessionEnded } from '../session-ended.ts';
import type { Answer, Call, Owner, Route } from './route.ts';

const TYPES = { get, set, list } as const;

export const status: Route<'STATUS'> = {
  gate: {
    // IMS STATUS list: the same for everybody.
    nameIn: (document) => (typeOf(document) === 'list' ? null : document.user),
    refuse: (document) =>
      typeOf(document) === 'get' ? { name: 'STATUS', type: 'get', result: String(STATUS_UNKNOWN) } : refuse(document),
  },
  handle(call, owner) {
    const type = typeOf(call.document);
    return type === undefined ? { document: refuse(call.document) } : TYPES[type](call, owner);
  },
};

function refuse(document: ClientDocumentOf<'STATUS'>): ServerDocument {
  return { name: 'STATUS', type: typeOf(document) ?? document.type, result: DONE_RESULT.refused };
}

function typeOf({ type }: ClientDocumentOf<'STATUS'>): keyof typeof TYPES | undefined {
  const lower = toAsciiLower(type ?? '');
  return Object.hasOwn(TYPES, lower) ? (lower as keyof typeof TYPES) : undefined;
}

async function get({ services }: Call<'STATUS'>, owner: Owner): Promise<Answer> {
  const [presence] = await services.store.readPresence([owner.user]);
  if (presence === undefined) throw new SessionEnded();
  return { document: { name: 'STATUS', type: 'get', result: String(presence.status) } };
}

async function set({ document, services, session }: Call<'STATUS'>, owner: Owner): Promise<Answer> {
  const listed = services.config.statuses.find(({ id }) => String(id) === document.code);
  if (listed === undefined) return { document: refuse(document) };
  const op = session.nextOperation();
  await services.authors.change(owner, () => services.store.setStatus(owner, listed.id, op));
  session.version2?.noteStatus(listed.id);
  void services.announcing.announceStatus(owner.user);
  return { document: { name: 'STATUS', type: 'set', result: DONE_RESULT.done } };
}

function list({ services }: Call<'STATUS'>): Answer {
  return { document: { name: 'STATUSLIST', statuses: services.config.statuses } };
}
