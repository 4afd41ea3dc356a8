/** The page comes back by itself, sends what waited, and never claims to know what it cannot. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { layCable, type Cable } from './loose-cable.ts';
import {
  enter,
  logIn,
  makeAccount,
  message,
  openConversation,
  openStage,
  row,
  texts,
  write,
  type Stage,
} from './stage.ts';

let stage: Stage;
let cable: Cable;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  stage.browser.expectProblem(/WebSocket connection to .* failed/);
  cable = await layCable(stage.gateway.http);
  bob = await enter(stage.browser, stage.gateway.http, 'bob');
  alice = await enter(stage.browser, cable.address, 'alice');
  await openConversation(alice, 'bob');
  await openConversation(bob, 'alice');
});
afterEach(() => cable.mend());
after(async () => {
  await cable.close();
  await stage.close();
});

/** The network is there again, and the browser says so. */
async function reconnect(page: Page): Promise<void> {
  cable.mend();
  await page.evaluate(() => dispatchEvent(new Event('online')));
}

test('what is written without a connection is sent afterwards, once and in order', async () => {
  cable.cut();
  await alice.getByText('Not connected.').waitFor();
  const lines = Array.from({ length: 8 }, (_, i) => `queued ${i + 1}`);
  for (const line of lines) await write(alice, line);
  await message(alice, 'queued 8').getByText('Will be sent when you are connected again').waitFor();
  assert.equal(await message(bob, 'queued').count(), 0);
  // Nobody presses anything: the page tries by itself.
  cable.mend();
  await message(bob, 'queued 8').waitFor({ timeout: 12_000 });
  await alice.getByText('Not connected.').waitFor({ state: 'detached' });
  assert.deepEqual(await texts(bob), lines);
  await message(alice, 'queued 8').getByText('Sent').waitFor({ state: 'attached' });
});

test('a message whose answer never came is not confirmed; sending it again is up to the user', async () => {
  const before = (await texts(bob)).length;
  cable.hold();
  await write(alice, 'did you get this?');
  await write(alice, 'and this?');
  await message(bob, 'did you get this?').waitFor();
  assert.equal(await message(bob, 'and this?').count(), 0, 'one at a time is handed out');
  cable.cut();
  await message(alice, 'did you get this?').getByText('Not confirmed').waitFor();
  await reconnect(alice);
  await message(bob, 'and this?').waitFor();
  await message(alice, 'and this?').getByText('Sent').waitFor({ state: 'attached' });
  assert.deepEqual((await texts(bob)).slice(before), ['did you get this?', 'and this?']);
  await message(alice, 'did you get this?').getByRole('button', { name: 'Send again' }).click();
  await message(alice, 'did you get this?').getByText('Sent').waitFor({ state: 'attached' });
  await message(bob, 'did you get this?').nth(1).waitFor();
});

test('what came in between is there after the comeback', async () => {
  cable.cut();
  await alice.getByText('Not connected.').waitFor();
  await write(bob, 'while you were out');
  await reconnect(alice);
  await message(alice, 'while you were out').waitFor();
});

test('a silent connection is replaced within seconds when someone looks at the page', async () => {
  cable.silence();
  await write(bob, 'into the silence');
  await alice.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await message(alice, 'into the silence').waitFor();
});

test('a reload asks for the password and keeps the conversation', async () => {
  await alice.reload();
  await alice.getByRole('alert').filter({ hasText: 'Log in again' }).waitFor();
  assert.equal(await alice.getByLabel('User name').inputValue(), 'alice');
  await logIn(alice, 'alice');
  await message(alice, 'while you were out').first().waitFor();
  await row(alice, 'bob').waitFor();
});

test('a gateway that cannot be reached is told at the log-in', async () => {
  await makeAccount(stage.gateway.http, 'carol');
  const carol = await stage.browser.open(cable.address);
  await carol.waitForLoadState('networkidle');
  cable.cut();
  await logIn(carol, 'carol');
  await carol.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
});
