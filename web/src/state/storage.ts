/** Carries the conversations over a reload of the same tab, until the gateway hands out history itself. */

import { Conversation } from './conversation.svelte.ts';
import type { Message } from './conversation.svelte.ts';

const KEY = 'ims.conversations';
/** The newest messages of each conversation that are kept; fewer where the browser's few megabytes are full. */
const LIMITS = [200, 50, 10];

interface Snapshot {
  readonly user: string;
  readonly conversations: readonly { name: string; unread: number; draft: string; messages: Message[] }[];
}

const storage = openStorage();

/** Keeps what a reload would lose. */
export function saveConversations(user: string, conversations: readonly Conversation[]): void {
  for (const limit of LIMITS) {
    const kept = conversations.map(({ name, unread, draft, messages }) => {
      return { name, unread, draft, messages: messages.slice(-limit) };
    });
    try {
      storage?.setItem(KEY, JSON.stringify({ user, conversations: kept } satisfies Snapshot));
      return;
    } catch {
      // Full: the next limit, or nothing.
    }
  }
}

/** Whose conversations a reload left here; empty when nobody's. */
export function keptUser(): string {
  return readSnapshot()?.user ?? '';
}

/** Takes out what was kept for this user: left there, a copy of the tab would send what is queued once more. */
export function takeConversations(user: string): Conversation[] {
  const snapshot = readSnapshot();
  if (snapshot?.user !== user) return [];
  clearConversations();
  return snapshot.conversations.map(({ name, unread, draft, messages }) => {
    const conversation = new Conversation(name);
    conversation.messages = messages.map(restoreMessage);
    return Object.assign(conversation, { unread, draft });
  });
}

function readSnapshot(): Snapshot | null {
  return JSON.parse(storage?.getItem(KEY) ?? 'null') as Snapshot | null;
}

export function clearConversations(): void {
  storage?.removeItem(KEY);
}

// Where the browser's settings forbid storage, the mere look at it throws.
function openStorage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** A message that was on its way when the page went: nobody heard the answer. */
function restoreMessage(message: Message): Message {
  return message.delivery === 'sending' ? { ...message, delivery: 'unconfirmed' } : message;
}
