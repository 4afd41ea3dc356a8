/** How a session speaks with its client after LOGIN: as the seed says, or as IMS 2. */

import type { ProtocolError, ServerDocument } from '../protocol/documents.ts';
import type { Owner, Version2Session } from './handlers/route.ts';
import type { Services } from './services.ts';
import type { Entry, Look, OpenedSession, Place, Push } from './store/store.ts';
import type { Connection } from './transport/connection.ts';

export interface Dialect {
  /** What handlers ask of a session of version 2; undefined for a classic one. */
  readonly version2?: Version2Session;
  /** What was sent may still be confirmed, until `closed` has resolved. */
  readonly isConfirming: boolean;
  /** The session is open: entries follow. */
  begin(opened: OpenedSession): void;
  /** What follows once the backlog was sent. Rejects where the store cannot be asked. */
  greet(opened: OpenedSession): Promise<void>;
  /** Takes entries for the client, each newer than all before. */
  deliver(entries: readonly Entry[]): void;
  /** See {@link Receiver.tailLost}. */
  tailLost(lost: Place): void;
  /** A push that is neither an entry nor the end. */
  pushed(push: Push): void;
  /** See {@link LocalSession.compare}. */
  compare(look: Look, areHintsLost: boolean): void;
  /** See {@link LocalSession.confirmAgain}. */
  confirmAgain(): Promise<void>;
  /** The client sent something. */
  received(): void;
  /** The gateway reads again after it had not taken what came. */
  resumed(): void;
  ping(): void;
  pong(): void;
  /** Nobody is there any more to be told of anything. */
  stop(): void;
  /** The connection is closed; `isOrderly`: its client had read all that was flushed. Resolves when that is written. */
  closed(isOrderly: boolean): Promise<void>;
}

export interface DialectOptions {
  readonly owner: Owner;
  readonly connection: Connection;
  readonly services: Services;
  /** Sends now, or after the answer in work; `flushed` as in {@link Connection.send}. */
  readonly send: (documents: readonly ServerDocument[], flushed?: () => void) => void;
  /** Ends the session with an ERROR. */
  readonly fail: (error: ProtocolError) => void;
}
