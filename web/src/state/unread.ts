/** Where the new messages of a conversation begin, and how they are shown. */

import type { ConversationMark } from '../../../protocol/client.ts';
import type { Item } from './window.ts';

/** The first unread message is so many pixels below the top: one sees what was said before. */
export const UNREAD_OFFSET = 96;

/** The first message of the other one that was not read; undefined where all were, or none is at hand. */
export function findUnread(items: readonly Item[], { seen }: ConversationMark): Item | undefined {
  return items.find((item) => item.kind === 'message' && !item.isOwn && (item.n ?? 0) > seen);
}
