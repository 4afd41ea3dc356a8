/** What tells that something came while one does not look: badges, notifications, a sound; and what silences them. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { befriend, logIn, look, openConversation, openStage, openTab, row, write, type Stage } from './stage.ts';

/** Counts the sounds, and lets a test see them. */
const LISTEN = `
  self.sounds = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { self.sounds += 1; return start.apply(this, when); };
`;
/** As long as the page waits whether something is read, and then some. */
const PATIENCE = 1_500;

let stage: Stage;
let alice: Page;
let bob: Page;
let carol: Page;
before(async () => {
  stage = await openStage();
  [alice, bob, carol] = (await stage.enter('alice', 'Bob', 'Carol')) as [Page, Page, Page];
  await befriend(alice, bob, 'alice', 'Bob');
  await befriend(alice, carol, 'alice', 'Carol');
  await alice.context().grantPermissions(['notifications']);
  await alice.context().addInitScript(LISTEN);
  await prefer({ notifications: true });
  await openConversation(bob, 'alice');
  await openConversation(carol, 'alice');
});
beforeEach(async () => {
  await look(alice, true);
  for (const name of ['Bob', 'Carol']) {
    await openConversation(alice, name);
    await row(alice, name).getByText('unread').waitFor({ state: 'detached' });
  }
  await toList();
  await awaitNotifications([]);
});
after(() => stage.close());

/** Chooses for Alice's browser, and waits until her page has begun to watch. */
async function prefer(choices: object): Promise<void> {
  await alice.evaluate(`localStorage.setItem('ims.preferences', '${JSON.stringify(choices)}')`);
  await alice.reload();
  await row(alice, 'Bob').waitFor();
  await alice.waitForTimeout(2_500);
}

async function toList(): Promise<void> {
  await alice.evaluate("location.hash = '/'");
  // Someone has touched the page: otherwise it may not sound.
  await alice.getByRole('heading', { name: 'People' }).click();
}

interface Shown {
  readonly title: string;
  readonly body: string;
}

function listNotifications(): Promise<Shown[]> {
  return alice.evaluate(`navigator.serviceWorker.getRegistration()
    .then((registration) => registration?.getNotifications() ?? [])
    .then((all) => all.map(({ title, body }) => ({ title, body })))`);
}

async function awaitNotifications(expected: readonly Shown[]): Promise<void> {
  const end = Date.now() + 8_000;
  let shown: Shown[];
  do {
    await alice.waitForTimeout(100);
    shown = await listNotifications();
  } while (JSON.stringify(shown) !== JSON.stringify(expected) && Date.now() < end);
  assert.deepEqual(shown, expected);
}

function countSounds(): Promise<number> {
  return alice.evaluate('self.sounds');
}

function iconOf(page: Page): Promise<string | null> {
  return page.locator('link[rel=icon]').getAttribute('href');
}

test('title and icon tell how many are unread, until they are read', async () => {
  await write(bob, 'one');
  await write(bob, 'two');
  await row(alice, 'Bob').getByText('2 unread').waitFor();
  assert.equal(await alice.title(), '(2) IMS');
  assert.equal(await iconOf(alice), '/icon-unread.svg');
  await openConversation(alice, 'Bob');
  await row(alice, 'Bob').getByText('2 unread').waitFor({ state: 'detached' });
  assert.equal(await alice.title(), 'IMS');
  assert.equal(await iconOf(alice), '/icon.svg');
});

test('where nobody looks: one notification for each conversation, the newest in place of the others', async () => {
  await look(alice, false);
  await write(bob, 'first');
  await awaitNotifications([{ title: 'Bob', body: 'first' }]);
  await write(bob, 'second');
  await awaitNotifications([{ title: 'Bob (2)', body: 'second' }]);
  await write(carol, 'and I');
  await awaitNotifications([
    { title: 'Bob (2)', body: 'second' },
    { title: 'Carol', body: 'and I' },
  ]);
});

