/** The page around the conversations: it can be installed, opens without a network, is replaced calmly, and trusts no text. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { deploy, makeNextVersion, type Deployment } from './deployment.ts';
import { PAGE_DIR } from '../../gateway/page.ts';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { befriend, logIn, makeAccount, message, openConversation, openStage, row, write, type Stage } from './stage.ts';

let stage: Stage;
let place: Deployment;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  place = await deploy(stage.gateway.http);
  await makeAccount(stage.gateway.http, 'alice');
  await makeAccount(stage.gateway.http, 'Bob');
  [alice, bob] = (await Promise.all([visit('alice'), visit('Bob')])) as [Page, Page];
  await befriend(alice, bob, 'alice', 'Bob');
  await Promise.all([alice, bob].map(awaitWorker));
});
after(async () => {
  await stage.close();
  await place.close();
});

async function visit(user: string): Promise<Page> {
  const page = await stage.browser.open(place.address);
  await logIn(page, user);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  return page;
}

/** The service worker has all files and answers for this page. */
function awaitWorker(page: Page): Promise<void> {
  return until(page, 'navigator.serviceWorker.controller?.state === "activated"');
}

/** Waits for an expression to be true: the page's own policy lets no text be evaluated from inside, as Playwright would. */
async function until(page: Page, expression: string, patience = 10_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await page.evaluate(expression).catch(() => false))) {
    assert.ok(Date.now() < end, expression);
    await page.waitForTimeout(50);
  }
}

function composer(page: Page) {
  return page.getByRole('textbox', { name: /^Message to/ });
}

/** Which version of the page this is. */
function versionOf(page: Page): Promise<string | null> {
  return page.evaluate("document.querySelector('meta[name=version]')?.content ?? null");
}

/** Asks the gateway for a new version, as the page does now and then. */
async function lookForVersion(page: Page): Promise<void> {
  await page.evaluate('navigator.serviceWorker.getRegistration().then((registration) => registration.update())');
}

async function findEmoji(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Emoji' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose an emoji' });
  await picker.getByLabel('Search emoji').fill('party pop');
  await picker.getByRole('button', { name: 'party popper' }).waitFor();
  await page.keyboard.press('Escape');
}

test('the browser would install it', async () => {
  const session = await alice.context().newCDPSession(alice);
  const { errors, data } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A profile of a test is like a private window.
  const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
  assert.deepEqual(others, []);
  const { icons } = JSON.parse(data ?? '{}') as { icons: { src: string; sizes: string; type: string }[] };
  for (const { src, sizes, type } of icons.filter((icon) => icon.type === 'image/png')) {
    const response = await fetch(place.address + src);
    assert.equal(response.headers.get('content-type'), type);
    const picture = Buffer.from(await response.arrayBuffer());
    assert.equal(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, sizes, src);
  }
});

test('it opens without a network, with all that it has and all of its parts', async () => {
  await openConversation(alice, 'Bob');
  await write(alice, 'before the tunnel');
  await message(bob, 'before the tunnel')
    .waitFor({ state: 'attached' })
    .catch(() => undefined);
  await findEmoji(alice);
  stage.browser.expectProblem(GATEWAY_AWAY);
  await alice.context().setOffline(true);
  await alice.reload();
  await message(alice, 'before the tunnel').waitFor();
  await row(alice, 'Bob').waitFor();
  // What is not kept from the start is kept since it was wanted.
  await findEmoji(alice);
  const parts = await alice.evaluate<string[]>(`(async () => {
    const cache = await caches.open((await caches.keys()).find((name) => name.startsWith('ims-page-')));
    const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
    const answers = await Promise.all(paths.map((path) => fetch(path)));
    return answers.filter(({ ok }) => !ok).map(({ url }) => url);
  })()`);
  assert.deepEqual(parts, []);
  await alice.context().setOffline(false);
});

test('a new version waits until the user takes it, and eats no draft', async () => {
  const next = await makeNextVersion();
  try {
    await openConversation(alice, 'Bob');
    await composer(alice).fill('half a thought');
    place.serve(() => next.folder);
    await lookForVersion(alice);
    await alice.getByText('A new version of this page is ready.').waitFor();
    assert.equal(await versionOf(alice), null);
    assert.equal(await composer(alice).inputValue(), 'half a thought');
    await alice.getByRole('button', { name: 'Reload' }).click();
    await until(alice, "document.querySelector('meta[name=version]') !== null");
    await row(alice, 'Bob').waitFor();
    assert.equal(await composer(alice).inputValue(), 'half a thought');
    assert.equal(await alice.getByText('A new version of this page is ready.').count(), 0);
    await composer(alice).fill('');
  } finally {
    place.serve(() => PAGE_DIR);
    await next.remove();
  }
});

