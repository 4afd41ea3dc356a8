/** IMS ALIVE: its echo is all; version 2, which has no echoes, gets it as an answer. */

import type { Route } from './route.ts';

export const alive: Route<'ALIVE'> = {
  handle: (_call, owner) => (owner.device === undefined ? {} : { document: { name: 'ALIVE' } }),
};
