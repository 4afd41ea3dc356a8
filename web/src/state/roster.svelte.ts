/** Friends with their status, the invitations that are open in either direction, and what the user changes about them. */

import type { FriendView, Outcome as ClientOutcome } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';
import type { Desk } from '../desk/desk.ts';
import { bring } from '../shell/bring.ts';
import { t } from '../texts/texts.svelte.ts';
import type { FriendChanges } from './friend-changes.ts';

/** What became of a change: a sentence for people. */
export interface Outcome {
  readonly result: ClientOutcome;
  readonly text: string;
}

/** What another user is to this one; `inviting`: invited this one, `invited`: by this one; `unknown`: not heard yet. */
export type Relation = 'self' | 'friend' | 'inviting' | 'invited' | 'stranger' | 'unknown';

export class Roster {
  friends = $state.raw<readonly FriendView[]>([]);
  /** Who invited this user, oldest first. */
  invitations = $state.raw<readonly string[]>([]);
  /** Whom this user invited. */
  invited = $state.raw<readonly string[]>([]);
  /** Whether the friends are known. */
  isListed = $state(false);
  readonly #desk: Desk | undefined;

  constructor(desk: Desk | undefined) {
    this.#desk = desk;
    this.take();
  }

  /** As the desk has it now. */
  take(): void {
    const scene = this.#desk?.scene;
    if (scene === undefined) return;
    this.isListed = scene.isListed;
    this.friends = scene.friends;
    this.invitations = scene.invitations;
    this.invited = scene.invited;
  }

  /** The friend of this name. */
  find(name: string): FriendView | undefined {
    return this.friends.find((friend) => isSame(friend.name, name));
  }

  relationTo(name: string): Relation {
    if (isSame(name, this.#desk?.user ?? '')) return 'self';
    if (this.find(name) !== undefined) return 'friend';
    if (this.invitations.some((other) => isSame(other, name))) return 'inviting';
    if (this.invited.some((other) => isSame(other, name))) return 'invited';
    return this.isListed ? 'stranger' : 'unknown';
  }

  invite(name: string): Promise<Outcome> {
    return this.#change((changes) => changes.invite(name));
  }

  accept(name: string): Promise<Outcome> {
    return this.#change((changes) => changes.accept(name));
  }

  deny(name: string): Promise<Outcome> {
    return this.#change((changes) => changes.deny(name));
  }

  /** Ends a friendship, or withdraws an own invitation. */
  remove(name: string): Promise<Outcome> {
    return this.#change((changes) => changes.remove(name));
  }

  /** Nothing of a blocked user arrives. */
  block(name: string, isBlocked: boolean): Promise<Outcome> {
    return this.#change((changes) => changes.block(name, isBlocked));
  }

  async #change(change: (changes: FriendChanges) => Promise<Outcome>): Promise<Outcome> {
    const part = await bring(() => import('./friend-changes.ts')).catch(() => undefined);
    if (part === undefined) return { result: 'unknown', text: t.signIn.unreachable };
    return change(new part.FriendChanges(this, this.#desk));
  }
}

function isSame(a: string, b: string): boolean {
  return toAsciiLower(a) === toAsciiLower(b);
}
