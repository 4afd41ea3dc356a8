/** IMS ALIVE: its echo is all. */

import type { Route } from './route.ts';

export const alive: Route<'ALIVE'> = { handle: () => ({}) };
