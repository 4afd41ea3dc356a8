/** Sessions and gateways in the store's contract: who is there, and what they find. */

import type { DeviceId, OpenedDevice } from './device.ts';
import type { Friendship } from './friendship.ts';
import type { Acknowledgement } from './mark.ts';
import type { Conversation, LogPage, PendingMessage } from './message.ts';
import type { Incarnation, Place, SessionId, UserKey } from './store.ts';

/** Who makes a change: compared with the account at each change, so that an ended session holds nowhere. */
export interface Author {
  readonly user: UserKey;
  readonly session: SessionId;
  /** The account's generation when the session was opened. */
  readonly generation: number;
  /** IMS 2: the device of the session. */
  readonly device?: DeviceId;
}

/** The author's session was ended: kicked, banned, removed, or the password was changed. Nothing was done. */
export interface Fenced {
  readonly outcome: 'fenced';
}

/**
 * The author's session is not listed, though nobody ended it: a failover lost it, or its gateway was taken for dead. It
 * can be opened again ({@link Store.reopenSession}). Nothing was done.
 */
export interface Unlisted {
  readonly outcome: 'unlisted';
}

/** The author's device has a newer session: this one may still receive, and changes nothing. Nothing was done. */
export interface Replaced {
  readonly outcome: 'replaced';
}

/** What can be seen of a user: of the account, and which sessions claim to be there. */
export interface Presence {
  readonly name: string;
  readonly status: number;
  readonly banned: boolean;
  /** Also those of incarnations that died; the caller compares with the living ones. */
  readonly sessions: readonly SessionId[];
  /** Since when the user has been there, or away, or has had the status; short absences do not count. */
  readonly since: number;
  /** The user has blocked the one who asks. */
  readonly isBlocking: boolean;
}

export interface SessionInfo {
  readonly transport: 'tcp' | 'websocket';
  /** The client's address, as far as trusted proxies tell it. */
  readonly address: string;
  readonly since: number;
  /** IMS 2: the device it is on. */
  readonly device?: DeviceId;
}

/** `entries` are the first ones after `from`, a page as in {@link Store.readLog}. */
export interface OpenedSession extends LogPage {
  readonly outcome: 'opened';
  readonly name: string;
  readonly status: number;
  /** `delivered`; with a device see {@link OpenedDevice.isResumed}. */
  readonly from: number;
  readonly friendships: readonly Friendship[];
  /** Whose invitations are not to be shown: the user has blocked them. */
  readonly hidden: readonly UserKey[];
  /** Own messages to be carried on, oldest first. */
  readonly pending: readonly PendingMessage[];
  /** All sessions of the user, this one included. */
  readonly sessions: readonly SessionId[];
  /** Sessions that are over, and of which a last receipt may still come ({@link Store.leaveSession}). */
  readonly leaving: readonly SessionId[];
  /**
   * The store failed over since the user's copies were last compared with those of others ({@link Store.markCompared}), or
   * the log has not what the device held of it.
   */
  readonly isDoubtful: boolean;
  /** Marks of which others were not told yet. */
  readonly untold: readonly Acknowledgement[];
  /** Where the author has a device. */
  readonly device?: OpenedDevice;
}

/** What a user's slot has in common with other users: to be compared with their copies after a failover. */
export interface Peers {
  readonly name: string;
  readonly conversations: readonly Conversation[];
  /** All copies of friendships, also those in state `none` that are not open. */
  readonly friendships: readonly Friendship[];
}

/** What a gateway compares its own sessions of a user with. */
export interface Look {
  readonly generation: number;
  readonly banned: boolean;
  /** The place of the log's last entry; undefined for an empty log. */
  readonly head?: Place;
  readonly epoch: string;
  /** The version of the marks. */
  readonly marks: number;
  readonly open: readonly SessionId[];
  /** Ended, and not closed yet. */
  readonly ended: readonly SessionId[];
}

/** What somebody left half-way: what a login of the user, or a survivor of a gateway that died, carries on. */
export interface Unfinished {
  readonly name: string;
  /** Own messages that are not settled, oldest first. */
  readonly pending: readonly PendingMessage[];
  readonly friendships: readonly Friendship[];
  readonly untold: readonly Acknowledgement[];
}

/** The gateways that there are, by the store's clock. */
export interface Pulse {
  readonly living: ReadonlySet<Incarnation>;
  /** Without a beat for 12 s, and not cleaned up after. */
  readonly dead: readonly Incarnation[];
  /** This incarnation was not among the living before this beat: others may have taken it for dead. */
  readonly isBack: boolean;
  /** When the store last failed over or was restarted, and may have lost the end of what it had; 0 for never. */
  readonly failoverAt: number;
}

/** The incarnation that holds a session. */
export function incarnationOf(session: SessionId): Incarnation {
  return session.slice(0, session.indexOf('.'));
}
