/** What a decision of the local stores works with: the data, the time, the bounds, and the pushes it causes. */

import type { KeyValue } from './local-keys.ts';
import type { Fenced, Push, Replaced, SendAnswer, StoreLimits, Unlisted, UserKey } from './store.ts';

/** What a message was answered that is in the sender's log. */
export type Appended = Extract<SendAnswer, { outcome: 'appended' }>;

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
export const REPLACED: Replaced = { outcome: 'replaced' };
