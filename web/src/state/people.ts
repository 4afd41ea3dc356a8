/** The people of the list: friends, and everyone there is a message with; those who are not let in yet stand apart. */

import type { FriendView, Message } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';
import type { Summary } from './conversations.svelte.ts';
import type { Relation } from './roster.svelte.ts';

export interface Person {
  readonly key: string;
  readonly name: string;
  /** Absent for someone who is no friend. */
  readonly friend?: FriendView | undefined;
  readonly conversation?: Summary | undefined;
  readonly last?: Message | undefined;
}

export interface Sorted {
  /** Conversations first, the newest on top; then the other friends, those who are in before those who are away. */
  readonly listed: readonly Person[];
  /** Who writes for the first time and is no friend, the newest on top. */
  readonly requests: readonly Person[];
  /** The keys of those, and of the blocked ones among them. */
  readonly strangers: ReadonlySet<string>;
}

export interface Acquaintance {
  readonly friends: readonly FriendView[];
  readonly conversations: readonly Summary[];
  readonly relationTo: (name: string) => Relation;
}

export class PeopleBook {
  /** As they were shown last, by key: who is the same is the same object, so that only rows that differ are drawn. */
  #known = new Map<string, Person>();

  sort(of: Acquaintance): Sorted {
    const people = this.#gather(of);
    const strangers = new Set(people.filter((person) => isStranger(person, of)).map(({ key }) => key));
    return {
      strangers,
      listed: people.filter(({ key }) => !strangers.has(key)).sort(compare),
      requests: people
        .filter(({ key, conversation }) => strangers.has(key) && conversation?.isBlocked === false)
        .sort(compare),
    };
  }

  #gather({ friends, conversations }: Acquaintance): Person[] {
    const people = new Map<string, Person>();
    for (const conversation of conversations) {
      const { key, name, last } = conversation;
      people.set(key, { key, name, conversation, last });
    }
    for (const friend of friends) {
      const key = toAsciiLower(friend.name);
      people.set(key, { ...people.get(key), key, name: friend.name, friend });
    }
    // Whose friendship ended, or never began, is nobody to talk to.
    const wanted = [...people.values()].filter(({ friend, last }) => friend !== undefined || last !== undefined);
    const kept = wanted.map((person) => this.#keep(person));
    this.#known = new Map(kept.map((person) => [person.key, person]));
    return kept;
  }

  #keep(person: Person): Person {
    const known = this.#known.get(person.key);
    const isSame =
      known?.name === person.name && known.friend === person.friend && known.conversation === person.conversation;
    return isSame ? known : person;
  }
}

/**
 * Whether someone has only written and was never let in: no friend, and on no device did the user answer, invite or read.
 * So it is READ that lets somebody in, and all devices know it.
 */
function isStranger({ name, friend, conversation }: Person, { relationTo }: Acquaintance): boolean {
  if (friend !== undefined || conversation?.isOneSided !== true) return false;
  const relation = relationTo(name);
  // Where the friends are not known yet nobody is told that something was read.
  return relation === 'stranger' || relation === 'inviting' || relation === 'unknown';
}

function compare(a: Person, b: Person): number {
  return newest(b) - newest(a) || presence(b) - presence(a) || (a.key < b.key ? -1 : 1);
}

function newest({ last }: Person): number {
  return last?.time ?? 0;
}

function presence({ friend }: Person): number {
  return friend === undefined || friend.status < 0 ? 0 : 1;
}
