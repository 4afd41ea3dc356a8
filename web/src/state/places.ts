/** Where one was in each conversation, for when one comes back to it; forgotten with the page. */

import type { Place } from './timeline.svelte.ts';

const places = new Map<string, Place>();

/** `conversation`: whose, and with whom. Undefined where one was at the end. */
export function recallPlace(conversation: string): Place | undefined {
  return places.get(conversation);
}

export function rememberPlace(conversation: string, place: Place | undefined): void {
  if (place === undefined) places.delete(conversation);
  else places.set(conversation, place);
}
