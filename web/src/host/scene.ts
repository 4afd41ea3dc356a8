/** What the screens of one user show, as plain data, and how a change of it is told in few words. */

import type { Connection, Conversation, FriendView, Message } from '../../../protocol/client.ts';
import type { Status } from '../../../protocol/documents.ts';

export type Item = Conversation['items'][number];

export interface Scene {
  /** As the user wrote it at the log-in; empty before the first one. */
  readonly user: string;
  /** The id of this browser, as a device of the user. */
  readonly device: string;
  /** There is something that lets the user in, and the gateway has not refused it. */
  readonly isIn: boolean;
  readonly connection: Connection;
  readonly friends: readonly FriendView[];
  /** Who invited this user, oldest first. */
  readonly invitations: readonly string[];
  /** Whom this user invited. */
  readonly invited: readonly string[];
  /** Whether the friends are known. */
  readonly isListed: boolean;
  readonly status: number;
  readonly statuses: readonly Status[];
  /** The gateway has more than this browser. */
  readonly hasOlder: boolean;
  /** The number of a place from which on this browser misses nothing; 0 where it has nothing. */
  readonly completeFrom: number;
  /** By the other user's key; also some without items. */
  readonly conversations: ReadonlyMap<string, Conversation>;
}

/** Fields that are different, whole. */
export type SceneFields = Partial<Omit<Scene, 'conversations'>>;

/** Items of a list that are different: the first ones go, then some are replaced. */
export interface Splice {
  /** How many of the oldest are not there any more. */
  readonly skip: number;
  /** Where items are replaced, after those. */
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly Item[];
}

export interface ConversationChange {
  readonly key: string;
  readonly head: Omit<Conversation, 'items'>;
  readonly splice: Splice;
}

export interface SceneChange {
  readonly fields: SceneFields;
  readonly conversations: readonly ConversationChange[];
  /** Messages of others that nobody has seen on this device. */
  readonly arrivals: readonly Message[];
  /** Notes of the tabs that are items of their conversations now: their ids. */
  readonly taken: readonly string[];
}

export function applyChange(scene: Scene, { fields, conversations: changed }: SceneChange): Scene {
  if (changed.length === 0) return { ...scene, ...fields };
  const conversations = new Map(scene.conversations);
  for (const { key, head, splice } of changed) {
    const items = applySplice(conversations.get(key)?.items ?? [], splice);
    conversations.set(key, { ...head, items });
  }
  return { ...scene, ...fields, conversations };
}

/** What makes the second conversation out of the first: items that are the same are the same objects. */
export function compareConversations(
  key: string,
  before: Conversation | undefined,
  { items, ...head }: Conversation,
): ConversationChange {
  return { key, head, splice: compareItems(before?.items ?? [], items) };
}

function compareItems(before: readonly Item[], after: readonly Item[]): Splice {
  const first = after[0];
  const skip = first === undefined ? 0 : Math.max(0, before.indexOf(first));
  const most = Math.min(before.length - skip, after.length);
  let at = 0;
  while (at < most && before[skip + at] === after[at]) at += 1;
  let end = 0;
  while (end < most - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { skip, at, remove: before.length - skip - at - end, insert: after.slice(at, after.length - end) };
}

function applySplice(items: readonly Item[], { skip, at, remove, insert }: Splice): readonly Item[] {
  const start = skip + at;
  return [...items.slice(skip, start), ...insert, ...items.slice(start + remove)];
}
