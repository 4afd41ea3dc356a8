/** Tabs that lead are closed and frozen, and other devices come between, while people write: what the screens show is whole. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { logIn as enterOld } from '../faults/classic-client.ts';
import type { TestBrowser } from '../helpers/browser.ts';
import { startGateway } from '../helpers/gateway.ts';
import { openPlayBrowser, PAUSE, perform, performHere, ROUNDS, SEED } from './history-stage.ts';
import { logIn } from './stage.ts';

const TABS = 10;

let browser: TestBrowser;
before(async () => {
  browser = await openPlayBrowser();
});
after(async () => {
  const problems = browser.problems();
  await browser.close();
  assert.deepEqual(problems, []);
});

test(`ten tabs, and the leading one is closed or frozen again and again (seed ${SEED})`, async (context) => {
  await performHere(context, browser, async ({ play, random, alice: { person }, bob }) => {
    while (person.tabs.length < TABS) await play.openTab(person);
    play.chat(bob.tab, PAUSE);
    for (const tab of random.shuffle(person.tabs).slice(0, 3)) play.chat(tab, 2 * PAUSE);
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      const before = person.leader!;
      const thaw = round % 4 === 3 ? await before.freeze() : undefined;
      if (thaw === undefined) await play.closeTab(person, before);
      assert.ok(await play.until(() => person.leader !== before), `nobody leads after ${before.name}`);
      await thaw?.();
      await sleep(random.int(PAUSE));
    }
  });
});

test(`an old client on the same account, and a token that is revoked (seed ${SEED})`, async (context) => {
  const gateway = await startGateway();
  try {
    await perform(context, browser, gateway.http, async ({ play, random, alice, bob }) => {
      for (const { tab } of [alice, bob]) play.chat(tab, PAUSE);
      for (let round = 0; round < ROUNDS / 2; round += 1) {
        const old = await enterOld(play.history, 'alice', gateway, { transport: 'tcp' });
        for (let count = 0; count < 6; count += 1) {
          await old.send('bob');
          await sleep(random.int(PAUSE));
        }
        // Not in order: after that nothing may come to it again, and the history knows users, not their devices.
        await old.drop();
      }
      const [device] = await gateway.store.listDevices('alice');
      await gateway.store.revokeDevice('alice', device!.device);
      const { page } = alice.tab;
      await page.getByLabel('Password', { exact: true }).waitFor();
      await logIn(page, 'alice', 'the password of alice');
      await alice.tab.awaitReady();
      await sleep(2 * PAUSE);
    });
  } finally {
    await gateway.stop();
  }
});
