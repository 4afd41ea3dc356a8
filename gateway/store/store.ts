/**
 * The store's contract: accounts, sessions, logs, friendships, pushes.
 *
 * Each change is one atomic step on what belongs to one user (or to one pair, for a friendship), and each
 * can be repeated: the same call once more, with the same `op`, changes nothing and gives the first answer.
 * A rejected promise means that the store could not be asked or did not answer: the change may have happened.
 */

import type {
  Friendship,
  FriendshipChange,
  FriendshipDecision,
  FriendshipOperation,
  FriendshipRecord,
} from './friendship.ts';

export type * from './friendship.ts';

/** A user's name in lower case, `[a-z0-9._-]{1,32}`. */
export type UserKey = string;
/** A gateway process' name: random, without a dot, never used again. */
export type Incarnation = string;
/** `INCARNATION.NUMBER`: a session, and by its first part the process that holds it. */
export type SessionId = string;
/** An entry's place in its log, `100-83c1f2`: a number, 1, 2, 3 … without holes, and a random check of 6 hex digits. */
export type Place = string;

/** Who makes a change: compared with the account at each change, so that an ended session holds nowhere. */
export interface Author {
  readonly user: UserKey;
  readonly session: SessionId;
  /** The account's generation when the session was opened. */
  readonly generation: number;
}

/** The author's session was ended: kicked, banned, removed, or the password was changed. Nothing was done. */
export interface Fenced {
  readonly outcome: 'fenced';
}

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

/** What can be seen of a user: of the account, and which sessions claim to be there. */
export interface Presence {
  readonly name: string;
  readonly status: number;
  readonly banned: boolean;
  /** Also those of incarnations that died; the caller compares with the living ones. */
  readonly sessions: readonly SessionId[];
}

export interface SessionInfo {
  readonly transport: 'tcp' | 'websocket';
  /** The client's address, as far as trusted proxies tell it. */
  readonly address: string;
  readonly since: number;
}

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

export type RefusedReason = 'unknown' | 'full';

/** What became of an own message: refused with a reason, or taken into the receiver's log. */
export interface Settlement {
  readonly to: UserKey;
  readonly n: number;
  readonly refused?: RefusedReason;
}

export interface SendRequest {
  /** The receiver's name as registered. */
  readonly to: string;
  readonly text: string;
  /** 1, 2, 3 … in this session. The last one of a session is remembered with its answer. */
  readonly op: number;
  /** What became of earlier messages: written along. */
  readonly settled: readonly Settlement[];
}

export type SendAnswer =
  Fenced | ({ readonly outcome: 'appended'; readonly place: Place; readonly time: number } & MessageNumber);

export interface ReceiveRequest extends MessageNumber {
  /** The sender's name as registered. */
  readonly from: string;
  /** When the sender's copy was written. */
  readonly time: number;
  readonly text: string;
  /** Takes the message although those between the last and this one are nowhere to be had. */
  readonly skipMissing?: boolean;
}

export type ReceiveAnswer =
  /** In the log: now, or by an earlier try. */
  | { readonly outcome: 'stored'; readonly presence: Presence }
  /** No such account; or the mailbox is full for this sender. The number is used up all the same. */
  | { readonly outcome: 'refused'; readonly reason: RefusedReason }
  /** Earlier messages of this sender are missing: those after `last` must come first. Nothing was done. */
  | { readonly outcome: 'ahead'; readonly last: number };

export interface LogPage {
  /** Oldest first, without holes. */
  readonly entries: readonly Entry[];
  /** The number of the log's last entry; 0 for an empty log. */
  readonly head: number;
  /** Nothing up to this number waits to be delivered: own messages and changes of friendships never do. */
  readonly delivered: number;
}

/** `entries` are the first ones after `delivered` (at most {@link PAGE}). */
export interface OpenedSession extends LogPage {
  readonly outcome: 'opened';
  readonly name: string;
  readonly status: number;
  readonly friendships: readonly Friendship[];
  /** Own messages to be carried on, oldest first. */
  readonly pending: readonly PendingMessage[];
  /** All sessions of the user, this one included. */
  readonly sessions: readonly SessionId[];
}

/** The most entries in a page of a log. */
export const PAGE = 500;

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
  /** Forgets sessions of the user: closed ones, or those of dead incarnations. */
  closeSessions(user: UserKey, sessions: readonly SessionId[]): Promise<void>;
  /** Ends one session, or all of them, on whatever gateway. False when there is no such account or session. */
  endSessions(user: UserKey, session?: SessionId): Promise<boolean>;
  /** The user's sessions with what is known of them. */
  listSessions(user: UserKey): Promise<readonly { session: SessionId; info: SessionInfo }[]>;
  /** The users that have sessions at an incarnation, and perhaps some that had. */
  listUsers(incarnation: Incarnation): Promise<readonly UserKey[]>;

  /** Sets the status, kept between sessions. */
  setStatus(author: Author, status: number): Promise<{ outcome: 'set' } | Fenced>;
  /** One presence for each user asked for, in that order; undefined for no such account. */
  readPresence(users: readonly UserKey[]): Promise<readonly (Presence | undefined)[]>;

  /** First step of a message: the own copy, pending until it is settled. A message to oneself (`self`) is whole with this step. */
  send(author: Author, request: SendRequest): Promise<SendAnswer>;
  /** Second step: the receiver's copy, pushed to the receiver's gateways. Never for a message to oneself. */
  receive(user: UserKey, request: ReceiveRequest): Promise<ReceiveAnswer>;
  /** Third step, where no next message carries it. */
  settle(user: UserKey, settled: readonly Settlement[]): Promise<void>;
  /** The user's own messages to `to` with numbers from `first` to `last`, ascending; those that the log still has. */
  findSent(user: UserKey, to: UserKey, first: number, last: number): Promise<readonly PendingMessage[]>;
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
  beginFriendship(user: UserKey, other: string, author?: Author): Promise<'begun' | 'unknown' | 'full' | 'fenced'>;
  /** The decision, at the pair's record. */
  decideFriendship(operation: FriendshipOperation): Promise<FriendshipDecision>;
  readFriendship(a: UserKey, b: UserKey): Promise<FriendshipRecord>;
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
  beat(incarnation: Incarnation): Promise<ReadonlySet<Incarnation>>;
  /** This incarnation ends in order. */
  leave(incarnation: Incarnation): Promise<void>;
  /** Sends a small document through the store and its push channel; rejects with why it did not come back within 2 s. */
  probe(): Promise<void>;
  /** What it is, for people and logs: `embedded /path`, `redis host:port` (never a password). */
  readonly description: string;
  close(): Promise<void>;
}
