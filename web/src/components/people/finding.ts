/** People by the beginnings of their names. */

import { toAsciiLower } from '../../../../protocol/documents.ts';
import type { Person } from '../../state/people.ts';

/** More are not shown: who types on gets fewer. */
const MOST = 20;

/** Those whose name begins so, before those of whose name a later part does; each in the order of the list. */
export function findPeople(people: readonly Person[], query: string): readonly Person[] {
  const sought = toAsciiLower(query);
  const starting = people.filter(({ key }) => key.startsWith(sought));
  const within = people.filter(({ key }) => !key.startsWith(sought) && hasPart(key, sought));
  return [...starting, ...within].slice(0, MOST);
}

/** `ba` is in `carol.baker`. */
function hasPart(key: string, sought: string): boolean {
  return key.split(/[._-]+/).some((part) => part.startsWith(sought));
}
