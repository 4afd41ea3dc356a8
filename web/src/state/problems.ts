/** Why one is not in, in words: loaded when there is something to say. */

import type { OutReason } from '../../../protocol/client.ts';
import { doing } from '../texts/doing.svelte.ts';

/** Beginnings of the gateway's own sentences, which are written for a log. */
const BUSY = ['too many logins at once', 'the service cannot answer now', 'the gateway restarts'];

/** Why logging in did not get through; `reason`: the gateway's sentence. */
export function describeRefusal(reason: string): string {
  return BUSY.some((start) => reason.startsWith(start)) ? doing.out.busy : doing.out.serverSays(reason);
}

/** Why a user who was in is out, or cannot just come back; empty where that was wanted. */
export function describeLeave(why: OutReason | 'notStaying' | 'notKept'): string {
  return why === 'stopped' || why === 'left' ? '' : doing.out[why];
}
