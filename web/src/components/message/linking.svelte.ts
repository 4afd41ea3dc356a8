/** Brings what finds links when a text comes up that may have one: most have none. */

import type { FindLinks, Link } from './segments.ts';

const NONE: readonly Link[] = [];
/** Something like `https://` or `example.org`. */
const MAY_LINK = /:\/\/|[^\s.]\.[^\s.]{2}/;

let finder = $state.raw<FindLinks | undefined>();
let isComing = false;

/** The links in a text, as far as what finds them is there yet; who asks in a reaction is asked again. */
export function linksIn(text: string): readonly Link[] {
  if (!MAY_LINK.test(text)) return NONE;
  if (finder !== undefined) return finder(text);
  void bring();
  return NONE;
}

async function bring(): Promise<void> {
  if (isComing) return;
  isComing = true;
  // Without it an address is words, which can be copied.
  const links = await import('./links.ts').catch(() => undefined);
  isComing = false;
  finder = links?.findLinks;
}
