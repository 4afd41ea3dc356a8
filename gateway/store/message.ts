/** Messages and entries in the store's contract. */

import type { DeviceId } from './device.ts';
import type { FriendshipChange } from './friendship.ts';
import type { Fenced, Presence, Replaced, Unlisted } from './presence.ts';
import type { Place, UserKey } from './store.ts';

/** A message's identity between its two users, the same in both logs. */
export interface MessageNumber {
  /** 1, 2, 3 … in this direction of the pair. */
  readonly n: number;
  /** The check of the sender's place. */
  readonly check: string;
  /** The check of the message `n - 1`; empty for the first. */
  readonly previous: string;
}

interface EntryBase {
  readonly place: Place;
  /** Never before that of an earlier entry of the log. */
  readonly time: number;
  /** The other user's name as registered. */
  readonly name: string;
}

/** A message from (`in`), to (`out`) the named user, or of the user to the same user (`self`). */
export interface MessageEntry extends EntryBase, MessageNumber {
  readonly kind: 'in' | 'out' | 'self';
  readonly text: string;
  /** Of an own message: the device that sent it and the message's id there. Unknown where a classic session sent it, or a failover took the original. */
  readonly by?: { readonly device: DeviceId; readonly id: number };
}

/** The named user (`friend-in`) or the log's own (`friend-out`) changed the friendship. */
export interface FriendEntry extends EntryBase {
  readonly kind: 'friend-in' | 'friend-out';
  readonly change: FriendshipChange;
  /** The friendship's version that the change made. */
  readonly version: number;
}

export type Entry = MessageEntry | FriendEntry;

/** An own message whose fate at the receiver is not written yet. */
export interface PendingMessage extends MessageNumber {
  /** The receiver's name as registered. */
  readonly to: string;
  readonly time: number;
  readonly text: string;
}

/** A message as the other side has it. */
export interface MessageCopy extends MessageNumber {
  readonly text: string;
}

export type RefusedReason = 'unknown' | 'full';

/** What became of an own message: refused with a reason, or taken into the receiver's log. */
export interface Settlement {
  readonly to: UserKey;
  readonly n: number;
  /** The message's check: after a failover the number may be another message's, which is not settled then. Absent: any. */
  readonly check?: string;
  readonly refused?: RefusedReason;
}

export interface SendRequest {
  /** The receiver's name as registered. */
  readonly to: string;
  readonly text: string;
  /**
   * 1, 2, 3 … in this session, for all its changes: the last one is remembered with its answer. Where the author has a
   * device it is the message's id, which rises in the device: the last {@link ANSWERS} are remembered.
   */
  readonly op: number;
  /** The check that the message gets; a random one where absent. */
  readonly check?: string;
  /** What became of earlier messages: written along. */
  readonly settled: readonly Settlement[];
}

export type SendAnswer =
  | Fenced
  | Replaced
  | Unlisted
  /** The device's id was used for another text or receiver, or so long ago that its answer is forgotten. Nothing was done. */
  | { readonly outcome: 'used' }
  | ({ readonly outcome: 'appended'; readonly place: Place; readonly time: number } & MessageNumber);

export interface ReceiveRequest extends MessageNumber {
  /** The sender's name as registered. */
  readonly from: string;
  /** When the sender's copy was written. */
  readonly time: number;
  readonly text: string;
  /**
   * The last number that the receiver has, as far as the caller knows: what is missing behind it is nowhere to be had and
   * passed over, also when the one before is another. Nothing is passed over where the receiver's last is not that one.
   */
  readonly after?: number;
}

export type ReceiveAnswer =
  /** In the log: now, or by an earlier try. Or the receiver has blocked the sender: nothing was stored, and the number is used up. */
  | { readonly outcome: 'stored'; readonly presence: Presence }
  /** No such account; or the mailbox is full for this sender. The number is used up all the same. */
  | { readonly outcome: 'refused'; readonly reason: RefusedReason }
  /** Earlier messages of this sender are missing: those after `last` must come first. Nothing was done. */
  | { readonly outcome: 'ahead'; readonly last: number }
  /** The number, or the one before, is another message's by its check: the sender's log lost its tail ({@link Store.mend}). Nothing was done. */
  | { readonly outcome: 'diverged' };

/** How far the messages of one direction of a pair are, in one copy. */
export interface Progress {
  /** The last number; 0 for none. */
  readonly n: number;
  /** The check of the message with that number; empty where it was refused, or there is none. */
  readonly check: string;
}

/** What a user's copy says of the messages with another user. */
export interface Conversation {
  readonly other: UserKey;
  /** Own messages to the other one. */
  readonly out: Progress;
  /** The first of them that is not settled; `out.n + 1` where all are. */
  readonly unsettled: number;
  /** The other one's messages. */
  readonly in: Progress;
  /** The last of them that was delivered; 0 for none. */
  readonly delivered: number;
}

export interface MendRequest {
  /** The receiver's name as registered. */
  readonly to: string;
  /** How far the receiver's copy is. */
  readonly last: Progress;
  /** The first number that the sender's copy may lack: {@link Conversation.unsettled}, or the one after its last. */
  readonly first: number;
  /** The receiver's copies from the one before `first` on, ascending. */
  readonly copies: readonly MessageCopy[];
}

export interface LogPage {
  /** Oldest first; holes are only where messages were moved after a failover. */
  readonly entries: readonly Entry[];
  /** The number of the log's last entry; 0 for an empty log. */
  readonly head: number;
  /** Nothing up to this number waits to be delivered: own messages and changes of friendships never do. */
  readonly delivered: number;
}

/** A page that is read backwards. */
export interface BackPage {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The places of the log's oldest and last entries; undefined for an empty log. */
  readonly first?: Place;
  readonly head?: Place;
}

/** The most entries in a page of a log. */
export const PAGE = 500;
/** Characters from which on a page is full, however few entries it has: whoever waits for a slow client holds one. */
export const PAGE_SIZE = 131_072;
/** How many messages of a device are remembered with their answers. */
export const ANSWERS = 32;
