/** The account in the settings: its devices, its password, its export and its end. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { GATEWAY_AWAY, findViolations } from '../helpers/browser.ts';
import {
  awaitState,
  enter,
  isFocused,
  logIn,
  makeAccount,
  message,
  openConversation,
  openSettings,
  openStage,
  openTab,
  PASSWORD,
  TAKEN,
  write,
  type Stage,
} from './stage.ts';

const NEW_PASSWORD = 'staple battery orbit';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test('devices: this one is marked, another one is logged out, then all others', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'dora');
  const [phone, tablet, laptop] = await Promise.all([1, 2, 3].map(() => comeAlso('dora')));
  const settings = await openSettings(page, 'Devices');
  await settings.getByText('This browser').waitFor();
  assert.equal(await settings.getByRole('listitem').filter({ hasText: 'Connected now' }).count(), 4);
  const entry = settings.getByRole('region').getByRole('listitem');
  assert.match((await entry.first().textContent())!, /This browser/);
  assert.equal(await entry.first().getByRole('button').count(), 0);

  await entry.nth(1).getByRole('button', { name: 'Log out' }).click();
  await page
    .getByRole('dialog', { name: /^Log out .*\?$/ })
    .getByRole('button', { name: 'Cancel' })
    .click();
  assert.equal(await entry.count(), 4);
  await entry.nth(1).getByRole('button', { name: 'Log out' }).click();
  await page
    .getByRole('dialog', { name: /^Log out .*\?$/ })
    .getByRole('button', { name: 'Log out' })
    .click();
  await settings.getByRole('status').filter({ hasText: 'is logged out.' }).waitFor();
  assert.equal(await entry.count(), 3);

  await settings.getByRole('button', { name: 'Log out all others' }).click();
  await page.getByRole('dialog', { name: 'Log out all your' }).getByRole('button', { name: 'Log out all' }).click();
  await settings.getByText('You are logged in nowhere else.').waitFor();
  for (const other of [phone, tablet, laptop]) await other!.getByRole('heading', { name: 'Log in' }).waitFor();
  await settings.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();
  assert.equal((await stage.gateway.store.listDevices('dora')).length, 1);
});

test('somebody else who logs in where one was logged out finds nothing of the one before', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'greta');
  const other = await comeAlso('greta');
  await openConversation(other, 'dora');
  const composer = other.getByRole('textbox', { name: /^Message to/ });
  await composer.fill('half a secret');
  const settings = await openSettings(page, 'Devices');
  await settings.getByRole('region').getByRole('button', { name: 'Log out' }).click();
  await page
    .getByRole('dialog', { name: /^Log out .*\?$/ })
    .getByRole('button', { name: 'Log out' })
    .click();
  await other.getByRole('heading', { name: 'Log in' }).waitFor();
  await makeAccount(stage.gateway.http, 'harry');
  await logIn(other, 'harry');
  await other.getByRole('heading', { name: 'People' }).waitFor();
  assert.equal(await composer.count(), 0);
  assert.equal(new URL(other.url()).hash, '');
  assert.equal(await other.evaluate(() => JSON.stringify({ ...localStorage }).includes('half a secret')), false);
});

test('devices without a network: the reason, and another try', async () => {
  stage.browser.expectProblem(GATEWAY_AWAY);
  const page = await enter(stage.browser, stage.gateway.http, 'oscar');
  const settings = await openSettings(page, 'Appearance');
  await page.context().setOffline(true);
  await settings.getByRole('button', { name: 'Devices' }).click();
  await settings.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
  assert.deepEqual(await findViolations(page), []);
  await page.getByText('Not connected.').waitFor({ state: 'attached' });
  await settings.getByRole('button', { name: 'Try again' }).click();
  await settings.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
  await page.context().setOffline(false);
  // By itself, when the connection is back.
  await settings.getByText('This browser').waitFor();
});

test('a new password: the wrong old one, a weak one, then all other devices are out and this one stays', async () => {
  stage.browser.expectProblem(/status of 403/);
  const page = await enter(stage.browser, stage.gateway.http, 'paula');
  const other = await comeAlso('paula');
  const dialog = await openPassword(page);
  const [old, fresh] = [dialog.getByLabel('Current password'), dialog.getByLabel('New password')];
  const action = dialog.getByRole('button', { name: 'Change the password' });
  await action.click();
  await dialog.getByText('Enter your current password.').waitFor();
  assert.equal(await isFocused(old), true);
  await old.fill('not this one');
  await fresh.fill('password1');
  await dialog.getByText('Very weak').waitFor();
  await action.click();
  await dialog.getByText('guessed at once').waitFor();
  assert.equal(await isFocused(fresh), true);
  await fresh.fill(NEW_PASSWORD);
  await dialog.getByText('Strong').waitFor();
  await action.click();
  await dialog.getByText('The password is wrong.').waitFor();
  assert.equal(await isFocused(old), true);
  await old.fill(PASSWORD);
  await action.click();
  await page.getByRole('status').filter({ hasText: 'Your password is changed.' }).waitFor();
  await page.keyboard.press('Escape');
  await other.getByRole('heading', { name: 'Log in' }).waitFor();

  await openConversation(page, 'dora');
  await write(page, 'still here');
  await awaitState(page, 'still here', TAKEN);
  await page.reload();
  await message(page, 'still here').waitFor();
  await logIn(other, 'paula');
  await other.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
  await logIn(other, 'paula', NEW_PASSWORD);
  await other.getByRole('heading', { name: 'People' }).waitFor();
});

test('a new password from a tab that follows another one: both stay in', async () => {
  const first = await enter(stage.browser, stage.gateway.http, 'pairs');
  const second = await openTab(first);
  await second.getByRole('heading', { name: 'People' }).waitFor();
  const dialog = await openPassword(second);
  await dialog.getByLabel('Current password').fill(PASSWORD);
  await dialog.getByLabel('New password').fill(NEW_PASSWORD);
  await dialog.getByRole('button', { name: 'Change the password' }).click();
  await second.getByRole('status').filter({ hasText: 'Your password is changed.' }).waitFor();
  await second.keyboard.press('Escape');
  for (const tab of [first, second]) {
    await openConversation(tab, 'dora');
    await write(tab, 'both');
    await awaitState(tab, 'both', TAKEN);
  }
});

test('everything is exported as a file', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'Xavier');
  await openConversation(page, 'dora');
  await write(page, 'for the archive');
  await awaitState(page, 'for the archive', TAKEN);
  const settings = await openSettings(page, 'Account');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    settings.getByRole('button', { name: 'Export' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'ims-Xavier.json');
  const file = JSON.parse(await readFile(await download.path(), 'utf8')) as { log: { text?: string }[] };
  assert.deepEqual(
    file.log.map(({ text }) => text),
    ['for the archive'],
  );
  const dialog = page.getByRole('dialog', { name: 'Export your messages' });
  await dialog.getByText('Saved as ims-Xavier.json').waitFor();
  assert.deepEqual(await findViolations(page), []);
  await dialog.getByRole('button', { name: 'Close' }).click();
  assert.equal(await isFocused(settings.getByRole('button', { name: 'Export' })), true);
});

test('an export that breaks off is no file', async () => {
  stage.browser.expectProblem(GATEWAY_AWAY);
  const page = await enter(stage.browser, stage.gateway.http, 'xenia');
  const settings = await openSettings(page, 'Account');
  await page.route('**/api/account/export', (route) => route.abort());
  await settings.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export your messages' });
  await dialog.getByText('cannot be reached').waitFor();
  await page.unroute('**/api/account/export');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Try again' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'ims-xenia.json');
});

