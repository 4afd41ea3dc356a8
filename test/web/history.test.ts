/** Two people write to each other while their pages reload and their network goes away: what the screens show is whole. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestBrowser } from '../helpers/browser.ts';
import { openPlayBrowser, PAUSE, performHere, ROUNDS, SEED } from './history-stage.ts';

/** Milliseconds that the network stays away: AWAY=60000 for the minute. */
const AWAY = Number(process.env['AWAY'] ?? 3_000);
/** At most so many messages are written meanwhile, in each tab. */
const MOST_WRITTEN = 20;
/** Milliseconds after a message within which a page is loaded anew. */
const SOON = 150;

let browser: TestBrowser;
before(async () => {
  browser = await openPlayBrowser();
});
after(async () => {
  const problems = browser.problems();
  await browser.close();
  assert.deepEqual(problems, []);
});

test(`pages reload in the middle of sending (seed ${SEED})`, async (context) => {
  await performHere(context, browser, async ({ play, random, alice, bob }) => {
    play.chat(alice.tab, PAUSE);
    play.chat(bob.tab, PAUSE);
    for (let round = 0; round < 1.5 * ROUNDS; round += 1) {
      const { tab } = random.pick([alice, alice, bob]);
      await sleep(random.int(2 * PAUSE));
      // Several in one go, of which the last ones are hardly written when the page goes.
      for (let count = random.int(4); count > 0; count -= 1) void tab.write();
      await sleep(random.int(SOON));
      await tab.reload();
    }
  });
});

test(`the network is away for ${AWAY / 1000} s while both write (seed ${SEED})`, async (context) => {
  await performHere(context, browser, async ({ play, alice, bob }) => {
    const second = await play.openTab(alice.person);
    const pause = Math.max(PAUSE, (2 * AWAY) / MOST_WRITTEN);
    for (const tab of [alice.tab, second, bob.tab]) play.chat(tab, pause);
    await second.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    // Nothing arrives any more, and nobody is told.
    alice.cable.silence();
    await alice.person.context.setOffline(true);
    await sleep(AWAY / 2);
    // Without the network a page opens all the same, with everything that it had and what waits.
    await second.reload();
    bob.cable.cut();
    await sleep(AWAY / 2);
    alice.cable.cut();
    for (const { cable } of [alice, bob]) cable.mend();
    await alice.person.context.setOffline(false);
    await sleep(PAUSE);
  });
});
