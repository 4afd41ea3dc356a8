/** The route table: a row a document. */

import type { ClientDocumentName } from '../../protocol/documents.ts';
import { alive } from './alive.ts';
import { friend } from './friend.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { message } from './message.ts';
import type { Route } from './route.ts';
import { status } from './status.ts';

export const ROUTES = {
  LOGIN: login,
  LOGOUT: logout,
  MESSAGE: message,
  STATUS: status,
  FRIEND: friend,
  ALIVE: alive,
} satisfies { [N in ClientDocumentName]: Route<N> };
