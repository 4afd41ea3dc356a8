/** Marks in the store's contract: what became of the messages between two users. */

import type { UserKey } from './store.ts';

/** What a user's slot says of the conversation with another one: state, of which the newest counts. Numbers only rise. */
export interface Mark {
  /** The other user's name as registered. */
  readonly name: string;
  /** Own messages up to this `n` are on a device of the other one, or were read there. */
  readonly delivered: number;
  readonly read: number;
  /** The other one's messages up to this `n` were read on a device of the user's own. */
  readonly seen: number;
  /** The last of the own messages that were refused, as ranges of `n`: `3-5 9-9`; empty for none. */
  readonly refused: string;
  /** The user has blocked the other one. */
  readonly isBlocked: boolean;
  /** The user's version of this change: 1, 2, 3 … over all conversations, and a leap after a failover. */
  readonly v: number;
}

/** What a reader lacks of a user's marks. */
export interface MarkPage {
  /** The version now. */
  readonly v: number;
  /** By version; those from before the last failover as of the version before {@link from}. */
  readonly marks: readonly Mark[];
  /**
   * Given where the reader's version is from before the last failover, to a version that came after it: these are all marks
   * there are, and what else the reader holds was lost.
   */
  readonly from?: number;
}

/** How far a user has the messages of `to`, who is to be told. */
export interface Acknowledgement {
  readonly to: UserKey;
  readonly delivered: number;
  readonly read: number;
}
