/** Gateways are killed, and make way for each other, while two people write to each other: what the screens show is whole. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGatewayProcess, type GatewayProcess } from '../faults/gateway-process.ts';
import type { TestBrowser } from '../helpers/browser.ts';
import { startRedis } from '../helpers/redis.ts';
import { openPlayBrowser, PAUSE, perform, ROUNDS, SEED } from './history-stage.ts';

/** Milliseconds for which messages go through a gateway before something happens to it, at most. */
const CALM = 1_500;
/** Seconds that a gateway gives its pages to go to the next one. */
const DRAIN_SECONDS = '2';

let browser: TestBrowser;
before(async () => {
  browser = await openPlayBrowser();
});
after(async () => {
  const problems = browser.problems();
  await browser.close();
  assert.deepEqual(problems, []);
});

test(`the gateway is killed and started again (seed ${SEED})`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-history-'));
  let gateway: GatewayProcess = await startGatewayProcess({ DATA_DIR: folder });
  try {
    await perform(context, browser, gateway.http, async ({ play, random, alice, bob }) => {
      for (const { tab } of [alice, bob]) play.chat(tab, PAUSE);
      for (let round = 0; round < ROUNDS / 2; round += 1) {
        await sleep(random.int(CALM));
        await gateway.kill9();
        gateway = await startGatewayProcess({ DATA_DIR: folder });
        for (const { cable, tab } of [alice, bob]) {
          cable.lead(gateway.http);
          // On a slow machine the gateway was away for long, and the pages have become patient: somebody looks at them.
          await tab.page.evaluate(() => dispatchEvent(new Event('online')));
        }
      }
      await sleep(CALM);
    });
  } finally {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test(`gateways make way for each other (seed ${SEED})`, async (context) => {
  const redis = await startRedis();
  const settings = { REDIS_URL: redis.url, DRAIN_SECONDS };
  let gateway = await startGatewayProcess(settings);
  try {
    await perform(context, browser, gateway.http, async ({ play, random, alice, bob }) => {
      const second = await play.openTab(alice.person);
      for (const tab of [alice.tab, second, bob.tab]) play.chat(tab, PAUSE);
      for (let round = 0; round < ROUNDS / 2; round += 1) {
        await sleep(random.int(CALM));
        const next = await startGatewayProcess(settings);
        for (const { cable } of [alice, bob]) cable.lead(next.http);
        assert.equal(await gateway.stop(), 0);
        gateway = next;
      }
    });
  } finally {
    await gateway.stop();
    await redis.stop();
  }
});