test('read elsewhere, it goes; a click on it opens its conversation', async () => {
  await look(alice, false);
  await write(bob, 'read this there');
  await write(carol, 'read this here');
  await awaitNotifications([
    { title: 'Bob', body: 'read this there' },
    { title: 'Carol', body: 'read this here' },
  ]);
  const elsewhere = await enterAgain();
  await openConversation(elsewhere, 'Bob');
  await awaitNotifications([{ title: 'Carol', body: 'read this here' }]);
  await elsewhere.context().close();
  const [worker] = alice.context().serviceWorkers();
  await worker!.evaluate(`registration.getNotifications()
    .then(([notification]) => dispatchEvent(new NotificationEvent('notificationclick', { notification })))`);
  await alice.getByRole('heading', { name: 'Carol', exact: true }).waitFor();
});

test('what is read at once makes neither a notification nor a sound', async () => {
  await openConversation(alice, 'Bob');
  const before = await countSounds();
  await write(bob, 'you see this');
  await alice.waitForTimeout(PATIENCE);
  assert.deepEqual(await listNotifications(), []);
  assert.equal(await countSounds(), before);
});

test('looked at, but not read: a sound and no notification', async () => {
  const before = await countSounds();
  await write(bob, 'over here');
  while ((await countSounds()) === before) await alice.waitForTimeout(100);
  await alice.waitForTimeout(PATIENCE);
  assert.deepEqual(await listNotifications(), []);
});

test('of many tabs one tells', async () => {
  const tab = await openTab(alice);
  await row(tab, 'Bob').waitFor();
  await tab.waitForTimeout(2_500);
  await tab.getByRole('heading', { name: 'People' }).click();
  const before = await countSounds();
  const countAll = async (): Promise<number> =>
    (await countSounds()) - before + (await tab.evaluate<number>('self.sounds'));
  await write(bob, 'how many of you hear me?');
  while ((await countAll()) === 0) await alice.waitForTimeout(100);
  await alice.waitForTimeout(PATIENCE);
  // Two tones.
  assert.equal(await countAll(), 2);
  assert.equal(await iconOf(tab), '/icon-unread.svg');
  await tab.close();
});

test('while Busy there is silence, whichever device said so', async () => {
  const status = (page: Page): Locator => page.getByLabel('Your status');
  await look(alice, false);
  const elsewhere = await enterAgain();
  await status(elsewhere).selectOption('Busy');
  await status(alice).locator('option:checked', { hasText: 'Busy' }).waitFor({ state: 'attached' });
  const before = await countSounds();
  await write(bob, 'are you there?');
  await row(alice, 'Bob').getByText('1 unread').waitFor();
  await alice.waitForTimeout(PATIENCE);
  assert.deepEqual(await listNotifications(), []);
  assert.equal(await countSounds(), before);
  await status(alice).selectOption('Online');
  await status(elsewhere).locator('option:checked', { hasText: 'Online' }).waitFor({ state: 'attached' });
  await elsewhere.context().close();
});

test('both can be turned off', async () => {
  await prefer({ notifications: false, sound: false });
  await look(alice, false);
  await write(bob, 'quietly');
  await row(alice, 'Bob').getByText('1 unread').waitFor();
  await alice.waitForTimeout(PATIENCE);
  assert.deepEqual(await listNotifications(), []);
  assert.equal(await countSounds(), 0);
});

test('the offer: made when there are friends, taken with a click, not made again when declined', async () => {
  // Chromium without a window refuses at once; here it asks, and the user permits it.
  const ASKS = `
    let permission = 'default';
    Object.defineProperty(Notification, 'permission', { get: () => permission });
    Notification.requestPermission = async () => (permission = 'granted');
  `;
  await bob.addInitScript(ASKS);
  await bob.reload();
  await bob.evaluate("location.hash = '/'");
  await bob.getByRole('button', { name: 'Not now' }).click();
  await bob.reload();
  await row(bob, 'alice').waitFor();
  assert.equal(await bob.getByRole('button', { name: 'Turn on notifications' }).count(), 0);
  await carol.addInitScript(ASKS);
  await carol.reload();
  await carol.evaluate("location.hash = '/'");
  await carol.getByRole('button', { name: 'Turn on notifications' }).click();
  await carol.getByText('Notifications are on.').waitFor();
  assert.equal(await carol.getByRole('button', { name: 'Turn on notifications' }).count(), 0);
});

/** Alice at another device, where she looks. */
async function enterAgain(): Promise<Page> {
  const page = await stage.browser.open(stage.gateway.http);
  await logIn(page, 'alice');
  await row(page, 'Bob').waitFor();
  return page;
}
