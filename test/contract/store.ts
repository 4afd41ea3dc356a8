/** The store's contract as tests: what every store must do, method by method. */

import { describe, test } from 'node:test';
import type { StoreLimits } from '../../gateway/store/store.ts';
import { checkAccounts } from './store-accounts.ts';
import { checkAcknowledgements } from './store-acknowledgements.ts';
import { checkBlocks } from './store-blocks.ts';
import { checkDeviceMessages } from './store-device-messages.ts';
import { checkDeviceSessions } from './store-device-sessions.ts';
import { checkDevices } from './store-devices.ts';
import { checkEpochs } from './store-epochs.ts';
import { checkFences } from './store-fences.ts';
import { checkFriendshipCopies } from './store-friendship-copies.ts';
import { checkFriendships } from './store-friendships.ts';
import { checkIncarnations } from './store-incarnations.ts';
import { checkLife } from './store-life.ts';
import { checkLog, checkLogTime } from './store-log.ts';
import { checkMailboxes } from './store-mailboxes.ts';
import { checkMarks } from './store-marks.ts';
import { checkMendingRaces } from './store-mending-races.ts';
import { checkMending } from './store-mending.ts';
import { checkMessages } from './store-messages.ts';
import { checkPeers } from './store-peers.ts';
import { checkPresence, checkSince } from './store-presence.ts';
import { checkPushes } from './store-pushes.ts';
import { checkReopening } from './store-reopening.ts';
import { checkSessions } from './store-sessions.ts';
import { Stage, WIDE_LIMITS, type Act, type Check, type OpenStore } from './store-stage.ts';

export { WIDE_LIMITS, type OpenStore, type OpenedStore } from './store-stage.ts';

/**
 * Registers the tests. `open` is called once for each, with the limits that it needs, and gives a store that holds
 * nothing yet. With `hasClock` what it opens has a clock, and what depends on time is tested too.
 */
export function storeContract(name: string, open: OpenStore, { hasClock = false } = {}): void {
  const check: Check = (title: string, ...rest: [Act] | [Partial<StoreLimits>, Act]) => {
    const [limits, act] = rest.length === 1 ? [{}, rest[0]] : rest;
    test(title, { timeout: 20_000 }, async () => {
      const opened = await open({ ...WIDE_LIMITS, ...limits });
      try {
        await act(new Stage(opened));
      } finally {
        await opened.close();
      }
    });
  };
  describe(`${name} store: accounts`, () => checkAccounts(check));
  describe(`${name} store: sessions`, () => checkSessions(check));
  describe(`${name} store: fences`, () => checkFences(check));
  describe(`${name} store: lost sessions`, () => checkReopening(check));
  describe(`${name} store: messages`, () => checkMessages(check));
  describe(`${name} store: peers`, () => checkPeers(check));
  describe(`${name} store: mending`, () => checkMending(check));
  describe(`${name} store: races of mending`, () => checkMendingRaces(check));
  describe(`${name} store: mailboxes`, () => checkMailboxes(check));
  describe(`${name} store: log`, () => checkLog(check));
  describe(`${name} store: friendships`, () => checkFriendships(check));
  describe(`${name} store: copies of friendships`, () => checkFriendshipCopies(check));
  describe(`${name} store: pushes`, () => checkPushes(check));
  describe(`${name} store: incarnations`, () => checkIncarnations(check, hasClock));
  describe(`${name} store: devices`, () => checkDevices(check, hasClock));
  describe(`${name} store: sessions of devices`, () => checkDeviceSessions(check));
  describe(`${name} store: messages of devices`, () => checkDeviceMessages(check));
  describe(`${name} store: acknowledgements`, () => checkAcknowledgements(check));
  describe(`${name} store: marks`, () => checkMarks(check));
  describe(`${name} store: epochs`, () => checkEpochs(check));
  describe(`${name} store: blocks`, () => checkBlocks(check));
  describe(`${name} store: presence`, () => checkPresence(check));
  describe(`${name} store: life`, () => checkLife(check));
  if (!hasClock) return;
  describe(`${name} store: time`, () => checkLogTime(check));
  describe(`${name} store: since when somebody is there`, () => checkSince(check));
}
