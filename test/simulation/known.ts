/** What is known to go wrong and is not mended yet. A run in which it happens ends there: what follows from it is not news. */

import type { World } from './world.ts';

/**
 * A failover took a device's message from its sender's log with the device's answers; healing gives the message back from
 * the receiver's copy; then the device sends it again, and `send` does not see that the log has a message of this check to
 * this receiver: it is appended, and received, a second time.
 */
const DOUBLED = 'sent again after it was given back';

/** To be told of each call of the store that was carried out. */
export function noteKnown(world: World, method: string, [author, request]: readonly unknown[]): void {
  if (method !== 'send' || !world.ledger.hasFailedOver) return;
  const { user, device } = author as { user: string; device?: string };
  const { text } = request as { text: string };
  if (device === undefined || world.textsIn(user).filter((each) => each === text).length < 2) return;
  world.note(`KNOWN ${DOUBLED}: ${text}`);
  world.ledger.known.push(DOUBLED);
}
