/** Friends with their status, the invitations that are open in either direction, and what the user changes about them. */

import type { Client, FriendView, Outcome as ClientOutcome } from '../../../protocol/client.ts';
import { toAsciiLower, toUserKey } from '../../../protocol/documents.ts';

/** What became of a change: a sentence for people. */
export interface Outcome {
  readonly result: ClientOutcome;
  readonly text: string;
}

/** What another user is to this one; `inviting`: invited this one, `invited`: by this one; `unknown`: not heard yet. */
export type Relation = 'self' | 'friend' | 'inviting' | 'invited' | 'stranger' | 'unknown';

type Change = Parameters<Client['friend']>[0];

const UNKNOWN: Outcome = {
  result: 'unknown',
  text: 'There is no connection, so it is not known whether that was done. Look again in a moment.',
};

export class Roster {
  friends = $state.raw<readonly FriendView[]>([]);
  /** Who invited this user, oldest first. */
  invitations = $state.raw<readonly string[]>([]);
  /** Whom this user invited. */
  invited = $state.raw<readonly string[]>([]);
  /** The gateway has listed the friends since the page was opened. */
  isListed = $state(false);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.take();
  }

  /** As the client has it now. */
  take(): void {
    const { connection, friends, invitations, invited } = this.#client;
    if (connection.state === 'online' && connection.isCaughtUp) this.isListed = true;
    this.friends = friends;
    this.invitations = invitations;
    this.invited = invited;
  }

  /** The friend of this name. */
  find(name: string): FriendView | undefined {
    return this.friends.find((friend) => isSame(friend.name, name));
  }

  relationTo(name: string): Relation {
    if (isSame(name, this.#client.user)) return 'self';
    if (this.find(name) !== undefined) return 'friend';
    if (this.invitations.some((other) => isSame(other, name))) return 'inviting';
    if (this.invited.some((other) => isSame(other, name))) return 'invited';
    return this.isListed ? 'stranger' : 'unknown';
  }

  async invite(name: string): Promise<Outcome> {
    const relation = this.relationTo(name);
    if (toUserKey(name) === undefined)
      return refusal('A name has letters, digits, dots, dashes and underscores alone.');
    if (relation === 'self') return refusal('That is your own name.');
    if (relation === 'friend') return refusal(`${name} is your friend already.`);
    const done =
      relation === 'inviting'
        ? `You and ${name} are friends now.`
        : `Invitation sent. You will see ${name} here once they accept.`;
    return this.#change('add', name, done, `There is no user “${name}”, or no room for another friend.`);
  }

  accept(name: string): Promise<Outcome> {
    return this.#change('accept', name, `You and ${name} are friends now.`, gone(name));
  }

  deny(name: string): Promise<Outcome> {
    return this.#change('deny', name, `You denied the invitation from ${name}.`, gone(name));
  }

  /** Ends a friendship, or withdraws an own invitation. */
  remove(name: string): Promise<Outcome> {
    const done = this.find(name) ? `${name} is not your friend any more.` : `Invitation to ${name} withdrawn.`;
    return this.#change('delete', name, done, `There was nothing to remove: ${name} may have been faster.`);
  }

  /** Nothing of a blocked user arrives. */
  async block(name: string, isBlocked: boolean): Promise<Outcome> {
    const result = await new Promise<ClientOutcome>((done) => this.#client.block(name, isBlocked, done));
    const done = isBlocked ? `You have blocked ${name}.` : `${name} is not blocked any more.`;
    return result === 'unknown' ? UNKNOWN : { result, text: result === 'done' ? done : `There is no user “${name}”.` };
  }

  async #change(type: Change, name: string, done: string, refused: string): Promise<Outcome> {
    const result = await new Promise<ClientOutcome>((answered) => this.#client.friend(type, name, answered));
    if (result === 'unknown') return UNKNOWN;
    return result === 'done' ? { result, text: done } : refusal(refused);
  }
}

function gone(name: string): string {
  return `The invitation from ${name} is not open any more.`;
}

function refusal(text: string): Outcome {
  return { result: 'refused', text };
}

function isSame(a: string, b: string): boolean {
  return toAsciiLower(a) === toAsciiLower(b);
}
