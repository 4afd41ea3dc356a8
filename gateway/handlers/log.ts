/** IMS 2 LOG: an older page of the user's log. */

import { toEntryDocument } from '../entry-documents.ts';
import { PAGE_SIZE, type Entry } from '../store/store.ts';
import { toNumber } from './numbers.ts';
import type { Route } from './route.ts';

/** Entries in a page unless the client says otherwise, and at most. */
const USUAL = 50;
const MOST = 100;

export const log: Route<'LOG'> = {
  isVersion2: true,
  async handle({ document, services }, owner) {
    // A place or its number.
    const before = toNumber(document.before?.replace(/-[0-9a-f]{6}$/, ''));
    const limit = Math.min(MOST, Math.max(1, toNumber(document.limit) ?? USUAL));
    const { entries, first, head } = await services.store.readLogBack(owner.user, before, limit);
    const documents = keepNewest(entries).map((entry) => toEntryDocument(entry, owner.spelling));
    return { document: { name: 'LOG', first, head, entries: documents } };
  },
};

/** One at least: the next page begins before the oldest of these. */
function keepNewest(entries: readonly Entry[]): readonly Entry[] {
  let size = 0;
  const tooOld = entries.findLastIndex((entry) => {
    const isFull = size >= PAGE_SIZE;
    size += 'text' in entry ? entry.text.length : 0;
    return isFull;
  });
  return entries.slice(tooOld + 1);
}