test('one tab takes a new version: another one with something half-written stays until it is asked', async () => {
  const next = await makeNextVersion();
  try {
    await openConversation(bob, 'alice');
    await composer(bob).fill('not yet');
    const other = await bob.context().newPage();
    await other.goto(place.address);
    await row(other, 'alice').waitFor();
    place.serve(() => next.folder);
    await lookForVersion(bob);
    await other.getByRole('button', { name: 'Reload' }).click();
    await until(other, "document.querySelector('meta[name=version]') !== null");
    // The tab with the draft stays as it is, and says that it is old.
    assert.equal(await versionOf(bob), null);
    assert.equal(await composer(bob).inputValue(), 'not yet');
    await bob.getByRole('button', { name: 'Reload' }).click();
    await until(bob, "document.querySelector('meta[name=version]') !== null");
    await until(bob, "document.querySelector('textarea')?.value === 'not yet'");
    await other.close();
  } finally {
    place.serve(() => PAGE_DIR);
    await next.remove();
  }
});

test('where nobody looks, nothing waits and nothing is half-written a new version is taken unasked', async () => {
  await composer(bob).fill('');
  await bob.evaluate(`(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  })()`);
  // The version before is another one than that which Bob has now.
  await lookForVersion(bob);
  await until(bob, "document.querySelector('meta[name=version]') === null", 30_000);
});

test('half a new version is none: an old gateway that answers for one file ends the installation', async () => {
  const next = await makeNextVersion();
  try {
    await makeAccount(stage.gateway.http, 'carol');
    const carol = await stage.browser.open(place.address);
    await logIn(carol, 'carol');
    await carol.getByRole('heading', { name: 'People' }).waitFor();
    await until(carol, 'navigator.serviceWorker.ready.then(() => true)');
    place.serve((path) => (path === '/sw.js' ? next.folder : PAGE_DIR));
    await lookForVersion(carol).catch(() => undefined);
    await until(carol, 'navigator.serviceWorker.getRegistration().then(({ installing }) => installing === null)');
    assert.equal(await carol.getByText('A new version of this page is ready.').count(), 0);
    await carol.reload();
    await carol.getByRole('heading', { name: 'People' }).waitFor();
    await carol.context().close();
  } finally {
    place.serve(() => PAGE_DIR);
    await next.remove();
  }
});

test('a page that does not get all its parts at first is loaded anew', async () => {
  stage.browser.expectProblem(/404|MIME type|net::ERR/);
  let refused = 0;
  // As from a gateway that has another version.
  place.serve((path) => (/index-.*\.js$/.test(path) && (refused += 1) < 3 ? '/nowhere' : PAGE_DIR));
  const page = await stage.browser.open(place.address);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal(refused, 3);
  await page.context().close();
});

test('where a part is nowhere to be had there is no loop', async () => {
  let asked = 0;
  place.serve((path) => (/index-.*\.js$/.test(path) && (asked += 1) > 0 ? '/nowhere' : PAGE_DIR));
  const page = await stage.browser.open(place.address);
  await page.waitForTimeout(7_000);
  const count = asked;
  await page.waitForTimeout(2_500);
  assert.equal(asked, count);
  await page.context().close();
  place.serve(() => PAGE_DIR);
});

test('text becomes neither markup nor script', async () => {
  const page = await stage.browser.open(place.address);
  stage.browser.expectProblem(/Trusted(HTML|ScriptURL|Script|TypePolicy)/);
  const refused = await page.evaluate<string[]>(`[
    () => { document.createElement('div').innerHTML = '<b>x</b>'; },
    () => { document.createElement('script').src = '/assets/x.js'; },
    () => { document.createElement('script').textContent = '1'; },
    () => { new Worker('/sw.js'); },
    () => { setTimeout('1'); },
    () => { trustedTypes.createPolicy('another', {}); },
  ].map((attempt) => { try { attempt(); return 'done'; } catch (error) { return error.name; } })`);
  assert.deepEqual(refused, Array(6).fill('TypeError'));
  await page.context().close();
});
