/** Where an open conversation gets its entries from: the client, the archive of this browser, and the gateway behind them. */

import { describeHeld } from '../../../protocol/client.ts';
import type { Conversation } from '../../../protocol/client.ts';
import type { Archive } from '../storage/archive.ts';
import type { Session } from './session.svelte.ts';
import type { Place, TimelineSource } from './timeline.svelte.ts';
import { firstNumber } from './window.ts';
import type { Item } from './window.ts';

export interface SourceOptions {
  readonly session: Session;
  /** The other user's. */
  readonly userKey: string;
  conversation(): Conversation;
  place(): Place | undefined;
}

export function createSource({ session, userKey, conversation, place }: SourceOptions): TimelineSource {
  const archive = session.archive();
  const describe = (entries: Awaited<ReturnType<Archive['before']>>): readonly Item[] => {
    const { user, device } = session;
    const { mark } = conversation();
    return entries.map((entry) => describeHeld(entry, { user, device, mark }));
  };
  return {
    conversation,
    place,
    isConnected: () => session.connection.state === 'online' && session.connection.isCaughtUp,
    hasOlder: () => session.conversations.hasOlder,
    completeFrom: () => session.conversations.completeFrom,
    async before(number = Infinity, limit) {
      // What is in memory is at hand, also where nothing is kept.
      const held = conversation().items.filter((item) => item.number !== undefined && item.number < number);
      if (held.length > 0) return held.slice(-limit);
      return describe((await (await archive)?.before(userKey, number === Infinity ? undefined : number, limit)) ?? []);
    },
    async after(number, limit) {
      const { items } = conversation();
      const held = items.filter((item) => item.number !== undefined && item.number > number);
      if (number >= firstNumber(items)) return held.slice(0, limit);
      const page = describe((await (await archive)?.after(userKey, number, limit)) ?? []);
      return page.length > 0 ? page : held.slice(0, limit);
    },
    loadOlder: async () => (await session.conversations.loadOlder()) === 'done',
  };
}