test('the account is deleted: only with its name and its password, and nothing of it is left', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'Leaver');
  const settings = await openSettings(page, 'Account');
  await settings.getByRole('button', { name: 'Delete the account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  const [name, password] = [dialog.getByLabel('Your user name'), dialog.getByLabel('Your password')];
  const action = dialog.getByRole('button', { name: 'Delete for good' });
  assert.deepEqual(await findViolations(page), []);
  await name.fill('somebody');
  await action.click();
  await dialog.getByText('Enter Leaver.').waitFor();
  await name.fill('leaver');
  await password.fill('not this one');
  await action.click();
  await dialog.getByText('The password is wrong.').waitFor();
  assert.equal(await isFocused(password), true);
  await password.fill(PASSWORD);
  await action.click();
  await page.getByRole('alert').filter({ hasText: 'Your account is deleted.' }).waitFor();
  assert.equal(await page.getByLabel('User name').inputValue(), '');
  await logIn(page, 'leaver');
  await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
  assert.equal(await page.evaluate(async () => (await indexedDB.databases()).length), 0);
});

/** The same user in another browser. */
async function comeAlso(user: string): Promise<Page> {
  const page = await stage.browser.open(stage.gateway.http);
  await logIn(page, user);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  return page;
}

async function openPassword(page: Page): Promise<Locator> {
  const settings = await openSettings(page, 'Account');
  await settings.getByRole('button', { name: 'Change the password' }).click();
  return page.getByRole('dialog', { name: 'Change the password' });
}
