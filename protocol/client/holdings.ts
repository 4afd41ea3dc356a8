/** All that a client holds of one user. */

import type { Account } from './account.ts';
import { Described } from './described.ts';
import type { Extent } from './entries.ts';
import type { Keeper } from './keeper.ts';
import { HeldLog } from './log.ts';
import { Marks } from './marks.ts';
import { Outbox } from './outbox.ts';
import { People } from './people.ts';
import type { Timing } from './ports.ts';
import { toAsciiLower } from '../documents.ts';

export interface Holdings {
  readonly account: Account;
  readonly log: HeldLog;
  readonly outbox: Outbox;
  readonly marks: Marks;
  readonly people: People;
  readonly described: Described;
}

export interface HoldingsParts {
  readonly account: Account;
  readonly keeper: Keeper;
  readonly timing: Timing;
  /** What was kept for the account. */
  readonly kept: ReadonlyMap<string, unknown>;
  readonly extent: Extent;
  /** Somebody is not writing any more. */
  stoppedTyping(key: string): void;
}

export function createHoldings({ account, keeper, timing, kept, extent, stoppedTyping }: HoldingsParts): Holdings {
  const log = new HeldLog(account.user, keeper, kept, extent);
  const people = new People(account.user, timing, keeper, stoppedTyping);
  if (!people.restore(kept)) {
    const all = log.entries.peers.flatMap((peer) => log.entries.with(peer));
    people.replay(all.filter((entry) => entry.name === 'FRIEND'));
  }
  const [outbox, marks] = [new Outbox(keeper, kept), new Marks(keeper, kept)];
  return { account, log, people, outbox, marks, described: new Described() };
}

/** Whether a name is the user's own. */
export function isOwnName({ account }: Holdings, name: string): boolean {
  return toAsciiLower(name) === toAsciiLower(account.user);
}
