/** The page's way in and out: making an account, logging in with each result, logging out, being put out. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  awaitState,
  enter,
  logIn,
  logOut,
  makeAccount,
  md5,
  openConversation,
  openSignUp,
  openStage,
  PASSWORD,
  type Stage,
  TAKEN,
  write,
} from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test('someone makes an account and is in', async () => {
  const page = await stage.browser.open(stage.gateway.http);
  await openSignUp(page);
  await page.getByLabel('User name').fill('Newcomer');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete'), 'new-password');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await page.getByText('Nobody here yet').waitFor();
  await logOut(page);
  await logIn(page, 'newcomer');
  await page.getByRole('heading', { name: 'People' }).waitFor();
});

test('a taken name, a wrong name and a short password are told at their fields', async () => {
  stage.browser.expectProblem(/status of 409/);
  await makeAccount(stage.gateway.http, 'taken');
  const page = await stage.browser.open(stage.gateway.http);
  const user = page.getByLabel('User name');
  const password = page.getByLabel('Password', { exact: true });
  await openSignUp(page);
  await user.fill('no spaces');
  await password.fill('short');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('Use at least 8 characters.').waitFor();
  assert.match(await describe(user), /letters, digits/);
  assert.equal(await user.evaluate((input) => input === document.activeElement), true);
  await user.fill('TAKEN');
  await password.fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('is taken').waitFor();
  assert.match(await describe(user), /The name “TAKEN” is taken/);
});

test('a new password is measured as one writes, and one that is guessed at once is refused', async () => {
  const page = await stage.browser.open(stage.gateway.http);
  await openSignUp(page);
  await page.getByLabel('User name').fill('Quentin');
  const password = page.getByLabel('Password', { exact: true });
  const meter = page.getByRole('meter', { name: 'Strength of the password' });
  await password.fill('qwertyuiop');
  await page.getByText('one of the hundred most used passwords').waitFor();
  assert.equal(await meter.getAttribute('aria-valuetext'), 'Very weak');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('guessed at once').waitFor();
  assert.match(await describe(password), /guessed at once/);
  assert.equal(await password.evaluate((input) => input === document.activeElement), true);
  assert.equal(await stage.gateway.store.readAccount('quentin'), undefined);
  // What everybody knows of the user is no secret.
  await password.fill('quentin1');
  await page.getByText('your own name').waitFor();
  await password.fill('lamp orbit staple');
  await page.getByText('Strong').waitFor();
  assert.equal(await meter.getAttribute('aria-valuenow'), '4');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();
});

test('where the measure cannot be loaded, an account is made without it', async () => {
  stage.browser.expectProblem(/ERR_FAILED|Failed to load|Failed to fetch/);
  const page = await stage.browser.open(stage.gateway.http);
  // A part that is nowhere: the one reload that the page tries for it was in vain.
  await page.evaluate(() => sessionStorage.setItem('ims.reloaded', String(Date.now())));
  await page.route(/PasswordStrength|worker-/, (route) => route.abort());
  await openSignUp(page);
  await page.getByLabel('User name').fill('Robinson');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();
});

test('a wrong password, then the right one', async () => {
  await makeAccount(stage.gateway.http, 'walter');
  const page = await stage.browser.open(stage.gateway.http);
  await logIn(page, 'walter', 'not this one');
  await page.getByRole('alert').filter({ hasText: 'The name or the password is wrong.' }).waitFor();
  await logIn(page, 'nobody-of-this-name');
  await page.getByRole('alert').filter({ hasText: 'The name or the password is wrong.' }).waitFor();
  await logIn(page, 'walter');
  await page.getByRole('heading', { name: 'People' }).waitFor();
});

test('a ban puts out, and its reason is told at the next try', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'mallory');
  await stage.gateway.store.changeAccount('mallory', { banned: true });
  await page.getByRole('alert').filter({ hasText: 'Your session was ended by an administrator' }).waitFor();
  await logIn(page, 'mallory');
  await page.getByRole('alert').filter({ hasText: 'banned' }).waitFor();
});

test('an administrator ends a session: the page says so and does not come back by itself', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'kim');
  await stage.gateway.store.endSessions('kim');
  await page.getByRole('alert').filter({ hasText: 'Your session was ended by an administrator' }).waitFor();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForTimeout(500);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.deepEqual(await stage.gateway.store.listSessions('kim'), []);
});

test('no password and no hash of it is kept, and logging out leaves nothing of the user', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'trent');
  await openConversation(page, 'walter');
  await write(page, 'a secret');
  await awaitState(page, 'a secret', TAKEN);
  await page.getByRole('textbox', { name: /^Message to/ }).fill('half a thought');
  assert.match(await readKept(page), /a secret/);
  assert.match(await readKept(page), /half a thought/);
  assert.doesNotMatch(await readKept(page), new RegExp(`${md5(PASSWORD)}|${PASSWORD}`));
  await logOut(page);
  await waitUntil(async () => (await readKept(page)) === '[{},{},{}]');
  assert.doesNotMatch(page.url(), /walter/);
});

test('a name that was mistyped leaves nothing behind', async () => {
  const page = await stage.browser.open(stage.gateway.http);
  await logIn(page, 'wlater');
  await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
  await waitUntil(async () => (await readKept(page)) === '[{},{},{}]');
});

test('someone else logs in where a session was ended: nothing of the one before is left', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'rupert');
  await openConversation(page, 'walter');
  await write(page, 'only for walter');
  await awaitState(page, 'only for walter', TAKEN);
  await stage.gateway.store.endSessions('rupert');
  await page.getByRole('alert').filter({ hasText: 'Your session was ended' }).waitFor();
  await logIn(page, 'walter');
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await waitUntil(async () => !(await readKept(page)).includes('ims/rupert'));
});

test('where registration is closed, the page does not offer it', async () => {
  const closed = await openStage({ REGISTRATION: 'closed' });
  const page = await closed.browser.open(closed.gateway.http);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make an account' }).count(), 0);
  await closed.close();
});

/** What a screen reader says about a field besides its label. */
async function describe(field: import('playwright-core').Locator): Promise<string> {
  const ids = (await field.getAttribute('aria-describedby')) ?? '';
  const texts = ids.split(' ').map((id) => field.page().locator(`[id="${id}"]`).textContent());
  return (await Promise.all(texts)).join(' ');
}

/** Everything that the browser has of the page: both storages, and all databases. */
function readKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
    const databases: Record<string, unknown> = {};
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        databases[`${name} ${store}`] = await answer(database.transaction(store).objectStore(store).getAll());
      }
      database.close();
    }
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases]);
  });
}

async function waitUntil(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await check())) {
    assert.ok(Date.now() < end, 'took too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
