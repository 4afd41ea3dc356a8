/** Friendships in the store's contract: the pair's record, which decides, and each user's copy. */

import type { UserKey } from './store.ts';

export type FriendshipChange = 'invite' | 'accept' | 'deny' | 'delete';
export type FriendshipState = 'none' | 'invited' | 'inviting' | 'friends';

/** A user's copy of a friendship. The pair's own record decides; this one may be behind while `isOpen`. */
export interface Friendship {
  readonly user: UserKey;
  /** As registered. */
  readonly name: string;
  /** `invited`: by the other user, `inviting`: by this one. */
  readonly state: FriendshipState;
  /** Raised by each change; 0 before the first. */
  readonly version: number;
  /** A change was begun and this copy has not been told its outcome. */
  readonly isOpen: boolean;
}

export interface FriendshipOperation {
  /** Unique: a repeat gets the first answer. */
  readonly op: string;
  readonly type: 'add' | 'accept' | 'deny' | 'delete';
  readonly by: UserKey;
  readonly other: UserKey;
}

/** A pair's record. */
export interface FriendshipRecord {
  readonly version: number;
  /** Who invited, while an invitation is open. */
  readonly invitedBy?: UserKey;
  readonly areFriends: boolean;
  /** What made this version, and who; absent at version 0. */
  readonly change?: FriendshipChange;
  readonly changedBy?: UserKey;
  /** In a decision: the operation. */
  readonly op?: string;
}

export interface FriendshipDecision extends FriendshipRecord {
  /** IMS FRIEND: result 1. */
  readonly isDone: boolean;
}
