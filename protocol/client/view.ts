/** What a client shows its host: the connection, conversations with their messages, and what is told when they change. */

import type { FriendDocument } from '../documents.ts';

/**
 * Why a client is not trying to be connected. `stopped`: not started, or by `stop`; `left`: logged out; `credentials`: a
 * password is needed, or was wrong; `unsupported`: the gateway does not know IMS 2; `replaced`: another client has the same
 * device; `ended`: by an administrator, or the device was revoked.
 */
export type OutReason = 'stopped' | 'left' | 'credentials' | 'banned' | 'unsupported' | 'replaced' | 'ended';

export type Connection =
  | { readonly state: 'out'; readonly why: OutReason; readonly reason?: string | undefined }
  /** Trying. `since`: when the last connection broke, or when the client was started. */
  | {
      readonly state: 'offline';
      readonly since: number;
      /** When the next try begins; undefined while one is under way. */
      readonly retryAt?: number | undefined;
      /** The gateway's own word on why, where it gave one. */
      readonly reason?: string | undefined;
    }
  /** Logged in. `isMoving`: to another connection, of which nobody notices anything. */
  | { readonly state: 'online'; readonly isCaughtUp: boolean; readonly isMoving: boolean };

/**
 * What became of an own message. `queued`: not answered yet; `sent`: it is in the log, and reaches the receiver's; `refused`:
 * by the receiver's side; `failed`: it is not in the log, and is not sent again by itself.
 */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'read' | 'refused' | 'failed';

export interface Message {
  readonly kind: 'message';
  /** The same as long as the message is shown. */
  readonly key: string;
  readonly text: string;
  /** Milliseconds since the epoch; of a message that is queued or failed by the own clock. */
  readonly time: number;
  readonly isOwn: boolean;
  /** The name of who wrote it. */
  readonly from: string;
  /** Its number in its direction; undefined before it is in the log. */
  readonly n?: number | undefined;
  /** The number of its place in the log; undefined before it is there. */
  readonly number?: number | undefined;
  /** Of a message that this device sent: the id. */
  readonly id?: number | undefined;
  /** Of an own message. */
  readonly state?: MessageState | undefined;
  /** Why it was refused (`unknown`, `full`) or failed (`id-used`; `lost`: the log lost it; `refused`). */
  readonly reason?: string | undefined;
}

/** A friendship was offered, accepted, denied or ended. */
export interface FriendNote {
  readonly kind: 'friend';
  readonly key: string;
  /** The number of its place in the log. */
  readonly number: number;
  readonly time: number;
  readonly isOwn: boolean;
  readonly change: FriendDocument['type'];
}

/** How far a conversation is: numbers of messages, each counted in its direction. */
export interface ConversationMark {
  /** Own messages up to here reached a device of the other one, and were read. */
  readonly delivered: number;
  readonly read: number;
  /** The other one's messages up to here were read, on any device. */
  readonly seen: number;
  /** Own messages that were refused, as ranges: `3-5 9-9`. */
  readonly refused: string;
}

/** The same object as long as it is the same; so are its items, and its mark. */
export interface Conversation {
  /** The other user's name, as it was seen last. */
  readonly name: string;
  /**
   * By their place in the log, then those that are queued or failed. Of a client with a window the
   * newest ones: between the first of them and the last nothing is missing that the storage has.
   */
  readonly items: readonly (Message | FriendNote)[];
  readonly mark: ConversationMark;
  /** How many messages of the other one were read on no device. With a window an estimate beyond what is in memory. */
  readonly unread: number;
  readonly isBlocked: boolean;
  readonly isTyping: boolean;
}

export interface FriendView {
  readonly name: string;
  /** -1 when away. */
  readonly status: number;
  /** Milliseconds since the epoch; undefined where it is not known. */
  readonly since?: number | undefined;
}

/** What is different; the client's getters say how it is now. */
export type Update =
  | { readonly kind: 'connection' | 'friends' | 'invitations' }
  /** Another device has set the own status. */
  | { readonly kind: 'status'; readonly status: number }
  /** Items, their states, unread, typing or block of the conversation with this user. */
  | { readonly kind: 'conversation'; readonly with: string }
  /**
   * A message of another user that this device did not hold; once for each. `isOld`: it came with the first catch-up of a
   * new device, others may have shown it.
   */
  | { readonly kind: 'message'; readonly message: Message; readonly isOld: boolean };

/** What became of a request. `unknown`: there is no connection, or it broke before the answer. */
export type Outcome = 'done' | 'refused' | 'unknown';
