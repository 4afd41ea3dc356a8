/** The newest messages, which are there while the list of all is on its way; and the list, which takes their place unnoticed. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import {
  awaitState,
  enter,
  isFocused,
  message,
  openConversation,
  openStage,
  TAKEN,
  write,
  type Stage,
} from './stage.ts';

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  stage.browser.expectProblem(/Service Worker registration blocked/);
  const { browser, gateway } = stage;
  alice = await enter(browser, gateway.http, 'alice', { serviceWorkers: 'block' });
  bob = await enter(browser, gateway.http, 'bob');
});
after(() => stage.close());

function listOf(page: Page): Locator {
  return page.getByRole('region', { name: /^Messages with/ });
}

/** Opens the page anew at a conversation, without what comes later, until the answer is called. */
async function openWithoutList(page: Page, name: string): Promise<() => Promise<void>> {
  let bring = (): void => {};
  const asked = new Promise<void>((resolve) => (bring = resolve));
  await page.route('**/assets/later-*.js', async (route) => {
    await asked;
    await route.continue();
  });
  await page.evaluate((key) => history.replaceState(null, '', `#/${key}`), name);
  await page.reload({ waitUntil: 'commit' });
  await listOf(page).getByRole('listitem').last().waitFor({ state: 'attached' });
  return async () => {
    bring();
    await page.locator('[data-messages]').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[role=region]').length === 1);
    await page.unroute('**/assets/later-*.js');
  };
}

async function topOf(page: Page, text: string): Promise<number> {
  return (await message(page, text).boundingBox())!.y;
}

test('one reads on from the first new message to the last, and the list begins where one is by then', async () => {
  await openConversation(bob, 'alice');
  await openConversation(alice, 'bob');
  await write(alice, 'who is there?');
  await awaitState(alice, 'who is there?', TAKEN);
  await alice.evaluate(() => (location.hash = '/'));
  for (let line = 10; line < 60; line += 1) await write(bob, `line ${line}`);
  await awaitState(bob, 'line 59', 'Delivered');
  const bringList = await openWithoutList(alice, 'bob');
  await listOf(alice).getByText('New messages').waitFor();
  await write(bob, 'meanwhile');
  await message(alice, 'meanwhile').waitFor();
  assert.equal(await message(alice, 'line 12').getByRole('button').count(), 0, 'no menu is offered that is not there');
  await message(alice, 'line 30').evaluate((row) => row.scrollIntoView());
  const top = await topOf(alice, 'line 32');
  await bringList();
  await message(alice, 'line 32').waitFor();
  await alice.waitForTimeout(300);
  assert.ok(Math.abs((await topOf(alice, 'line 32')) - top) <= 2, `from ${top} to ${await topOf(alice, 'line 32')}`);
  await message(alice, 'line 32').getByRole('button').waitFor();
  await listOf(alice).evaluate((list) => (list.scrollTop = 0));
  await listOf(alice).getByText('New messages').waitFor();
});

test('one who is at the end stays there, whatever is unread', async () => {
  await alice.evaluate(() => (location.hash = '/'));
  for (let line = 60; line < 75; line += 1) await write(bob, `line ${line}`);
  await awaitState(bob, 'line 74', 'Delivered');
  const bringList = await openWithoutList(alice, 'bob');
  await message(alice, 'line 74').evaluate((row) => row.scrollIntoView());
  await listOf(alice).evaluate((list) => (list.scrollTop = list.scrollHeight));
  const top = await topOf(alice, 'line 74');
  await bringList();
  await awaitState(bob, 'line 74', 'Read');
  assert.ok(Math.abs((await topOf(alice, 'line 74')) - top) <= 2);
});

test('what was pressed and goes gives the focus to the messages, and these to the list', async () => {
  await openConversation(alice, 'nobody');
  await write(alice, 'hello?');
  await message(alice, 'hello?').getByRole('button', { name: 'Send again' }).waitFor();
  const bringList = await openWithoutList(alice, 'nobody');
  await message(alice, 'hello?').getByRole('button', { name: 'Send again' }).press('Enter');
  assert.equal(await isFocused(listOf(alice)), true);
  await bringList();
  assert.equal(await isFocused(alice.locator('[data-messages]')), true);
});
