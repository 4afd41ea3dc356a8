/** Fetches the parts that come when they are used, once the page is there: then they are at hand, also without a network. */

import { bring } from './bring.ts';

const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import('../components/parts.ts'),
  () => import('../state/friend-changes.ts'),
];

export function fetchAhead(): void {
  for (const part of PARTS) void bring(part).catch(() => {});
}
