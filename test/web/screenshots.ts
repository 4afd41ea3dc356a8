/** Takes a picture of each view, in three widths, light and dark: `node dist/test/web/screenshots.js OUTDIR [LANGUAGE]`. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { NativeClient } from './native-client.ts';
import {
  awaitState,
  befriend,
  choose,
  enter,
  invite,
  logIn,
  look,
  makeAccount,
  message,
  openConversation,
  openSettings,
  openSignUp,
  openStage,
  row,
  speak,
  write,
} from './stage.ts';

const WIDTHS = { 360: 740, 768: 1024, 1280: 800 };
const SCHEMES = ['light', 'dark'] as const;

const [, , folder, language = 'en'] = process.argv;
if (folder === undefined) throw new Error('usage: node dist/test/web/screenshots.js OUTDIR [LANGUAGE]');
await mkdir(folder, { recursive: true });

const stage = await openStage();
const { browser, gateway } = stage;

/** The page in all widths and both schemes. */
async function take(page: Page, name: string): Promise<void> {
  await speak(page, language);
  for (const [width, height] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: Number(width), height });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder!, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await speak(page, 'en');
}

async function takeWayIn(): Promise<void> {
  browser.expectProblem(/409/);
  const page = await browser.open(gateway.http);
  await take(page, 'log-in');
  await openSignUp(page);
  await take(page, 'sign-up');
  await page.getByLabel('User name').fill('not a name');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await take(page, 'sign-up-errors');
}

