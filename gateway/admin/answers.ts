/** What the admin listener answers; the admin program reads it. Times are ISO 8601. */

import type { Mended } from '../mending.ts';
import type { FriendshipState, Incarnation, SessionId, UserKey } from '../store/store.ts';

export interface UserLine {
  readonly user: UserKey;
  /** As registered. */
  readonly name: string;
  /** The status kept for the user, seen while there are sessions. `name` is empty for one no longer configured. */
  readonly status: { readonly id: number; readonly name: string };
  readonly banned: boolean;
  readonly createdAt: string;
  /** Sessions at living gateways. */
  readonly sessions: number;
}

/** `next`: what to ask for with `after`; null behind the last page. */
export interface UserPage {
  readonly users: readonly UserLine[];
  readonly next: UserKey | null;
}

export interface SessionLine {
  readonly session: SessionId;
  readonly transport: 'tcp' | 'websocket';
  readonly address: string;
  readonly since: string;
}

export interface SessionPage {
  readonly sessions: readonly (SessionLine & { readonly user: string })[];
  readonly next: UserKey | null;
}

export interface UserDetails extends Omit<UserLine, 'sessions'> {
  readonly sessions: readonly SessionLine[];
  /** `invited`: by the other one, `inviting`: by this one. */
  readonly friends: readonly { readonly name: string; readonly state: FriendshipState }[];
  /** Messages not delivered yet. */
  readonly waiting: number;
}

export interface GatewayStatus {
  readonly version: string;
  readonly incarnation: Incarnation;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** What keeps the data, never with a password. */
  readonly store: string;
  /** Since when the store does not answer all processes of the gateway; null while it does. */
  readonly storeAwaySince: string | null;
  /** All gateways on this store that live, this one included. */
  readonly living: readonly Incarnation[];
  /** Logged in at this gateway: at all its workers, and a user of two of them counts twice. */
  readonly users: number;
  readonly sessions: number;
  /** With WORKERS above 1: how many there should be, and those that answered. */
  readonly workers?: { readonly configured: number; readonly running: readonly WorkerLine[] };
  /** What this gateway has brought back since its start of what failovers of the store had lost. */
  readonly mended: Mended;
  /** Bytes; of all processes of the gateway. */
  readonly memory: { readonly rss: number; readonly heapUsed: number };
  /** Milliseconds by which timers came late since the last time somebody asked; in the process where they came latest. */
  readonly eventLoopDelay: { readonly mean: number; readonly p99: number; readonly max: number };
}

export interface WorkerLine {
  readonly pid: number;
  readonly incarnation: Incarnation;
  readonly users: number;
  readonly sessions: number;
}
