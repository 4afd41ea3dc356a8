/** People with the keyboard alone: who is let in, blocked or no friend any more, and the end of an account. */

import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { awaitFocus, button, composer, tabTo, type } from './keyboard-stage.ts';
import {
  befriend,
  isFocused,
  message,
  openConversation,
  openStage,
  PASSWORD,
  row,
  write,
  type Stage,
} from './stage.ts';

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
  for (let presses = 0; presses < 4 && !(await isFocused(item)); presses += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await awaitFocus(item);
  await page.keyboard.press('Enter');
}

async function confirm(page: Page, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await tabTo(page, dialog.getByRole('button', { name: action }));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

test('a friend is blocked, and unblocked', async () => {
  await choose(alice, 'bob', 'Block bob');
  await confirm(alice, 'Block');
  await row(alice, 'bob').filter({ hasText: 'Blocked' }).waitFor();
  await choose(alice, 'bob', /Unblock/);
  await row(alice, 'bob').filter({ hasText: 'Online' }).waitFor();
});

test('a friend is none any more', async () => {
  await choose(alice, 'bob', 'Remove from your friends');
  await confirm(alice, 'Remove');
  await row(alice, 'bob').waitFor({ state: 'detached' });
  await row(bob, 'alice').waitFor({ state: 'detached' });
});

test('a stranger is read, and let in', async () => {
  await tabTo(alice, alice.getByRole('button', { name: 'Message requests' }));
  await alice.keyboard.press('Enter');
  const requests = alice.getByRole('navigation', { name: 'Message requests' });
  await requests.waitFor();
  await tabTo(alice, requests.getByRole('link').filter({ hasText: 'carol' }));
  await alice.keyboard.press('Enter');
  await message(alice, 'may I?').waitFor();
  await awaitFocus(composer(alice));
  await tabTo(alice, button(alice, 'Accept'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await row(alice, 'carol').waitFor();
});

test('an account ends', async () => {
  // The gateway ends all sessions at once, and the page may be on its way back when it hears why.
  stage.browser.expectProblem(GATEWAY_AWAY);
  await tabTo(alice, button(alice, 'Menu'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByRole('menuitem', { name: 'Settings', exact: true }));
  await alice.keyboard.press('Enter');
  const settings = alice.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  await tabTo(alice, settings.getByRole('button', { name: 'Delete the account' }));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('Your user name, to be sure'));
  await type(alice, 'alice', 'Tab');
  await type(alice, PASSWORD, 'Enter');
  await alice.getByRole('heading', { name: 'Log in' }).waitFor();
});
