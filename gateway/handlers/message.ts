/** IMS MESSAGE: a text to a user, who has it now or at the next login. */

import { MESSAGE_RESULT, STATUS_UNKNOWN, toUserKey, type ServerDocument } from '../../protocol/documents.ts';
import type { Presence } from '../presence.ts';
import type { Sent } from '../messaging.ts';
import type { Route } from './route.ts';

export const message: Route<'MESSAGE'> = {
  gate: { nameIn: ({ from }) => from, refuse },
  async handle({ document, element, services, session }, owner) {
    const to = toUserKey(document.to);
    if (to === undefined || element.children.length > 0) return { document: refuse() };
    const sent = await services.messaging.send(owner, owner.name, to, document.text, session.nextOperation());
    const refusal = sent.outcome === 'refused' && { refusal: sent.reason };
    return { document: { name: 'MESSAGE', result: await resultOf(sent, services.presence) }, ...refusal };
  },
};

function refuse(): ServerDocument {
  return { name: 'MESSAGE', result: MESSAGE_RESULT.refused };
}

async function resultOf(sent: Sent, presence: Presence): Promise<string> {
  if (sent.outcome === 'refused') return MESSAGE_RESULT.refused;
  if (sent.outcome === 'self') return MESSAGE_RESULT.sent;
  const seen = await presence.statusSeen(sent.presence);
  return seen === STATUS_UNKNOWN ? MESSAGE_RESULT.waiting : MESSAGE_RESULT.sent;
}
