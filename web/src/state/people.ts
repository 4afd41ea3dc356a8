/** The people in the list: friends, and everyone there is a message with. */

import type { Conversation, FriendView, Message } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';

export interface Person {
  readonly key: string;
  readonly name: string;
  /** Absent for someone who is no friend. */
  readonly friend?: FriendView | undefined;
  readonly conversation?: Conversation | undefined;
  readonly last?: Message | undefined;
}

/** Conversations first, the newest on top; then the other friends, those who are in before those who are away. */
export function listPeople(friends: readonly FriendView[], conversations: readonly Conversation[]): Person[] {
  const people = new Map<string, Person>();
  for (const conversation of conversations) {
    const key = toAsciiLower(conversation.name);
    people.set(key, { key, name: conversation.name, conversation, last: lastMessage(conversation) });
  }
  for (const friend of friends) {
    const key = toAsciiLower(friend.name);
    people.set(key, { ...people.get(key), key, name: friend.name, friend });
  }
  // Whose friendship ended, or never began, is nobody to talk to.
  return [...people.values()].filter(({ friend, last }) => friend !== undefined || last !== undefined).sort(compare);
}

function lastMessage({ items }: Conversation): Message | undefined {
  return items.findLast((item) => item.kind === 'message');
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
