/** What a decision of the local stores works with: the data, the time, the bounds, and the pushes it causes. */

import type { KeyValue } from './local-keys.ts';
import type { Fenced, Push, StoreLimits, Unlisted, UserKey } from './store.ts';

export interface Change extends KeyValue {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly limits: StoreLimits;
  /** When the store last lost the end of what it had; 0 for never. */
  readonly failoverAt: number;
  /** Six random hex digits. */
  newCheck(): string;
  /** Told to the user's listener once the change is durable. */
  push(user: UserKey, push: Push): void;
}

export const FENCED: Fenced = { outcome: 'fenced' };
export const UNLISTED: Unlisted = { outcome: 'unlisted' };
