/** All that a client holds of one user. */

import type { Account } from './account.ts';
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
}

/** What was kept for the account. `stoppedTyping`: somebody is not writing any more. */
export function createHoldings(
  account: Account,
  keeper: Keeper,
  timing: Timing,
  kept: ReadonlyMap<string, unknown>,
  stoppedTyping: (key: string) => void,
): Holdings {
  const log = new HeldLog(account.user, keeper, kept);
  const people = new People(account.user, timing, stoppedTyping);
  const changes = log.peers.flatMap((peer) => log.with(peer)).filter((entry) => entry.name === 'FRIEND');
  for (const change of changes) people.takeChange(change);
  return { account, log, people, outbox: new Outbox(keeper, kept), marks: new Marks(keeper, kept) };
}

/** Whether a name is the user's own. */
export function isOwnName({ account }: Holdings, name: string): boolean {
  return toAsciiLower(name) === toAsciiLower(account.user);
}
