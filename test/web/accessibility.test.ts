/** axe finds nothing on any view: on a phone and on a desktop, light and dark, left to right and right to left. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { GATEWAY_AWAY, findViolations } from '../helpers/browser.ts';
import {
  awaitState,
  befriend,
  choose,
  invite,
  makeAccount,
  message,
  openConversation,
  openSignUp,
  openRequest,
  openStage,
  row,
  speak,
  type Stage,
  write,
} from './stage.ts';

/** Any two of scheme, width and direction meet: no rule looks at all three together. */
const LOOKS = [
  ['dark', 360, 'ar'],
  ['light', 360, 'en'],
  ['light', 1280, 'ar'],
  ['dark', 1280, 'en'],
] as const;

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  [alice, bob] = (await stage.enter('alice', 'bob')) as [Page, Page];
});
after(() => stage.close());

async function check(page: Page): Promise<void> {
  for (const [colorScheme, width, language] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await speak(page, language);
    assert.deepEqual(await findViolations(page), [], `${colorScheme}, ${width}, ${language}`);
  }
  await speak(page, 'en');
}

test('the way in, with and without errors', async () => {
  const page = await stage.browser.open(stage.gateway.http);
  await check(page);
  await openSignUp(page);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('Enter your password.').waitFor();
  await check(page);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('meter').waitFor();
  await check(page);
});

test('an empty list', () => check(alice));

test('a list with friends and invitations', async () => {
  const carol = (await stage.enter('carol'))[0]!;
  await befriend(alice, bob, 'alice', 'bob');
  await invite(carol, 'alice');
  await makeAccount(stage.gateway.http, 'dora');
  await invite(alice, 'dora');
  await bob.getByLabel('Your status').selectOption('Busy');
  await row(alice, 'bob').waitFor();
  await check(alice);
});

test('conversations with every state of a message', async () => {
  await openConversation(alice, 'bob');
  await check(alice);
  await openConversation(bob, 'alice');
  await write(bob, 'hello');
  await write(alice, 'hello you');
  await awaitState(alice, 'hello you', 'Read');
  // TYPING goes out at most every 3 s, and what was sent was typed.
  await bob.getByRole('textbox', { name: /^Message to/ }).pressSequentially('I am typing this slowly', { delay: 180 });
  await alice.getByText('bob is writing').first().waitFor();
  await check(alice);
  await openConversation(alice, 'dora');
  await write(alice, 'are you there?');
  await awaitState(alice, 'are you there?', 'Sent');
  await check(alice);
  await openConversation(alice, 'nobody');
  await write(alice, 'anyone?');
  await message(alice, 'anyone?').getByText('Not delivered').waitFor();
  await check(alice);
});

test('what opens beside a message and beside the place to write', async () => {
  await openConversation(bob, 'alice');
  await write(bob, 'see https://example.org/, `code`, and\n```\na block of it\n```\nשלום');
  await message(bob, 'a block of it').hover();
  await message(bob, 'a block of it').getByRole('button', { name: 'What to do' }).click();
  await bob.getByRole('menu').waitFor();
  await check(bob);
  await bob.keyboard.press('Escape');
  await bob.getByRole('button', { name: 'Emoji' }).click();
  const picker = bob.getByRole('dialog', { name: 'Choose an emoji' });
  await picker.getByLabel('Search emoji').fill('party pop');
  await picker.getByRole('button', { name: 'party popper' }).waitFor();
  await check(bob);
  await picker.waitFor();
});

test('the quick switcher, and the sheet of keys', async () => {
  await bob.evaluate("location.hash = '/'");
  await bob.keyboard.press('Control+k');
  const switcher = bob.getByRole('dialog');
  await switcher.getByRole('combobox').fill('a');
  await switcher.getByRole('option').first().waitFor();
  await check(bob);
  await bob.keyboard.press('Escape');
  // It gives the focus back as it goes.
  await switcher.waitFor({ state: 'detached' });
  await bob.locator('a[id^=person-]').first().focus();
  await bob.keyboard.press('?');
  await bob.getByRole('dialog', { name: 'Keys' }).waitFor();
  await check(bob);
  await bob.keyboard.press('Escape');
});

test('dialogs', async () => {
  await openConversation(alice, 'bob');
  await alice.getByRole('button', { name: 'More about bob' }).click();
  await check(alice);
  await alice.keyboard.press('Escape');
  await choose(alice, 'bob', 'Block bob');
  await check(alice);
  await alice.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await alice.getByText('You have blocked bob:').waitFor();
  await check(alice);
  await alice.getByRole('button', { name: 'Add a friend' }).click();
  await alice.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  await check(alice);
});

test('searches, requests, and the menu of a row', async () => {
  const stranger = (await stage.enter('fred'))[0]!;
  await openConversation(stranger, 'bob');
  await write(stranger, 'do you know me?');
  await bob.evaluate("location.hash = '/'");
  const requests = bob.getByRole('button', { name: 'Message requests' });
  await requests.waitFor();
  await row(bob, 'alice').click({ button: 'right' });
  await bob.getByRole('menuitem', { name: 'Block alice' }).waitFor();
  await check(bob);
  await bob.keyboard.press('Escape');
  const field = bob.getByRole('combobox', { name: 'Search people and messages' });
  await field.fill('a');
  await bob.locator('[role=option]').first().waitFor();
  await field.press('ArrowDown');
  await check(bob);
  await field.fill('');
  await openRequest(bob, 'fred');
  await bob.getByText('fred is not your friend').waitFor();
  await bob.getByRole('button', { name: 'Search this conversation' }).click();
  await bob.getByRole('textbox', { name: /^Search in/ }).fill('know');
  await bob.getByText('1 of 1', { exact: true }).waitFor();
  await check(bob);
  await bob.evaluate("location.hash = '/'");
  await bob.getByRole('button', { name: 'Menu', exact: true }).click();
  await bob.getByRole('menuitem', { name: 'Blocked people' }).click();
  await bob.getByRole('dialog').waitFor();
  await check(bob);
});

test('without a connection', async () => {
  stage.browser.expectProblem(GATEWAY_AWAY);
  const page = (await stage.enter('erna'))[0]!;
  await openConversation(page, 'alice');
  await speak(page, 'ar');
  await speak(page, 'en');
  await page.context().setOffline(true);
  await write(page, 'later');
  await page.getByText('Not connected.').waitFor({ timeout: 30_000 });
  await check(page);
});
