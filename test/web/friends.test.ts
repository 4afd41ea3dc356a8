/** Friends on the page: invite, accept, deny, withdraw, remove, and everyone's status. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  befriend,
  choose,
  enter,
  invite,
  logIn,
  logOut,
  makeAccount,
  message,
  openConversation,
  openStage,
  row,
  texts,
  write,
  type Stage,
} from './stage.ts';

/** Who goes is shown as away only then: most come right back. */
const SOME_SECONDS = { timeout: 15_000 };

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  [alice, bob] = (await stage.enter('alice', 'Bob')) as [Page, Page];
});
after(() => stage.close());

test('a friend removes a friend, who sees it; both can begin again', async () => {
  await befriend(alice, bob, 'alice', 'Bob');
  await row(alice, 'Bob').click();
  await choose(alice, 'Bob', 'Remove from your friends');
  await alice.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await row(alice, 'Bob').waitFor();
  await choose(alice, 'Bob', 'Remove from your friends');
  await alice.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await alice.getByText('Bob is not your friend any more.').waitFor();
  await row(alice, 'Bob').waitFor({ state: 'detached' });
  await row(bob, 'alice').waitFor({ state: 'detached' });
  await befriend(bob, alice, 'Bob', 'alice');
});

test('an invitation is denied, and one is withdrawn', async () => {
  const carol = await enter(stage.browser, stage.gateway.http, 'carol');
  await invite(carol, 'Bob');
  await bob.getByRole('button', { name: 'Deny carol' }).click();
  await bob.getByText('You denied the invitation from carol.').waitFor();
  assert.equal(await bob.getByRole('button', { name: 'Accept carol' }).count(), 0);
  const withdraw = carol.getByRole('button', { name: 'Withdraw the invitation to Bob' });
  await withdraw.waitFor({ state: 'detached' });
  assert.equal(await row(carol, 'Bob').count(), 0);
  await invite(carol, 'Bob');
  await bob.getByRole('button', { name: 'Accept carol' }).waitFor();
  await withdraw.click();
  await carol.getByText('Invitation to Bob withdrawn.').waitFor();
  await bob.getByRole('button', { name: 'Accept carol' }).waitFor({ state: 'detached' });
});

test('an invitation waits for someone who is away', async () => {
  await makeAccount(stage.gateway.http, 'dora');
  await invite(alice, 'dora');
  const dora = await stage.browser.open(stage.gateway.http);
  await logIn(dora, 'dora');
  await dora.getByRole('button', { name: 'Accept alice' }).click();
  await dora.getByText('You and alice are friends now.').waitFor();
});

test('two who invite each other are friends at once', async () => {
  const [erin, frank] = (await stage.enter('erin', 'frank')) as [Page, Page];
  await invite(erin, 'frank');
  await frank.getByRole('button', { name: 'Accept erin' }).waitFor();
  await frank.getByRole('button', { name: 'Add a friend' }).first().click();
  await frank.getByLabel('User name').fill('erin');
  await frank.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  await frank.getByText('You and erin are friends now.').waitFor();
});

test('what cannot be invited is told in words', async () => {
  await alice.getByRole('button', { name: 'Add a friend' }).first().click();
  const dialog = alice.getByRole('dialog');
  const tries = {
    '': 'Enter a user name.',
    'not a name': 'A name has letters',
    Alice: 'That is your own name.',
    bob: 'bob is your friend already.',
    'nobody-at-all': 'There is no user “nobody-at-all”',
  };
  for (const [name, answer] of Object.entries(tries)) {
    await dialog.getByLabel('User name').fill(name);
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await dialog.getByText(answer).waitFor();
  }
  await alice.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('a friend sees each status, and an invisible one as away', async () => {
  for (const status of ['Busy', 'Away', 'Online']) {
    await alice.getByLabel('Your status').selectOption(status);
    await alice.getByText(`Your status is ${status}.`).waitFor();
    await row(bob, 'alice').filter({ hasText: status }).waitFor();
  }
  await alice.getByLabel('Your status').selectOption('Invisible');
  await alice.getByText('Your status is Invisible.').waitFor();
  await row(bob, 'alice').filter({ hasText: 'Offline' }).waitFor(SOME_SECONDS);
});

test('a status is kept for the next session, and who logs out is away', async () => {
  await alice.getByLabel('Your status').selectOption('Busy');
  await alice.getByText('Your status is Busy.').waitFor();
  await logOut(alice);
  await row(bob, 'alice').filter({ hasText: 'Offline' }).waitFor(SOME_SECONDS);
  await logIn(alice, 'alice');
  await alice.getByLabel('Your status').waitFor();
  assert.equal(await alice.getByLabel('Your status').locator('option:checked').textContent(), 'Busy');
});

test('an invitation that is answered on one device is gone on the other', async () => {
  const [gina] = (await stage.enter('gina')) as [Page];
  const phone = await stage.browser.open(stage.gateway.http);
  await logIn(phone, 'gina');
  await invite(bob, 'gina');
  for (const page of [gina, phone]) await page.getByRole('button', { name: 'Accept Bob' }).waitFor();
  await phone.getByRole('button', { name: 'Accept Bob' }).click();
  await gina.getByRole('button', { name: 'Accept Bob' }).waitFor({ state: 'detached' });
  for (const page of [gina, phone]) await row(page, 'Bob').waitFor();
});

test('who is blocked is not heard and sees someone who is away; unblocked, both are as before', async () => {
  const [hugo, ines] = (await stage.enter('hugo', 'ines')) as [Page, Page];
  await befriend(hugo, ines, 'hugo', 'ines');
  await openConversation(hugo, 'ines');
  await choose(hugo, 'ines', 'Block ines');
  await hugo.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await hugo.getByText('You have blocked ines: nothing from them arrives.').waitFor();
  await row(ines, 'hugo').filter({ hasText: 'Offline' }).waitFor(SOME_SECONDS);
  await openConversation(ines, 'hugo');
  await write(ines, 'can you hear me?');
  await ines.getByText('Sent', { exact: true }).waitFor({ state: 'attached' });
  assert.deepEqual(await texts(hugo), []);
  await hugo.reload();
  await hugo.getByText('You have blocked ines').waitFor();
  await hugo.getByRole('button', { name: 'Unblock' }).click();
  await hugo.getByText('ines is not blocked any more.').waitFor();
  await row(ines, 'hugo').filter({ hasText: 'Online' }).waitFor();
  await write(ines, 'and now?');
  await message(hugo, 'and now?').waitFor();
  assert.deepEqual(await texts(hugo), ['and now?']);
});