async function takeChat(): Promise<void> {
  const page = await enter(browser, gateway.http, 'alice');
  await take(page, 'empty');
  const [bob, carol, dave] = await stage.enter('Bob', 'carol.baker', 'dave');
  await befriend(page, bob!, 'alice', 'Bob');
  await befriend(page, carol!, 'alice', 'carol.baker');
  await invite(dave!, 'alice');
  await makeAccount(gateway.http, 'erin');
  await makeAccount(gateway.http, 'old-timer');
  await invite(page, 'erin');
  await carol!.getByLabel('Your status').selectOption('Busy');
  const native = await NativeClient.enter(gateway.tcp, 'old-timer');
  await native.send(
    '<MESSAGE from="old-timer" to="alice">Is this thing on? I am writing from 2004.</MESSAGE>',
    /result="1"/,
  );
  await take(page, 'people');
  await takeConversation(page, bob!);
  await page.getByRole('button', { name: 'Add a friend' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name').fill('carol.baker');
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await take(page, 'add-friend');
  native.close();
}

async function takeConversation(page: Page, bob: Page): Promise<void> {
  await openConversation(page, 'Bob');
  await take(page, 'conversation-empty');
  await openConversation(bob, 'alice');
  await write(bob, 'Hi Alice! Are you coming tonight?');
  await write(bob, 'We start at eight 🎉');
  await write(page, 'Yes, I will be there.\nShall I bring something?\n  – bread\n  – cheese');
  await write(bob, 'מה שלומך? השעה שמונה');
  await write(bob, `Here is the long word: ${'Donaudampfschifffahrt'.repeat(6)}`);
  await write(page, 'Great');
  await awaitState(page, 'Great', 'Read');
  await openConversation(bob, 'dave');
  await write(page, 'See you there');
  await awaitState(page, 'See you there', 'Delivered');
  await openConversation(bob, 'alice');
  await look(bob, false);
  await write(page, 'By bike');
  await awaitState(page, 'By bike', 'Delivered');
  await bob.getByRole('textbox', { name: /^Message to/ }).pressSequentially('How nice!', { delay: 500 });
  await page.getByText('Bob is writing').first().waitFor({ state: 'attached' });
  await take(page, 'conversation');
  await message(page, 'By bike').hover();
  await message(page, 'By bike').getByRole('button', { name: 'What to do' }).click();
  await take(page, 'message-menu');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('dialog', { name: 'Choose an emoji' }).getByRole('button').nth(20).waitFor();
  await take(page, 'emoji');
  await page.keyboard.press('Escape');
  await bob.context().close();
  await row(page, 'Bob').filter({ hasText: 'Offline' }).waitFor({ state: 'attached', timeout: 20_000 });
  await write(page, 'Hello?');
  await awaitState(page, 'Hello?', 'Sent');
  await page.getByRole('button', { name: 'More about Bob' }).click();
  await take(page, 'menu');
  await page.keyboard.press('Escape');
  await choose(page, 'Bob', 'Block Bob');
  await take(page, 'block');
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.getByText('You have blocked Bob:').waitFor();
  await take(page, 'blocked');
  await page.getByRole('button', { name: 'Unblock' }).click();
  await openConversation(page, 'nobody');
  await write(page, 'Anyone there?');
  await message(page, 'Anyone there?').getByText('Not delivered').waitFor();
  await take(page, 'conversation-refused');
}

/** The list with everything that a row can say, and what opens from it. */
async function takePeople(): Promise<void> {
  const page = await enter(browser, gateway.http, 'paula');
  const [quentin, ruth, stranger, spammer] = await stage.enter('Quentin', 'ruth.miller', 'sam', 'spammer');
  await befriend(page, quentin!, 'paula', 'Quentin');
  await befriend(page, ruth!, 'paula', 'ruth.miller');
  await ruth!.getByLabel('Your status').selectOption('Away');
  for (const guest of [quentin!, ruth!, stranger!, spammer!]) await openConversation(guest, 'paula');
  await write(quentin!, 'Shall we have lunch at the harbour on Friday, or is it going to rain again all day?');
  for (let i = 0; i < 101; i += 1) await write(ruth!, `Photo ${i} of the harbour`);
  await write(stranger!, 'Hello Paula, we met at the harbour. May I ask you something?');
  await write(spammer!, 'You have won a harbour!');
  await openConversation(page, 'Quentin');
  await write(page, 'Let us hope for the best');
  await awaitState(page, 'Let us hope for the best', 'Read');
  await openConversation(page, 'ruth.miller');
  await page.getByRole('textbox', { name: /^Message to/ }).fill('I will look at them tonight');
  await openConversation(page, 'Quentin');
  await page.getByRole('button', { name: 'Search this conversation' }).click();
  await page.getByRole('textbox', { name: /^Search in/ }).fill('harb');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  await take(page, 'conversation-search');
  await page.keyboard.press('Escape');
  await page.evaluate("location.hash = '/'");
  await take(page, 'people-rows');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('r');
  await take(page, 'switcher');
  await page.keyboard.press('Escape');
  await row(page, 'Quentin').focus();
  await page.keyboard.press('?');
  await take(page, 'keys');
  await page.keyboard.press('Escape');
  await row(page, 'Quentin').click({ button: 'right' });
  await take(page, 'people-menu');
  await page.keyboard.press('Escape');
  const field = page.locator('[data-search]');
  await field.fill('harbour');
  await page.locator('[role=option]').first().waitFor();
  await field.press('ArrowDown');
  await take(page, 'search');
  await field.fill('nothing like it');
  await page.getByText('Nothing found').first().waitFor();
  await take(page, 'search-nothing');
  await field.fill('');
  await page.getByRole('button', { name: 'Message requests' }).click();
  await take(page, 'requests');
  await page.getByRole('link').filter({ hasText: 'sam' }).click();
  await take(page, 'request');
  await openConversation(page, 'spammer');
  await page.getByRole('button', { name: 'Block spammer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await page.evaluate("location.hash = '/'");
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Blocked people' }).click();
  await page.getByRole('dialog').waitFor();
  await take(page, 'blocked-people');
}

async function takeSettings(): Promise<void> {
  browser.expectProblem(/403/);
  const page = await enter(browser, gateway.http, 'grace');
  await logIn(await browser.open(gateway.http), 'grace');
  const settings = await openSettings(page);
  const go = (section: string) => settings.getByRole('navigation').getByRole('button', { name: section }).click();
  await take(page, 'settings');
  for (const section of ['Devices', 'Notifications', 'Appearance', 'About', 'Account']) {
    await go(section);
    if (section === 'Devices') await settings.getByRole('button', { name: /^Log out/ }).waitFor();
    await take(page, `settings-${section.toLowerCase()}`);
  }
  await settings.getByRole('button', { name: 'Change the password' }).click();
  await page.getByLabel('New password').fill('password1');
  await page.getByText('Very weak').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Change the password' }).last().click();
  await page.getByText('guessed at once').waitFor();
  await take(page, 'settings-password');
  await page.keyboard.press('Escape');
  await settings.getByRole('button', { name: 'Delete the account' }).click();
  await take(page, 'settings-delete');
}

async function takeLostConnection(): Promise<void> {
  browser.expectProblem(GATEWAY_AWAY);
  const page = await enter(browser, gateway.http, 'frank');
  await openConversation(page, 'alice');
  // Without the gateway there is none that the page has not had before.
  await speak(page, language);
  await speak(page, 'en');
  await gateway.stop();
  await write(page, 'This one has to wait');
  await page.getByText('Not connected.').waitFor();
  await take(page, 'not-connected');
}

await takeWayIn();
await takeChat();
await takePeople();
await takeSettings();
await takeLostConnection();
await stage.browser.close();
console.log(`problems: ${JSON.stringify(browser.problems())}`);
