/** How a status is called and drawn: its number and name come from the gateway, -1 means that nobody is there. */

import { STATUS_UNKNOWN } from '../../../protocol/documents.ts';
import type { Status } from '../../../protocol/documents.ts';

export type StatusLook = 'online' | 'away' | 'busy' | 'absent' | 'other';

const LOOKS: Readonly<Record<string, StatusLook>> = {
  online: 'online',
  away: 'away',
  busy: 'busy',
  invisible: 'absent',
};

/** The status' name for people. */
export function statusName(statuses: readonly Status[], id: number): string {
  // The default list has its own "Away": someone who is in, but not at the keyboard.
  if (id === STATUS_UNKNOWN) return 'Offline';
  return statuses.find((status) => status.id === id)?.name ?? `Status ${id}`;
}

/** The mark for a status, by its name: the list is the gateway's configuration. */
export function statusLook(statuses: readonly Status[], id: number): StatusLook {
  if (id === STATUS_UNKNOWN) return 'absent';
  return LOOKS[statusName(statuses, id).toLowerCase()] ?? (id === 0 ? 'online' : 'other');
}
