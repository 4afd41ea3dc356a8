/** Many tabs of one browser: drafts, logging in and out, and who does not want to stay logged in. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { awaitState, logIn, logOut, look, makeAccount, openConversation, openTab, row, TAKEN, write } from './stage.ts';
import { awaitTexts, composerOf, openTabStage, type TabStage } from './tab-stage.ts';

let play: TabStage;
before(async () => {
  play = await openTabStage();
});
afterEach(() => play.tidy());
after(() => play.close());

test('drafts are in all tabs, and outlive them', async () => {
  const { tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  await look(second, false);
  await composerOf(leader).fill('half a thought');
  await second.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
  await leader.close();
  const third = await openTab(second);
  await composerOf(third).waitFor();
  assert.equal(await composerOf(third).inputValue(), 'half a thought');
  await composerOf(third).press('Enter');
  await awaitTexts(second, ['half a thought']);
  await second.waitForFunction(() => document.querySelector('textarea')?.value === '');
});

test('logging out in one tab is logging out in all, and so is logging in', async () => {
  const { user, tabs } = await play.openTabs(3);
  const [leader, second, third] = tabs as [Page, Page, Page];
  await write(leader, 'soon gone');
  await awaitState(leader, 'soon gone', TAKEN);
  await logOut(third);
  for (const tab of tabs) await tab.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal((await play.stage.gateway.store.listSessions(user)).length, 0);
  const left = await second.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return [...databases, ...Object.keys(localStorage)].filter((name) => name !== 'ims.preferences');
  });
  assert.deepEqual(left, []);
  for (const tab of tabs) assert.equal(new URL(tab.url()).hash, '', 'who comes next is not led there');
  await logIn(second, user);
  for (const tab of tabs) await row(tab, 'bob').waitFor();
  for (const tab of tabs) await openConversation(tab, 'bob');
  for (const tab of tabs) await awaitTexts(tab, ['soon gone']);
  assert.equal((await play.stage.gateway.store.listSessions(user)).length, 1);
});

test('a token that is revoked elsewhere: all tabs say so, and all are back after one log-in', async () => {
  const { user, tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  await write(leader, 'still here');
  await awaitState(leader, 'still here', TAKEN);
  const [device] = await play.stage.gateway.store.listDevices(user);
  await play.stage.gateway.store.revokeDevice(user, device!.device);
  for (const tab of tabs) await tab.getByLabel('Password', { exact: true }).waitFor({ timeout: 15_000 });
  for (const tab of tabs) assert.equal(await tab.getByLabel('User name').inputValue(), user);
  await logIn(second, user);
  for (const tab of tabs) await awaitTexts(tab, ['still here']);
});

test('who does not want to stay logged in leaves nothing behind', async () => {
  await makeAccount(play.stage.gateway.http, 'guest');
  const page = await play.stage.browser.open(play.cable.address);
  await page.getByLabel('Keep me logged in').uncheck();
  await logIn(page, 'guest');
  await page.getByRole('heading', { name: 'People' }).waitFor();
  const left = await page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return [...databases, ...Object.keys(localStorage)];
  });
  assert.deepEqual(left, []);
  await page.reload();
  await page.getByRole('alert').filter({ hasText: 'chose not to stay' }).waitFor();
  assert.equal(await page.getByLabel('User name').inputValue(), 'guest');
});
