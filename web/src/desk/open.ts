/** Opens a desk: together with the other tabs, or on its own where the browser or the user wants nothing kept. */

import { hasLeases } from '../host/lease.ts';
import { Desk } from './desk.ts';
import type { Screen } from './desk.ts';
import { Lone } from './lone.ts';
import { Tabs } from './tabs.ts';

/** `user`: a key; `isKept`: it may survive the tab. The desk has a scene as soon as it is known. */
export function openDesk(user: string, isKept: boolean, screen: Screen): Desk {
  const isLasting = isKept && hasLeases() && 'BroadcastChannel' in globalThis;
  const desk = new Desk(user, isLasting, screen);
  if (isLasting) desk.stand(new Tabs(desk, () => beAlone(desk)));
  else beAlone(desk);
  return desk;
}

function beAlone(desk: Desk): void {
  desk.isLasting = false;
  const lone = new Lone(desk);
  desk.stand(lone);
  lone.begin();
}
