/** Devices of IMS 2 in the store's contract: what the store keeps of a client between its sessions. */

import type { Mark, MarkPage } from './mark.ts';
import type { Place } from './store.ts';

/** An id that a client made up and keeps: `[A-Za-z0-9_-]{1,64}`. */
export type DeviceId = string;

/** What a login with a device brings. */
export interface DeviceLogin {
  /** For people; at most 64 characters. */
  readonly label: string;
  /** SHA-256, in hex, of a token that the device gets with this login; absent where it keeps the one it has. */
  readonly tokenHash?: string;
  /** The hash of the token that it showed: where the device has it no more, revoked or replaced meanwhile, the login is fenced. */
  readonly shownHash?: string;
  /** Up to where the device holds the log, and in which epoch of it. */
  readonly epoch?: string;
  readonly after?: Place;
  /** The version of the marks that it has; 0 for none. */
  readonly marks: number;
  /** A status to begin with. */
  readonly status?: number;
}

/** What a login with a device finds. */
export interface OpenedDevice {
  /** The log's epoch: another one means that what is held must be compared with the log. */
  readonly epoch: string;
  /** The log has `after` in that epoch: the entries are those after it. Else they are the newest 500, or from the first undelivered one. */
  readonly isResumed: boolean;
  /** The places of the log's oldest and last entries; undefined for an empty log. */
  readonly first?: Place;
  readonly head?: Place;
  /** The highest id of a message of this device that was taken; 0 for none. */
  readonly sent: number;
  /** The version of the user's marks, and those raised after the version that the device has. */
  readonly marks: number;
  readonly changed: readonly Mark[];
  /** {@link MarkPage.from} */
  readonly marksFrom?: number;
}

/** What is kept of a device. */
export interface Device {
  readonly device: DeviceId;
  readonly label: string;
  readonly madeAt: number;
  /** The last login, or {@link Store.touchDevice}; and milliseconds since, by the store's clock. */
  readonly usedAt: number;
  readonly unusedFor: number;
  /** Of its token: the hash, and the account's generation when it was given; a token of an earlier one is void. */
  readonly tokenHash?: string;
  readonly tokenGeneration?: number;
}
