/** The archive of who is in: opened with the first conversation that is looked at, and kept open. */

import { openArchive } from '../storage/archive.ts';
import type { Archive } from '../storage/archive.ts';

/** Of a tab that keeps nothing: everything there is is in memory. */
const NOTHING: Archive = {
  before: () => Promise.resolve([]),
  after: () => Promise.resolve([]),
  search: () => Promise.resolve([]),
  close() {},
};

let current: { readonly user: string; readonly archive: Promise<Archive> } | undefined;

/** `user`: the key. `isLasting`: whether this browser keeps what is shown. */
export function archiveOf(user: string, isLasting: boolean): Promise<Archive> {
  if (!isLasting) return Promise.resolve(NOTHING);
  if (current?.user === user) return current.archive;
  void current?.archive.then((archive) => archive.close());
  current = { user, archive: openArchive(user) };
  return current.archive;
}
