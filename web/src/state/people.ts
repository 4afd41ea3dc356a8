/** The people in the list: friends, and everyone there is a conversation with. */

import { toAsciiLower } from '../../../protocol/documents.ts';
import type { Friend } from '../../../protocol/documents.ts';
import type { Conversation } from './conversation.svelte.ts';

export interface Person {
  readonly key: string;
  readonly name: string;
  /** Absent for someone who is no friend. */
  readonly friend?: Friend | undefined;
  readonly conversation?: Conversation | undefined;
}

/** Conversations first, the newest on top; then the other friends, those who are in before those who are away. */
export function listPeople(friends: readonly Friend[], conversations: readonly Conversation[]): Person[] {
  const people = new Map<string, Person>();
  for (const conversation of conversations) {
    const key = toAsciiLower(conversation.name);
    people.set(key, { key, name: conversation.name, conversation });
  }
  for (const friend of friends) {
    const key = toAsciiLower(friend.user);
    people.set(key, { ...people.get(key), key, name: friend.user, friend });
  }
  return [...people.values()].sort(compare);
}

function compare(a: Person, b: Person): number {
  return newest(b) - newest(a) || presence(b) - presence(a) || (a.key < b.key ? -1 : 1);
}

function newest({ conversation }: Person): number {
  return conversation?.last?.id ?? 0;
}

function presence({ friend }: Person): number {
  return friend === undefined || friend.status < 0 ? 0 : 1;
}
