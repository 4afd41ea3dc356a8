/**
 * The store's contract: accounts, sessions, logs, friendships, pushes.
 *
 * Each change is one atomic step on what belongs to one user (or to one pair, for a friendship), and each
 * can be repeated: the same call once more, with the same `op`, changes nothing and gives the first answer.
 * A rejected promise means that the store could not be asked or did not answer: the change may have happened.
 */

import type { Friendship, FriendshipDecision, FriendshipOperation, FriendshipRecord } from './friendship.ts';
import type {
  Entry,
  LogPage,
  MendRequest,
  MessageCopy,
  PendingMessage,
  ReceiveAnswer,
  ReceiveRequest,
  SendAnswer,
  SendRequest,
  Settlement,
} from './message.ts';
import type {
  Author,
  Fenced,
  Look,
  OpenedSession,
  Peers,
  Presence,
  Pulse,
  SessionInfo,
  Unfinished,
  Unlisted,
} from './presence.ts';

export type * from './friendship.ts';
export type * from './message.ts';
export { PAGE } from './message.ts';
export type * from './presence.ts';

/** A user's name in lower case, `[a-z0-9._-]{1,32}`. */
export type UserKey = string;
/** A gateway process' name: random, without a dot, never used again. */
export type Incarnation = string;
/** `INCARNATION.NUMBER`: a session, and by its first part the process that holds it. */
export type SessionId = string;
/** An entry's place in its log, `100-83c1f2`: a number, 1, 2, 3 …, and a random check of 6 hex digits. Only {@link Store.mend} leaves holes. */
export type Place = string;

export interface Account {
  /** As registered, e.g. `Friend1`. */
  readonly name: string;
  /** argon2id over the MD5 in hex, in PHC format. */
  readonly pass: string;
  readonly banned: boolean;
  /** Raised by each ban, password change and end of all sessions. */
  readonly generation: number;
  readonly status: number;
  /** Milliseconds since the epoch, by the store's clock, as every time here. */
  readonly createdAt: number;
}

export type Push =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** These sessions are over: those of a generation before `generation`, or the one named. */
  | { readonly kind: 'end'; readonly session?: SessionId; readonly generation: number };

export interface AccountSummary {
  readonly user: UserKey;
  readonly name: string;
  readonly banned: boolean;
  readonly status: number;
  readonly createdAt: number;
}

/** Bounds on what is kept; all of it configuration. */
export interface StoreLimits {
  /** Entries a log keeps (10,000). What was not delivered is never dropped, here and in the next two. */
  readonly logEntries: number;
  /** Milliseconds a log keeps an entry (30 days). */
  readonly logAge: number;
  /** Bytes of entries a log keeps (8 MiB). */
  readonly logBytes: number;
  /** Undelivered messages of one sender that a receiver without a session keeps (500). */
  readonly waiting: number;
  /** The same while the receiver has sessions: a classic client confirms only after seconds (5,000). */
  readonly unconfirmed: number;
  /** Friends and open invitations that one user can have (1,000). */
  readonly friendships: number;
}

export interface Store {
  /** Makes an account. `taken` when the name has one or had one: a name is never given out again. */
  addAccount(account: { name: string; pass: string; op: string }): Promise<'added' | 'taken'>;
  /** Undefined when there is none, or it was removed. */
  readAccount(user: UserKey): Promise<Account | undefined>;
  /** Ban, unban, set the password. A ban and a new password end all sessions. False when there is no such account. */
  changeAccount(user: UserKey, change: { banned?: boolean; pass?: string }): Promise<boolean>;
  /** Removes an account with all it has; its sessions end and its name stays taken. The caller ends its friendships first. False when there is none. */
  removeAccount(user: UserKey): Promise<boolean>;
  /** Accounts in the order of their keys, those after `after`. Fewer than `limit` may come; the last page is empty. */
  listAccounts(after: UserKey, limit: number): Promise<readonly AccountSummary[]>;

  /**
   * Opens a session for an account whose password was found right at this generation. A repeat opens it once.
   * The caller subscribes before, so that every entry after this page is pushed.
   */
  openSession(author: Author, info: SessionInfo): Promise<OpenedSession | Fenced>;
  /** Lists an open session again that a failover lost. A repeat changes nothing. */
  reopenSession(author: Author, info: SessionInfo): Promise<{ readonly outcome: 'reopened' } | Fenced>;
  /** The session is over and counts no more; it stays named until it is closed, since what it was sent may still be confirmed. */
  leaveSession(user: UserKey, session: SessionId): Promise<void>;
  /** Forgets sessions of the user: closed ones, or those of dead incarnations. */
  closeSessions(user: UserKey, sessions: readonly SessionId[]): Promise<void>;
  /** Forgets all sessions of the user at one incarnation, and the user in the list of its users. */
  closeIncarnation(user: UserKey, incarnation: Incarnation): Promise<void>;
  /** Ends one session, or all of them, on whatever gateway. False when there is no such account or session. */
  endSessions(user: UserKey, session?: SessionId): Promise<boolean>;
  /** The user's sessions with what is known of them. */
  listSessions(user: UserKey): Promise<readonly { session: SessionId; info: SessionInfo }[]>;
  /** The users that have sessions at an incarnation, and perhaps some that had. */
  listUsers(incarnation: Incarnation): Promise<readonly UserKey[]>;

