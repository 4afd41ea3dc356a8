/** How a connection closes for each error. */

import type { ClosingCode } from '../protocol/documents.ts';
import { CLOSE_CODE, type CloseCode } from './transport/connection.ts';

export const CLOSE_CODES = {
  'not-well-formed': CLOSE_CODE.notXml,
  doctype: CLOSE_CODE.notXml,
  'processing-instruction': CLOSE_CODE.notXml,
  'text-outside': CLOSE_CODE.notXml,
  'not-utf8': CLOSE_CODE.notXml,
  'bad-character': CLOSE_CODE.notXml,
  'bad-entity': CLOSE_CODE.notXml,
  'repeated-attribute': CLOSE_CODE.notXml,
  'too-many-attributes': CLOSE_CODE.policy,
  'too-big': CLOSE_CODE.tooBig,
  'not-text': CLOSE_CODE.notText,
  'not-logged-in': CLOSE_CODE.policy,
  'too-many-logins': CLOSE_CODE.policy,
  idle: CLOSE_CODE.policy,
  'too-slow': CLOSE_CODE.policy,
  busy: CLOSE_CODE.tryLater,
  unavailable: CLOSE_CODE.internal,
  restarting: CLOSE_CODE.restart,
  'bad-device': CLOSE_CODE.policy,
  replaced: CLOSE_CODE.policy,
  epoch: CLOSE_CODE.restart,
} satisfies Record<ClosingCode, CloseCode>;
