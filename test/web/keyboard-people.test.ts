/** People with the keyboard alone: who is let in, blocked or no friend any more, and the end of an account. */

import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { awaitFocus, button, composer, tabTo, type } from './keyboard-stage.ts';
import { befriend, message, openConversation, openStage, PASSWORD, row, write, type Stage } from './stage.ts';

let stage: Stage;
let alice: Page;
let bob: Page;
let carol: Page;
before(async () => {
  stage = await openStage();
  [alice, bob, carol] = (await stage.enter('alice', 'bob', 'carol')) as [Page, Page, Page];
  await befriend(alice, bob, 'alice', 'bob');
  await openConversation(carol, 'alice');
  await write(carol, 'may I?');
});
after(() => stage.close());

/** From a row to what can be done with its person. */
async function choose(page: Page, name: string, action: string | RegExp): Promise<void> {
  await tabTo(page, row(page, name));
  await page.keyboard.press('Shift+F10');
  const item = page.getByRole('menuitem', { name: action });
  await item.waitFor();
  for (let presses = 0; presses < 4 && !(await item.evaluate((it) => it === document.activeElement)); presses += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await awaitFocus(item);
  await page.keyboard.press('Enter');
}

test('a friend is blocked, and unblocked', async () => {
  await choose(alice, 'bob', 'Block bob');
  await tabTo(alice, alice.getByRole('dialog').getByRole('button', { name: 'Block' }));
  await alice.keyboard.press('Enter');
  await row(alice, 'bob').getByText('Blocked').first().waitFor();
  await choose(alice, 'bob', /Unblock/);
  await row(alice, 'bob').getByText('Blocked').first().waitFor({ state: 'detached' });
});

test('a friend is none any more', async () => {
  await choose(alice, 'bob', 'Remove from your friends');
  await tabTo(alice, alice.getByRole('dialog').getByRole('button', { name: 'Remove' }));
  await alice.keyboard.press('Enter');
  await row(bob, 'alice').waitFor({ state: 'detached' });
});

test('a stranger is read, and let in', async () => {
  await tabTo(alice, alice.getByRole('button', { name: 'Message requests' }));
  await alice.keyboard.press('Enter');
  const requests = alice.getByRole('navigation', { name: 'Message requests' });
  await tabTo(alice, requests.getByRole('link').filter({ hasText: 'carol' }));
  await alice.keyboard.press('Enter');
  await message(alice, 'may I?').waitFor();
  await awaitFocus(composer(alice));
  await tabTo(alice, button(alice, 'Accept'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await row(alice, 'carol').waitFor();
});

test('an account ends', async () => {
  await tabTo(alice, button(alice, 'Menu'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByRole('menuitem', { name: 'Settings', exact: true }));
  await alice.keyboard.press('Enter');
  const settings = alice.getByRole('dialog', { name: 'Settings' });
  await tabTo(alice, settings.getByRole('button', { name: 'Delete…' }));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('Your user name, to be sure'));
  await type(alice, 'alice', 'Tab');
  await type(alice, PASSWORD, 'Enter');
  await alice.getByRole('heading', { name: 'Log in' }).waitFor();
});
