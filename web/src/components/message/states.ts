/** What became of an own message, as an icon and in words; nothing is claimed that was not said. */

import type { Message } from '../../../../protocol/client.ts';
import { t } from '../../texts/texts.svelte.ts';
import type { IconName } from '../Icon.svelte';
import { later } from '../later.svelte.ts';

export interface Circumstances {
  /** The other user's. */
  readonly name: string;
  readonly isConnected: boolean;
  /** The other one is a friend who is not here. Of strangers it is not known. */
  readonly isAbsent: boolean;
}

export interface StateLook {
  readonly icon: IconName;
  /** What it says first: `Sent`. */
  readonly word: string;
  /** What there is to add; else empty. */
  readonly addition: string;
  /** It did not get there, and something can be done about it. */
  readonly isFailed: boolean;
  /** It was read. */
  readonly isRead: boolean;
}

/** Undefined for a message of the other one. */
export function lookOf(message: Message, { name, isConnected, isAbsent }: Circumstances): StateLook | undefined {
  const plain = { addition: '', isFailed: false, isRead: false };
  switch (message.state) {
    case undefined:
      return undefined;
    case 'queued':
      return { ...plain, icon: 'clock', word: isConnected ? t.messages.sending : t.messages.willBeSent };
    case 'sent':
      if (!isAbsent) return { ...plain, icon: 'check', word: t.messages.sent };
      return { ...plain, icon: 'waiting', word: t.messages.sent, addition: t.messages.waitsFor(name) };
    case 'delivered':
      return { ...plain, icon: 'checks', word: t.messages.delivered };
    case 'read':
      return { ...plain, icon: 'checks', word: t.messages.read, isRead: true };
    case 'refused':
    case 'failed':
      return { ...plain, icon: 'alert', word: describeFailure(message, name), isFailed: true };
  }
}

/** Why it did not get there, as soon as the page can say it. */
function describeFailure({ reason }: Message, name: string): string {
  return later.parts?.describeFailure(reason, name) ?? t.messages.notDelivered;
}
