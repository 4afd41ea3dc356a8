/**
 * The store's contract: accounts, sessions, logs, friendships, pushes.
 *
 * Each change is one atomic step on what belongs to one user (or to one pair, for a friendship), and each
 * can be repeated: the same call once more, with the same `op`, changes nothing and gives the first answer.
 * A rejected promise means that the store could not be asked or did not answer: the change may have happened.
 */

import type { Device, DeviceId, DeviceLogin } from './device.ts';
import type { Friendship, FriendshipDecision, FriendshipOperation, FriendshipRecord } from './friendship.ts';
import type { Acknowledgement, Mark, MarkPage } from './mark.ts';
import type {
  BackPage,
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
  Replaced,
  SessionInfo,
  Unfinished,
  Unlisted,
} from './presence.ts';

export type * from './device.ts';
export type * from './friendship.ts';
export type * from './mark.ts';
export type * from './message.ts';
export { ANSWERS, PAGE, PAGE_SIZE } from './message.ts';
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
  | { readonly kind: 'end'; readonly session?: SessionId; readonly generation: number }
  | { readonly kind: 'mark'; readonly mark: Mark }
  /** The log has another epoch: entries were moved, or lost. */
  | { readonly kind: 'epoch'; readonly epoch: string }
  /** Something that others see of this user may be different: look. */
  | { readonly kind: 'presence'; readonly user: UserKey }
  /** A friend is writing; the name as registered. */
  | { readonly kind: 'typing'; readonly from: string };

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
  /** Devices of one user (32): a new one takes the place of the one that was not used for the longest time. */
  readonly devices: number;
  /** Milliseconds of absence that do not change since when a user has been there (15 s). */
  readonly absence: number;
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
   * Opens a session for an account whose password or token was found right at this generation. A repeat opens it once.
   * The caller subscribes before, so that every entry after this page is pushed. `login` is given exactly where the author
   * has a device: the device is made or used, this session is its newest and replaces the others, and where the log has not
   * the place that the device holds, of this epoch and not merely dropped for its age, it gets a new epoch.
   */
  openSession(author: Author, info: SessionInfo, login?: DeviceLogin): Promise<OpenedSession | Fenced>;
  /**
   * Lists an open session again that a failover lost, and its device. A repeat changes nothing. `replaced` where the device
   * has another session that is open.
   */
  reopenSession(
    author: Author,
    info: SessionInfo,
    login?: DeviceLogin,
  ): Promise<{ readonly outcome: 'reopened' } | Fenced | Replaced>;
  /**
   * The session is over and counts no more; it stays named until it is closed, since what it was sent may still be
   * confirmed. True when the user has no open session now.
   */
  leaveSession(user: UserKey, session: SessionId): Promise<boolean>;
  /** Forgets sessions of the user: closed ones, or those of dead incarnations. True when the user has no open session now. */
  closeSessions(user: UserKey, sessions: readonly SessionId[]): Promise<boolean>;
  /** Forgets all sessions of the user at one incarnation, and the user in the list of its users. */
  closeIncarnation(user: UserKey, incarnation: Incarnation): Promise<void>;
  /** Ends one session, or all of them, on whatever gateway. False when there is no such account or session. */
  endSessions(user: UserKey, session?: SessionId): Promise<boolean>;
  /** The user's sessions with what is known of them. */
  listSessions(user: UserKey): Promise<readonly { session: SessionId; info: SessionInfo }[]>;
  /** The users that have sessions at an incarnation, and perhaps some that had. */
  listUsers(incarnation: Incarnation): Promise<readonly UserKey[]>;

  /** One device; undefined where there is none. */
  readDevice(user: UserKey, device: DeviceId): Promise<Device | undefined>;
  /** All devices of the user, the last used first. */
  listDevices(user: UserKey): Promise<readonly Device[]>;
  /** The device is in use still. Nothing where there is none. */
  touchDevice(user: UserKey, device: DeviceId): Promise<void>;
  /** Gives a device another token, by its hash, that is good in this generation of the account. False where there is no such device. */
  setToken(user: UserKey, device: DeviceId, tokenHash: string, generation: number): Promise<boolean>;
  /** Forgets a device with its token, and ends its sessions. False where there is none. */
  revokeDevice(user: UserKey, device: DeviceId): Promise<boolean>;

  /** Sets the status, kept between sessions. `op` 1, 2, 3 … in this session: a late repeat changes nothing. */
  setStatus(
    author: Author,
    status: number,
    op: number,
  ): Promise<{ readonly outcome: 'set' } | Fenced | Replaced | Unlisted>;
  /** One presence for each user asked for, in that order; undefined for no such account. `viewer`: who asks. */
  readPresence(users: readonly UserKey[], viewer?: UserKey): Promise<readonly (Presence | undefined)[]>;
  /** Tells these users that what they see of `about` may be different. A hint: it may be lost. */
  announce(users: readonly UserKey[], about: UserKey): Promise<void>;
  /** Tells a friend who has not blocked `from`, a name as registered, that the latter is writing. A hint: it may be lost. */
  tellTyping(user: UserKey, from: string): Promise<void>;
  /** Blocks another user, a name as registered, or ends that. `op` as in {@link setStatus}. Raises the user's marks. */
  setBlock(
    author: Author,
    other: string,
    isBlocked: boolean,
    op: number,
  ): Promise<{ readonly outcome: 'set' } | Fenced | Replaced | Unlisted>;

  /** First step of a message: the own copy, pending until it is settled. A message to oneself (`self`) is whole with this step. */
  send(author: Author, request: SendRequest): Promise<SendAnswer>;
  /** Second step: the receiver's copy, pushed to the receiver's gateways. Never for a message to oneself. */
  receive(user: UserKey, request: ReceiveRequest): Promise<ReceiveAnswer>;
  /** Third step, where no next message carries it. A refusal raises the user's marks. */
  settle(user: UserKey, settled: readonly Settlement[]): Promise<void>;
  /** The user's own messages to `to` with numbers from `first` to `last`, ascending; those that the log still has, without refused ones. */
  findSent(user: UserKey, to: UserKey, first: number, last: number): Promise<readonly PendingMessage[]>;
  /** Messages of `from` in the user's log with numbers from `first` on, ascending. */
  findReceived(user: UserKey, from: UserKey, first: number): Promise<readonly MessageCopy[]>;
  /**
   * Makes the sender's copy whole that lost its tail: it gets the messages that the receiver has and it has not, and those
   * pending under numbers that are taken get the next ones. Answers with all that are pending for that receiver now; a
   * message keeps its check. Where anything changed the log gets a new epoch. Nothing changes where the sender's copy lacks
   * more by now than was asked for: another failover.
   */
  mend(user: UserKey, request: MendRequest): Promise<readonly PendingMessage[]>;
  /** What the user's copies say; only of `other` where given. Undefined for no such account. */
  readPeers(user: UserKey, other?: UserKey): Promise<Peers | undefined>;
  /** The user's copies were compared after the failover at that time, after which all marks get a version that is higher than any before. */
  markCompared(user: UserKey, failoverAt: number): Promise<void>;
  /** What was left half-way; undefined for no such account. */
  readUnfinished(user: UserKey): Promise<Unfinished | undefined>;
  /** What a gateway compares its own sessions of the user with; undefined for no such account. */
  look(user: UserKey): Promise<Look | undefined>;
  /** Entries with numbers after `after`, at most {@link PAGE}, and no more once they are {@link PAGE_SIZE}. */
  readLog(user: UserKey, after: number): Promise<LogPage>;
  /** The newest entries with numbers before `before` (of all, where absent), at most `limit`. */
  readLogBack(user: UserKey, before: number | undefined, limit: number): Promise<BackPage>;
  /**
   * A device was given the place in this epoch of the log. Where the log has it no more, and did not drop it for its age, it
   * gets a new epoch, where it has none since, and that is pushed. Without an account nothing happens.
   */
  noteLost(user: UserKey, epoch: string, place: Place): Promise<void>;
  /**
   * Entries up to the place `upto` were delivered to some session of the user. Where the log does not have that very
   * place nothing is marked: its tail was lost, and other entries may have taken the numbers. Answers with the senders
   * whose messages were delivered by it, to be told ({@link mark}); without those whom the user has blocked.
   */
  confirm(user: UserKey, upto: Place): Promise<readonly Acknowledgement[]>;
  /**
   * The user has read the messages of `other`, a name as registered, up to `upto`, as far as there are any. Raises the
   * user's marks; answers with what `other` is to be told, and with undefined where nothing rose or `other` is blocked.
   */
  read(user: UserKey, other: string, upto: number): Promise<Acknowledgement | undefined>;
  /** `by`, a name as registered, has the user's messages so far: raises the user's marks, no further than there are messages. */
  mark(user: UserKey, by: string, acknowledged: Omit<Acknowledgement, 'to'>): Promise<void>;
  /** Those were told: they are not named as untold any more, unless they have risen since. */
  noteTold(user: UserKey, told: readonly Acknowledgement[]): Promise<void>;
  /** The user's marks that were raised after the version `since`. All where `since` is higher, or from before a failover. */
  readMarks(user: UserKey, since: number): Promise<MarkPage>;

  /**
   * Before a friendship changes: the user's list gets the other one, marked open. With an author, the author's
   * session is compared. `unknown`: no such account; `full`: no room in the list.
   */
  beginFriendship(
    user: UserKey,
    other: string,
    author?: Author,
  ): Promise<{ readonly outcome: 'begun' | 'unknown' | 'full' } | Fenced | Replaced | Unlisted>;
  /** The decision, at the pair's record. */
  decideFriendship(operation: FriendshipOperation): Promise<FriendshipDecision>;
  readFriendship(a: UserKey, b: UserKey): Promise<FriendshipRecord>;
  /** Brings the pair's record up to a user's copy that is newer: a failover lost the record's end. */
  restoreFriendship(user: UserKey, copy: Friendship): Promise<void>;
  /**
   * Brings the user's copy to a record's version: the list, an entry in the log, a push; not where the copy is
   * there already. At version 0, or where the account is gone, it only closes what was begun. A decision (a
   * record with `op`) closes what its own operation began, once, so that the copy stays open while another operation
   * is under way; a record that was read closes all. Where the user has blocked the other one an invitation makes no
   * entry and no push, and neither does its end by the other one.
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
