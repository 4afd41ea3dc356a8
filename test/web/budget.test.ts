/** What the page costs before someone can log in and read; and that it asks nobody but its own gateway for anything. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzippedSize, listFiles, listFirstLoad, readFile } from './built-page.ts';
import { isFocused, logIn, makeAccount, message, openConversation, openStage, write } from './stage.ts';

/** Bytes of script and style, gzipped. */
const BUDGET = 60_000;

/** Addresses that stand in the files and that nobody asks for: names of XML namespaces, where libraries explain errors. */
const NAMES = /^https?:\/\/(www\.w3\.org|svelte\.dev\/e\/)/;

const firstLoad = listFirstLoad();

test(`script and style of the first load: at most ${BUDGET} bytes gzipped`, (context) => {
  const sizes = firstLoad.map((path) => [path, gzippedSize(path)] as const);
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  for (const [path, size] of sizes) context.diagnostic(`${path}: ${size}`);
  context.diagnostic(`together: ${sum}`);
  assert.ok(sum <= BUDGET, `${sum} bytes: ${sizes.map(([path, size]) => `${path} ${size}`).join(', ')}`);
});

test('that is enough to log in and to read', async () => {
  const stage = await openStage();
  // What the test refuses.
  stage.browser.expectProblem(/ERR_FAILED|Failed to fetch dynamically imported module|Unable to preload CSS/);
  try {
    const [bob] = await stage.enter('Bob');
    await makeAccount(stage.gateway.http, 'alice');
    const alice = await stage.browser.open('about:blank', { serviceWorkers: 'block' });
    const lacking = new Set<string>();
    await alice.route('**/*.{js,css}', (route) => {
      const { pathname } = new URL(route.request().url());
      if (firstLoad.includes(pathname)) return route.continue();
      lacking.add(pathname);
      return route.abort();
    });
    // One reload may follow a part that is missing: as if it had been.
    await alice.addInitScript(() => sessionStorage.setItem('ims.reloaded', String(Date.now())));
    await alice.goto(stage.gateway.http);
    await logIn(alice, 'alice');
    await alice.getByRole('heading', { name: 'People' }).waitFor();
    await openConversation(bob!, 'alice');
    await write(bob!, 'can you read this?');
    await openConversation(alice, 'Bob');
    await message(alice, 'can you read this?').waitFor();
    assert.notDeepEqual([...lacking], [], 'nothing else was asked for: does the test still refuse anything?');
  } finally {
    await stage.close();
  }
});

test('what was asked for before it is there is forgotten with the next press', async () => {
  const stage = await openStage();
  stage.browser.expectProblem(/Service Worker registration blocked/);
  try {
    await makeAccount(stage.gateway.http, 'alice');
    const page = await stage.browser.open('about:blank', { serviceWorkers: 'block' });
    let bringLater = (): void => {};
    const isWanted = new Promise<void>((done) => (bringLater = done));
    await page.route('**/assets/later-*.js', async (route) => {
      await isWanted;
      await route.continue();
    });
    await page.goto(stage.gateway.http);
    await logIn(page, 'alice');
    await openConversation(page, 'bob');
    const field = page.getByRole('combobox', { name: 'Search people and messages' });
    for (const name of ['Menu', 'Add a friend', 'More about bob', 'Search this conversation']) {
      await page.getByRole('button', { name, exact: true }).click();
      await field.press('End');
    }
    bringLater();
    await page.getByRole('textbox', { name: 'Message to bob' }).waitFor();
    assert.ok(await isFocused(field));
    for (const role of ['menu', 'dialog'] as const) assert.equal(await page.getByRole(role).count(), 0, role);
    assert.equal(await page.getByRole('textbox', { name: /^Search in/ }).count(), 0);
  } finally {
    await stage.close();
  }
});

test('no file of the page names another server', () => {
  for (const path of listFiles().filter((name) => /\.(js|css|html|json|webmanifest|svg)$/.test(name))) {
    const addresses = readFile(path).match(/\b(?:https?|wss?):\/\/[\w.-]+[\w/.-]*/g) ?? [];
    const others = addresses.filter((address) => !NAMES.test(address));
    assert.deepEqual(others, [], path);
  }
});
