/** IMS LOGOUT: the owner leaves, and the connection closes after the answer. */

import { LOGOUT_RESULT } from '../../protocol/documents.ts';
import type { Route } from './route.ts';

export const logout: Route<'LOGOUT'> = {
  gate: {
    nameIn: ({ user }) => user,
    refuse: () => ({ name: 'LOGOUT', result: LOGOUT_RESULT.refused }),
  },
  handle: () => ({ document: { name: 'LOGOUT', result: LOGOUT_RESULT.out }, next: 'log-out' }),
};
