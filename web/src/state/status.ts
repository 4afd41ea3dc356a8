/** How a status is called and drawn: the gateway has numbers and names, -1 means that nobody is there. */

import { STATUS_UNKNOWN } from '../../../protocol/documents.ts';
import type { Status } from '../../../protocol/documents.ts';
import { t } from '../texts/texts.svelte.ts';

export type StatusLook = 'online' | 'away' | 'busy' | 'absent' | 'other';

const LOOKS: Readonly<Record<string, StatusLook>> = {
  online: 'online',
  away: 'away',
  busy: 'busy',
  invisible: 'absent',
};

/** The names of the default list, which the page can say in the reader's language. */
const KNOWN = ['online', 'away', 'busy', 'invisible'] as const;

/** The status' name for people. */
export function statusName(statuses: readonly Status[], id: number): string {
  // The default list has its own "Away": someone who is in, but not at the keyboard.
  if (id === STATUS_UNKNOWN) return t.status.offline;
  const name = givenName(statuses, id);
  const known = KNOWN.find((word) => word === name?.toLowerCase());
  return known === undefined ? (name ?? t.status.other(id)) : t.status[known];
}

/** The mark for a status, by its name: the list is the gateway's configuration. */
export function statusLook(statuses: readonly Status[], id: number): StatusLook {
  if (id === STATUS_UNKNOWN) return 'absent';
  return LOOKS[givenName(statuses, id)?.toLowerCase() ?? ''] ?? (id === 0 ? 'online' : 'other');
}

function givenName(statuses: readonly Status[], id: number): string | undefined {
  return statuses.find((status) => status.id === id)?.name;
}
