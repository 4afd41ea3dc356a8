/** The route table: a row a document. */

import type { ClientDocumentName } from '../../protocol/documents.ts';
import { ack } from './ack.ts';
import { alive } from './alive.ts';
import { block, unblock } from './block.ts';
import { friend } from './friend.ts';
import { log } from './log.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { message } from './message.ts';
import { read } from './read.ts';
import type { Route } from './route.ts';
import { status } from './status.ts';
import { typing } from './typing.ts';

export const ROUTES = {
  LOGIN: login,
  LOGOUT: logout,
  MESSAGE: message,
  STATUS: status,
  FRIEND: friend,
  ALIVE: alive,
  ACK: ack,
  READ: read,
  LOG: log,
  TYPING: typing,
  BLOCK: block,
  UNBLOCK: unblock,
} satisfies { [N in ClientDocumentName]: Route<N> };
