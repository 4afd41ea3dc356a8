/** The gateway restarts, or makes way for another one, under pages that are in use: nothing is lost, and nothing twice. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemClock } from '../../gateway/clock.ts';
import { readConfig } from '../../gateway/config.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer, type Gateway } from '../../gateway/server.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import type { Store } from '../../gateway/store/store.ts';
import { GATEWAY_AWAY, openBrowser, type TestBrowser } from '../helpers/browser.ts';
import { shareStore } from '../helpers/shared-store.ts';
import { layCable } from './loose-cable.ts';
import { awaitState, enter, invite, message, openConversation, row, TAKEN, texts, write } from './stage.ts';

/** So high that all of a conversation is drawn. */
const HIGH = { viewport: { width: 900, height: 4_000 } };
const ADMIN_TOKEN = 'a-token-for-tests-not-a-secret';

let browser: TestBrowser;
let store: Store;
let share: () => Store;
const gateways: Gateway[] = [];

before(async () => {
  browser = await openBrowser();
  browser.expectProblem(GATEWAY_AWAY);
});
beforeEach(() => {
  store = createMemoryStore({ clock: systemClock, limits: readConfig({}).limits.store });
  share = shareStore(store);
});
after(async () => {
  const problems = browser.problems();
  await browser.close();
  for (const gateway of gateways) await gateway.close();
  await store.close();
  assert.deepEqual(problems, []);
});

async function start(port: number, drainSeconds = 0): Promise<Gateway> {
  const settings = { PORT: String(port), TCP_PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN, LOG_LEVEL: 'silent' };
  const config = readConfig({ ...settings, DRAIN_SECONDS: String(drainSeconds) });
  const logger = createLogger(config);
  const gateway = await startServer({ config, store: share(), clock: systemClock, logger, adminToken: ADMIN_TOKEN });
  gateways.push(gateway);
  return gateway;
}

/** Alice and Bob, in the conversation with each other. */
async function enterBoth(address: string): Promise<[Page, Page]> {
  const alice = await enter(browser, address, 'alice', HIGH);
  const bob = await enter(browser, address, 'bob', HIGH);
  await openConversation(alice, 'bob');
  return [alice, bob];
}

test('the gateway restarts, and the pages come back with all they had', async () => {
  const first = await start(0);
  const { http } = first.ports;
  const [alice, bob] = await enterBoth(`http://127.0.0.1:${http}`);
  await invite(alice, 'bob');
  await bob.getByRole('button', { name: 'Accept alice' }).waitFor();

  await first.close();
  await alice.getByText('Not connected.').waitFor();
  for (const text of ['one', 'two', 'three']) await write(alice, text);
  await start(http);

  await awaitState(alice, 'three', TAKEN);
  // Until then they are a stranger's; and they came, so Bob is connected.
  await bob.getByRole('button', { name: 'Message requests' }).waitFor({ timeout: 15_000 });
  await bob.getByRole('button', { name: 'Accept alice' }).click({ timeout: 15_000 });
  await row(bob, 'alice').getByText('3 unread').waitFor({ timeout: 15_000 });
  await row(bob, 'alice').click();
  assert.deepEqual(await texts(bob), ['one', 'two', 'three']);
  for (const page of [alice, bob]) await page.context().close();
});

test('a gateway that makes way: the pages move to the next one before they leave it, and nobody notices', async () => {
  const old = await start(0, 4);
  const cable = await layCable(`http://127.0.0.1:${old.ports.http}`);
  const [alice, bob] = await enterBoth(cable.address);
  await openConversation(bob, 'alice');
  // Each moment without a connection would show here.
  for (const page of [alice, bob]) {
    await page.evaluate(() => {
      const select = document.querySelector('select')!;
      new MutationObserver(() => (document.body.dataset['gap'] ??= String(select.disabled))).observe(select, {
        attributeFilter: ['disabled'],
      });
    });
  }
  cable.lead(`http://127.0.0.1:${(await start(0)).ports.http}`);
  const drained = old.drain();
  const lines = Array.from({ length: 40 }, (_, i) => `moving ${i + 1}.`);
  for (const line of lines) {
    await write(alice, line);
    await alice.waitForTimeout(100);
  }
  await drained;
  await old.close();
  await write(bob, 'still here?');
  await message(alice, 'still here?').waitFor();
  await awaitState(alice, 'moving 40.', 'Read');
  for (const page of [alice, bob]) {
    assert.deepEqual(await texts(page), [...lines, 'still here?']);
    assert.equal(await page.evaluate(() => document.body.dataset['gap']), undefined);
    assert.equal(await page.getByText('Not connected.').count(), 0);
    await page.context().close();
  }
  await cable.close();
});
