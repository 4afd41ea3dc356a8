/** Tells on a screen who comes and goes: the connection, friends, invitations. */

import type { ChatClient } from './chat-client.ts';
import type { Screen } from './screen.ts';
import { makeLine } from './text.ts';
import { sayInvitation, sayStatus } from './words.ts';
import type { Timing } from '../../protocol/client.ts';
import type { Status } from '../../protocol/documents.ts';

export interface WatchParts {
  readonly client: ChatClient;
  readonly screen: Screen;
  readonly timing: Timing;
  /** The gateway, in words. */
  readonly place: string;
}

/** An absence of the connection is told when it lasts longer. */
const FLICKER = 2_000;
const STATUSES: readonly Status[] = ['Online', 'Away', 'Busy', 'Invisible'].map((name, id) => ({ id, name }));

export class Watch {
  /** As the gateway has them, once it was asked. */
  statuses = STATUSES;
  readonly #parts: WatchParts;
  readonly #presence = new Map<string, number>();
  #invitations: ReadonlySet<string> = new Set();
  #isOfflineTold = false;
  #wasOnline = false;
  #isFirst = true;
  #cancel = (): void => {};

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Tells that there is no connection, unless there is one soon. */
  awaitConnection(): void {
    this.stop();
    this.#cancel = this.#parts.timing.after(FLICKER, () => this.#tellOffline());
  }

  stop(): void {
    this.#cancel();
  }

  noteConnection(): void {
    const { client, screen, place } = this.#parts;
    const { connection } = client;
    if (connection.state === 'offline' && this.#wasOnline) {
      this.#wasOnline = false;
      this.awaitConnection();
    }
    if (connection.state !== 'online' || !connection.isCaughtUp || this.#wasOnline) return;
    this.stop();
    if (this.#isOfflineTold) screen.note(`Connected to ${place}.`);
    this.#wasOnline = true;
    this.#isFirst = false;
    this.#isOfflineTold = false;
    client.askStatuses((statuses) => (this.statuses = statuses ?? this.statuses));
  }

  /** `isNews`: it is to be told. */
  noteFriends(isNews: boolean): void {
    const { client, screen } = this.#parts;
    for (const { name, status } of client.friends) {
      const before = this.#presence.get(name);
      this.#presence.set(name, status);
      const isDifferent = before !== undefined && before !== status;
      // What changed while there was no connection shows in the line of state.
      if (isNews && isDifferent && this.#wasOnline && screen.isTerminal) {
        screen.note(`${makeLine(name)} is ${sayStatus(status, this.statuses)}.`);
      }
    }
  }

  noteInvitations(): void {
    const before = this.#invitations;
    this.#invitations = new Set(this.#parts.client.invitations);
    for (const name of this.#invitations) if (!before.has(name)) this.#parts.screen.note(sayInvitation(name));
  }

  #tellOffline(): void {
    const { client, screen, place } = this.#parts;
    const { connection } = client;
    if (connection.state !== 'offline') return;
    this.#isOfflineTold = true;
    const reason = connection.reason === undefined ? '' : ` (${makeLine(connection.reason)})`;
    const what = this.#isFirst ? `${place} cannot be reached` : 'The connection is lost';
    screen.warn(`${what}${reason}; trying again.`);
  }
}
