/** axe finds nothing on any view, on a phone and on a desktop, light and dark. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findViolations } from '../helpers/browser.ts';
import {
  awaitState,
  befriend,
  choose,
  invite,
  makeAccount,
  message,
  openConversation,
  openStage,
  row,
  write,
  type Stage,
} from './stage.ts';

/** The scheme changes colours alone, so that not every pair is needed. */
const LOOKS = [
  ['light', 360],
  ['light', 1280],
  ['dark', 1280],
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
  for (const [colorScheme, width] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await findViolations(page), [], `${colorScheme}, ${width}`);
  }
}

test('the way in, with and without errors', async () => {
  const page = await stage.browser.open(stage.gateway.http);
  await check(page);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('Enter your password.').waitFor();
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
