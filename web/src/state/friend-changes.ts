/** What a user changes about friends, each told in a sentence: loaded when it is done first. */

import { toUserKey } from '../../../protocol/documents.ts';
import type { Desk } from '../desk/desk.ts';
import type { FriendChange } from '../host/commands.ts';
import { doing } from '../texts/doing.svelte.ts';
import type { Outcome, Roster } from './roster.svelte.ts';

export class FriendChanges {
  readonly #roster: Roster;
  readonly #desk: Desk | undefined;

  constructor(roster: Roster, desk: Desk | undefined) {
    this.#roster = roster;
    this.#desk = desk;
  }

  async invite(name: string): Promise<Outcome> {
    const { friends } = doing;
    const relation = this.#roster.relationTo(name);
    if (toUserKey(name) === undefined) return refusal(friends.badName);
    if (relation === 'self') return refusal(friends.self);
    if (relation === 'friend') return refusal(friends.already(name));
    const done = relation === 'inviting' ? friends.now(name) : friends.invited(name);
    return this.#change('add', name, done, friends.notInvited(name));
  }

  accept(name: string): Promise<Outcome> {
    return this.#change('accept', name, doing.friends.now(name), doing.friends.gone(name));
  }

  deny(name: string): Promise<Outcome> {
    return this.#change('deny', name, doing.friends.denied(name), doing.friends.gone(name));
  }

  remove(name: string): Promise<Outcome> {
    const { friends } = doing;
    const done = this.#roster.find(name) ? friends.removed(name) : friends.withdrawn(name);
    return this.#change('delete', name, done, friends.notRemoved(name));
  }

  async block(name: string, isBlocked: boolean): Promise<Outcome> {
    const { friends } = doing;
    const result = (await this.#desk?.ask('block', name, isBlocked)) ?? 'unknown';
    const done = isBlocked ? friends.blocked(name) : friends.unblocked(name);
    return result === 'unknown' ? unknown() : { result, text: result === 'done' ? done : friends.noUser(name) };
  }

  async #change(type: FriendChange, name: string, done: string, refused: string): Promise<Outcome> {
    const result = (await this.#desk?.ask('friend', type, name)) ?? 'unknown';
    if (result === 'unknown') return unknown();
    return result === 'done' ? { result, text: done } : refusal(refused);
  }
}

function unknown(): Outcome {
  return { result: 'unknown', text: doing.friends.unknown };
}

function refusal(text: string): Outcome {
  return { result: 'refused', text };
}