  /** Sets the status, kept between sessions. `op` as in {@link SendRequest}: a late repeat changes nothing. */
  setStatus(author: Author, status: number, op: number): Promise<{ readonly outcome: 'set' } | Fenced | Unlisted>;
  /** One presence for each user asked for, in that order; undefined for no such account. */
  readPresence(users: readonly UserKey[]): Promise<readonly (Presence | undefined)[]>;

  /** First step of a message: the own copy, pending until it is settled. A message to oneself (`self`) is whole with this step. */
  send(author: Author, request: SendRequest): Promise<SendAnswer>;
  /** Second step: the receiver's copy, pushed to the receiver's gateways. Never for a message to oneself. */
  receive(user: UserKey, request: ReceiveRequest): Promise<ReceiveAnswer>;
  /** Third step, where no next message carries it. */
  settle(user: UserKey, settled: readonly Settlement[]): Promise<void>;
  /** The user's own messages to `to` with numbers from `first` to `last`, ascending; those that the log still has, without refused ones. */
  findSent(user: UserKey, to: UserKey, first: number, last: number): Promise<readonly PendingMessage[]>;
  /** Messages of `from` in the user's log with numbers from `first` on, ascending. */
  findReceived(user: UserKey, from: UserKey, first: number): Promise<readonly MessageCopy[]>;
  /**
   * Makes the sender's copy whole that lost its tail: it gets the messages that the receiver has and it has not, and those
   * pending under numbers that are taken get the next ones. Answers with all that are pending for that receiver now; a
   * message keeps its check. Feeds find that entries have moved by their places.
   */
  mend(user: UserKey, request: MendRequest): Promise<readonly PendingMessage[]>;
  /** What the user's copies say; only of `other` where given. Undefined for no such account. */
  readPeers(user: UserKey, other?: UserKey): Promise<Peers | undefined>;
  /** The user's copies were compared after the failover at that time. */
  markCompared(user: UserKey, failoverAt: number): Promise<void>;
  /** What was left half-way; undefined for no such account. */
  readUnfinished(user: UserKey): Promise<Unfinished | undefined>;
  /** What a gateway compares its own sessions of the user with; undefined for no such account. */
  look(user: UserKey): Promise<Look | undefined>;
  /** Entries with numbers after `after`, at most {@link PAGE}. */
  readLog(user: UserKey, after: number): Promise<LogPage>;
  /**
   * Entries up to the place `upto` were delivered to some session of the user; `senders` holds for each
   * sender among them the highest `n`. Marks only rise. Where the log does not have that very place nothing is marked:
   * its tail was lost, and other entries may have taken the numbers.
   */
  confirm(user: UserKey, upto: Place, senders: ReadonlyMap<UserKey, number>): Promise<void>;

  /**
   * Before a friendship changes: the user's list gets the other one, marked open. With an author, the author's
   * session is compared. `unknown`: no such account; `full`: no room in the list.
   */
  beginFriendship(
    user: UserKey,
    other: string,
    author?: Author,
  ): Promise<{ readonly outcome: 'begun' | 'unknown' | 'full' } | Fenced | Unlisted>;
  /** The decision, at the pair's record. */
  decideFriendship(operation: FriendshipOperation): Promise<FriendshipDecision>;
  readFriendship(a: UserKey, b: UserKey): Promise<FriendshipRecord>;
  /** Brings the pair's record up to a user's copy that is newer: a failover lost the record's end. */
  restoreFriendship(user: UserKey, copy: Friendship): Promise<void>;
  /**
   * Brings the user's copy to a record's version: the list, an entry in the log, a push; not where the copy is
   * there already. At version 0, or where the account is gone, it only closes what was begun. A decision (a
   * record with `op`) closes what its own operation began, once, so that the copy stays open while another operation
   * is under way; a record that was read closes all.
   */
  tellFriendship(user: UserKey, other: string, record: FriendshipRecord): Promise<void>;
  /** The user's list, by key; those in state `none` only while open. */
  listFriendships(user: UserKey): Promise<readonly Friendship[]>;

  /** From when it resolves, pushes to the user reach `listener`. One listener for each user. */
  subscribe(user: UserKey, listener: (push: Push) => void): Promise<void>;
  unsubscribe(user: UserKey): Promise<void>;
  /** Called after pushes may have been lost (the push connection broke and is back): logs must be read. */
  onPushGap(listener: () => void): void;

  /** This incarnation lives; which ones do. An incarnation is dead 12 s after its last beat. */
  beat(incarnation: Incarnation): Promise<Pulse>;
  /** This incarnation ends. Where users are listed at it still, it counts as dead at once. */
  leave(incarnation: Incarnation): Promise<void>;
  /** `by` alone cleans up after a dead incarnation from now on, as long as it lives itself. False when it may not. */
  claim(dead: Incarnation, by: Incarnation): Promise<boolean>;
  /** All is cleaned up after a dead incarnation: it is not named any more. */
  bury(dead: Incarnation): Promise<void>;
  /** Sends a small document through the store and its push channel; rejects with why it did not come back within 2 s. */
  probe(): Promise<void>;
  /** What it is, for people and logs: `embedded /path`, `redis host:port` (never a password). */
  readonly description: string;
  close(): Promise<void>;
}
