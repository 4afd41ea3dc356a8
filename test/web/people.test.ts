/** The list of people: what its rows say, who has to wait for being let in, and what their menus do. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import {
  awaitState,
  befriend,
  choose,
  enter,
  isFocused,
  logIn,
  message,
  openConversation,
  openMenu,
  openRequest,
  openStage,
  openTab,
  row,
  write,
  type Stage,
} from './stage.ts';

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  [alice, bob] = (await stage.enter('alice', 'Bob')) as [Page, Page];
  await befriend(alice, bob, 'alice', 'Bob');
});
after(() => stage.close());

function requests(page: Page) {
  return page.getByRole('button', { name: 'Message requests' });
}

async function toList(page: Page): Promise<void> {
  await page.evaluate("location.hash = '/'");
}

test('a row says what was written last, by whom, and what became of it', async () => {
  await openConversation(alice, 'Bob');
  await write(alice, 'the first word');
  await awaitState(alice, 'the first word', 'Delivered');
  await row(alice, 'Bob').filter({ hasText: 'You:' }).filter({ hasText: 'the first word' }).waitFor();
  await row(alice, 'Bob').locator('.state[title="Delivered"]').waitFor();
  await openConversation(bob, 'alice');
  await row(alice, 'Bob').locator('.state[title="Read"]').waitFor();
  await write(bob, 'the second');
  await row(alice, 'Bob').filter({ hasText: 'the second' }).waitFor();
  assert.equal(await row(alice, 'Bob').getByText('You:').count(), 0);
});

test('what is half written stands in the row of a conversation that is not open', async () => {
  await alice.getByRole('textbox', { name: 'Message to Bob' }).fill('I was about to');
  assert.equal(await row(alice, 'Bob').getByText('Draft:').count(), 0);
  await toList(alice);
  await row(alice, 'Bob').filter({ hasText: 'Draft:' }).filter({ hasText: 'I was about to' }).waitFor();
  await alice.reload();
  await row(alice, 'Bob').getByText('Draft:').waitFor();
  await row(alice, 'Bob').click();
  await alice.getByRole('textbox', { name: 'Message to Bob' }).fill('');
  await toList(alice);
  await row(alice, 'Bob').filter({ hasText: 'the second' }).waitFor();
});

test('more than 99 are not counted out', async () => {
  await openConversation(bob, 'alice');
  for (let i = 0; i < 101; i += 1) await write(bob, `number ${i}`);
  await row(alice, 'Bob').getByText('99+').waitFor();
  await row(alice, 'Bob').getByText('101 unread').waitFor({ state: 'attached' });
  await row(alice, 'Bob').click();
  await alice.getByRole('button', { name: /^\d+ new$/ }).click();
  await row(alice, 'Bob').getByText('unread').waitFor({ state: 'detached' });
});

test('a first message of a stranger waits apart: no count in the title, nothing is told as read', async () => {
  const carol = await enter(stage.browser, stage.gateway.http, 'carol');
  await toList(alice);
  await openConversation(carol, 'alice');
  await write(carol, 'you do not know me');
  await requests(alice).filter({ hasText: 'From 1 person' }).waitFor();
  assert.equal(await row(alice, 'carol').count(), 0);
  assert.equal(await alice.title(), 'IMS');
  await openRequest(alice, 'carol');
  await message(alice, 'you do not know me').waitFor();
  await alice.getByText('carol is not your friend and writes to you for the first time.').waitFor();
  await alice.waitForTimeout(500);
  await awaitState(carol, 'you do not know me', 'Delivered');
  await alice.reload();
  await requests(alice).waitFor();
  await alice.getByRole('button', { name: 'Accept', exact: true }).click();
  await row(alice, 'carol').waitFor();
  await requests(alice).waitFor({ state: 'detached' });
  await awaitState(carol, 'you do not know me', 'Read');
  assert.ok(await isFocused(alice.locator('#conversation-title')));
  await carol.context().close();
});

test('an answer lets in too, in all tabs and on other devices', async () => {
  const dave = await enter(stage.browser, stage.gateway.http, 'dave');
  await openConversation(dave, 'alice');
  await write(dave, 'hello from dave');
  const tab = await openTab(alice);
  const phone = await stage.browser.open(stage.gateway.http);
  await logIn(phone, 'alice');
  for (const page of [tab, phone]) await requests(page).waitFor();
  await openRequest(alice, 'dave');
  await write(alice, 'hello');
  for (const page of [alice, tab, phone]) {
    await row(page, 'dave').waitFor();
    await requests(page).waitFor({ state: 'detached' });
  }
  await awaitState(dave, 'hello from dave', 'Read');
  await tab.close();
  await phone.context().close();
});

test('who writes and wants to be a friend is let in as one', async () => {
  const erin = await enter(stage.browser, stage.gateway.http, 'erin');
  await openConversation(erin, 'alice');
  await write(erin, 'shall we be friends?');
  await erin.getByRole('button', { name: 'Invite', exact: true }).click();
  await openRequest(alice, 'erin');
  await alice.getByText('erin would like to be your friend').waitFor();
  await alice.getByRole('button', { name: 'Accept', exact: true }).click();
  await alice.getByText('You and erin are friends now.').waitFor();
  await row(alice, 'erin').waitFor();
  await awaitState(erin, 'shall we be friends?', 'Read');
});

test('a stranger is blocked, and unblocked in the list of those', async () => {
  const frank = await enter(stage.browser, stage.gateway.http, 'frank');
  await openConversation(frank, 'alice');
  await write(frank, 'buy my watches');
  await openRequest(alice, 'frank');
  await alice.getByRole('region', { name: 'frank', exact: true }).getByRole('button', { name: 'Block frank' }).click();
  await alice.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await alice.getByText('You have blocked frank:').waitFor();
  await requests(alice).waitFor({ state: 'detached' });
  assert.equal(await row(alice, 'frank').count(), 0);
  await toList(alice);
  await alice.reload();
  await openMenu(alice);
  await alice.getByRole('menuitem', { name: 'Blocked people' }).click();
  const dialog = alice.getByRole('dialog', { name: 'Blocked people' });
  await dialog.getByRole('button', { name: 'Unblock frank' }).click();
  await dialog.getByText('You have blocked nobody.').waitFor();
  await alice.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.ok(await isFocused(alice.getByRole('button', { name: 'Menu', exact: true })));
  await requests(alice).waitFor();
});

test('someone blocked without a word is in that list after a reload too', async () => {
  await openConversation(bob, 'gina');
  await choose(bob, 'gina', 'Block gina');
  await bob.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  // Whoever there is not cannot be blocked.
  await bob.getByText('There is no user “gina”.').waitFor();
  await enter(stage.browser, stage.gateway.http, 'gina');
  await choose(bob, 'gina', 'Block gina');
  await bob.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await bob.getByText('You have blocked gina:').waitFor();
  await toList(bob);
  await bob.reload();
  await openMenu(bob);
  await bob.getByRole('menuitem', { name: 'Blocked people' }).click();
  await bob.getByRole('button', { name: 'Unblock gina' }).waitFor();
  await bob.keyboard.press('Escape');
});

test('the menu of a row: by the right button, by the keyboard, by a finger', async () => {
  await toList(alice);
  const menu = alice.getByRole('menu', { name: 'More about Bob' });
  await row(alice, 'Bob').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Block Bob' }).waitFor();
  await alice.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  assert.ok(await isFocused(row(alice, 'Bob')));
  await alice.keyboard.press('Shift+F10');
  await menu.waitFor();
  await alice.keyboard.press('ArrowDown');
  assert.ok(await isFocused(menu.getByRole('menuitem', { name: 'Copy user name' })));
  await alice.keyboard.press('Home');
  await alice.keyboard.press('Enter');
  await alice.getByRole('dialog', { name: 'Remove Bob from your friends?' }).waitFor();
  await alice.keyboard.press('Escape');
  assert.ok(await isFocused(row(alice, 'Bob')));
  await row(alice, 'Bob').dispatchEvent('pointerdown', { pointerType: 'touch', clientX: 40, clientY: 200 });
  await menu.waitFor();
  await alice.keyboard.press('Escape');
});

test('three dots bring their menu up and take it away, and forget a press that went elsewhere', async () => {
  await openConversation(alice, 'Bob');
  for (const name of ['More about Bob', 'Menu']) {
    const button = alice.getByRole('button', { name, exact: true });
    const menu = alice.getByRole('menu', { name, exact: true });
    await button.click();
    await menu.waitFor();
    await button.click();
    await menu.waitFor({ state: 'detached' });
    await button.click();
    await button.hover();
    await alice.mouse.down();
    await alice.mouse.move(500, 400);
    await alice.mouse.up();
    await alice.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await button.press('Enter');
    await menu.waitFor();
    await alice.keyboard.press('Escape');
  }
});

test('without a connection a new conversation has nothing that is older', async () => {
  stage.browser.expectProblem(GATEWAY_AWAY);
  const hugo = await enter(stage.browser, stage.gateway.http, 'hugo');
  // What comes a moment after the page is there.
  await hugo.waitForLoadState('networkidle');
  await hugo.context().setOffline(true);
  await openConversation(hugo, 'alice');
  await write(hugo, 'later');
  await hugo.getByText('Not connected.').waitFor({ timeout: 30_000 });
  await hugo.locator('[data-edge="beginning"]').waitFor();
});
