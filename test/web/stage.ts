/** What the page's tests share: people at pages of their own, and what they do there in the words of the page. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from '../helpers/browser.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { readTexts } from './reading.ts';

/** Good enough for every account of a test. */
export const PASSWORD = 'correct horse';

export interface Stage {
  readonly gateway: TestGateway;
  readonly browser: TestBrowser;
  /** Makes accounts and opens a logged-in page for each. */
  enter(...users: string[]): Promise<Page[]>;
  /** No page logged an error; then everything ends. */
  close(): Promise<void>;
}

export async function openStage(settings: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const gateway = await startGateway({ settings });
  const browser = await openBrowser();
  return {
    gateway,
    browser,
    enter: (...users) => Promise.all(users.map((user) => enter(browser, gateway.http, user))),
    async close() {
      const problems = browser.problems();
      await browser.close();
      await gateway.stop();
      assert.deepEqual(problems, []);
    },
  };
}

/** A page of a user who has just made an account; logged in. */
export async function enter(
  browser: TestBrowser,
  address: string,
  user: string,
  options?: BrowserContextOptions,
): Promise<Page> {
  await makeAccount(address, user);
  const page = await browser.open(address, options);
  await logIn(page, user);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  return page;
}

/** From the way in to making an account, which comes when it is asked for. */
export async function openSignUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: 'Make an account' }).waitFor();
}

/** IMS LOGIN: "Currently encrypted with MD5". */
export function md5(password: string): string {
  return createHash('md5').update(password).digest('hex');
}

export async function makeAccount(address: string, user: string): Promise<void> {
  const response = await fetch(`${address}/api/accounts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, pass: md5(PASSWORD) }),
  });
  assert.equal(response.status, 201);
}

export async function logIn(page: Page, user: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

export async function logOut(page: Page): Promise<void> {
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
}

export async function invite(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a friend' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a friend' });
  await dialog.getByLabel('User name').fill(name);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await dialog.getByText('Invitation sent').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
}

/** Shows what the user's own menu has: settings, and the way out. */
export async function openMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
}

/** Opens the settings, at a section where one is named. */
export async function openSettings(page: Page, section?: string): Promise<Locator> {
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Settings', exact: true }).click();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  if (section !== undefined) await settings.getByRole('navigation').getByRole('button', { name: section }).click();
  return settings;
}

/** Makes two people friends: the first invites, the second accepts. */
export async function befriend(first: Page, second: Page, firstName: string, secondName: string): Promise<void> {
  await invite(first, secondName);
  await second.getByRole('button', { name: `Accept ${firstName}` }).click();
  await row(second, firstName).waitFor();
  await row(first, secondName).waitFor();
}

/** Someone's row in the list of people. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name: 'People' }).getByRole('link').filter({ hasText: name });
}

/** Opens the conversation of someone who is no friend and writes for the first time. */
export async function openRequest(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Message requests' }).click();
  await page.getByRole('navigation', { name: 'Message requests' }).getByRole('link').filter({ hasText: name }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Opens a conversation with anyone. */
export async function openConversation(page: Page, name: string): Promise<void> {
  await page.evaluate((key) => (location.hash = `/${key}`), name.toLowerCase());
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message to/ });
  await composer.fill(text);
  await composer.press('Enter');
}

/** The texts of the open conversation, from top to bottom. */
export function texts(page: Page): Promise<string[]> {
  return readTexts(page);
}

/** The message with this text, in the open conversation. */
export function message(page: Page, text: string): Locator {
  return page
    .getByRole('region', { name: /^Messages with/ })
    .getByRole('listitem')
    .filter({ hasText: text });
}

/** Waits until the page says this of a message: `Sent`, `Delivered`, `Read` … */
export async function awaitState(page: Page, text: string, state: string | RegExp): Promise<void> {
  const words = typeof state === 'string' ? new RegExp(`^\\s*${state}\\s*$`) : state;
  await message(page, text).last().locator('.hidden').filter({ hasText: words }).waitFor({ state: 'attached' });
}

/** The gateway has it. */
export const TAKEN = /^\s*(Sent|Delivered|Read)\s*$/;

/** Chooses from the menu of the open conversation. */
export async function choose(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `More about ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Another page of the same browser: a second tab. */
export async function openTab(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  return tab;
}

/** Whether the keyboard is there. */
export function isFocused(element: Locator): Promise<boolean> {
  return element.evaluate((it) => it === document.activeElement);
}

/** Whether the page is being looked at: a test's pages all think so. */
export async function look(page: Page, isLookedAt: boolean): Promise<void> {
  await page.evaluate((isFocused) => {
    document.hasFocus = () => isFocused;
    dispatchEvent(new Event(isFocused ? 'focus' : 'blur'));
  }, isLookedAt);
}

/** Changes the language of an open page, as another tab would. */
export async function speak(page: Page, language: string): Promise<void> {
  await page.evaluate((choice) => {
    const key = 'ims.preferences';
    const choices = JSON.parse(localStorage.getItem(key) ?? '{}') as object;
    localStorage.setItem(key, JSON.stringify({ ...choices, language: choice }));
    dispatchEvent(new StorageEvent('storage', { key }));
  }, language);
  await page.locator(`html[lang=${language}]`).waitFor();
}
