/** What a friend is doing, and since when, in words. */

import type { FriendView } from '../../../protocol/client.ts';
import type { Status } from '../../../protocol/documents.ts';
import { formats, t } from '../texts/texts.svelte.ts';
import { statusLook, statusName } from './status.ts';

/** `Away since 14:05`; `now` in milliseconds since the epoch. */
export function describeStanding(statuses: readonly Status[], { status, since }: FriendView, now: number): string {
  const name = statusName(statuses, status);
  // Of who is away the gateway does not say since when: it might be someone who hides.
  const isPlain = since === undefined || statusLook(statuses, status) === 'online';
  return isPlain ? name : t.status.since(name, formats.momentInSentence(since, now));
}
