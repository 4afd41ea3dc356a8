/** The parts that are not needed to log in and to read: all in one piece, which comes when the page is there. */

import { bring } from '../shell/bring.ts';

type Parts = typeof import('./parts.ts');

/** Until it is tried again where the network was away, in milliseconds. */
const PAUSE = 5_000;

let parts = $state.raw<Parts | undefined>();
let isComing = false;

export const later = {
  /** Undefined until they are there; who asks in a reaction is asked again then. */
  get parts(): Parts | undefined {
    void bringParts();
    return parts;
  },
};

/** What was asked for may not be there yet: whoever presses anything else before it comes does not want it any more. */
export function wish(forget: () => void): void {
  for (const press of ['pointerdown', 'keydown']) {
    addEventListener(press, () => parts ?? forget(), { capture: true, once: true });
  }
}

async function bringParts(): Promise<void> {
  if (isComing) return;
  isComing = true;
  let found: Parts | undefined;
  while (found === undefined) {
    found = await bring(() => import('./parts.ts')).catch(() => undefined);
    if (found === undefined) await new Promise((done) => setTimeout(done, PAUSE));
  }
  parts = found;
}
