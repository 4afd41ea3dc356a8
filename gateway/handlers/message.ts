/** IMS MESSAGE: a text to a user, who has it now or at the next login. */

import {
  MESSAGE_RESULT,
  STATUS_UNKNOWN,
  toUserKey,
  type ClientDocumentOf,
  type ServerDocument,
} from '../../protocol/documents.ts';
import { toTime } from '../entry-documents.ts';
import type { Presence } from '../presence.ts';
import type { OwnCopy, Sent } from '../messaging.ts';
import { toNumber } from './numbers.ts';
import type { Answer, Owner, Route } from './route.ts';

type Message = ClientDocumentOf<'MESSAGE'>;

export const message: Route<'MESSAGE'> = {
  gate: { nameIn: ({ from }) => from, refuse },
  async handle({ document, element, services, session }, owner) {
    const to = toUserKey(document.to);
    const id = readId(document, owner);
    if (to === undefined || id === 0 || element.children.length > 0) return { document: refuse(document, owner) };
    if (id !== undefined) session.version2!.noteSending(id);
    const op = id ?? session.nextOperation();
    const sent = await services.messaging.send(owner, to, document.text, op);
    if ('copy' in sent && sent.copy) session.version2?.noteAnswer(sent.copy.place);
    return owner.device === undefined
      ? answerClassic(sent, services.presence)
      : answerVersion2(document, sent, services.presence);
  },
};

/** Version 2: the message's id, 0 where it has none; undefined for a classic message. */
function readId({ id }: Message, { device }: Owner): number | undefined {
  return device === undefined ? undefined : (toNumber(id) ?? 0);
}

function refuse({ id }: Message, { device }: Owner): ServerDocument {
  const result = MESSAGE_RESULT.refused;
  return { name: 'MESSAGE', ...(device === undefined ? { result } : { id, result, reason: 'invalid' }) };
}

async function answerClassic(sent: Sent, presence: Presence): Promise<Answer> {
  const refusal = sent.outcome === 'refused' && { refusal: sent.reason };
  return { document: { name: 'MESSAGE', result: await resultOf(sent, presence) }, ...refusal };
}

async function answerVersion2({ id }: Message, sent: Sent, presence: Presence): Promise<Answer> {
  if (sent.outcome === 'used') {
    const text = 'this id was used for another message, or its answer is forgotten';
    return { document: { name: 'ERROR', code: 'id-used', id, text } };
  }
  const result = await resultOf(sent, presence);
  const place = sent.copy && describe(sent.copy);
  if (sent.outcome !== 'refused') return { document: { name: 'MESSAGE', id, result, ...place } };
  const { reason } = sent;
  return { document: { name: 'MESSAGE', id, result, ...place, reason }, refusal: reason };
}

function describe({ place, time, n }: OwnCopy): { at: string; time: string; n: string } {
  return { at: place, time: toTime(time), n: String(n) };
}

async function resultOf(sent: Sent, presence: Presence): Promise<string> {
  if (sent.outcome === 'refused' || sent.outcome === 'used') return MESSAGE_RESULT.refused;
  if (sent.outcome === 'self') return MESSAGE_RESULT.sent;
  const seen = await presence.statusSeen(sent.presence);
  return seen === STATUS_UNKNOWN ? MESSAGE_RESULT.waiting : MESSAGE_RESULT.sent;
}
