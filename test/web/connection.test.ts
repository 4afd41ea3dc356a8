/** The page comes back by itself, sends what waited, and shows every message once. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { layCable, type Cable } from './loose-cable.ts';
import {
  awaitState,
  enter,
  logIn,
  makeAccount,
  message,
  openConversation,
  openStage,
  TAKEN,
  texts,
  write,
  type Stage,
} from './stage.ts';

/** So high that all of a conversation is drawn. */
const HIGH = { viewport: { width: 900, height: 4_000 } };

let stage: Stage;
let cable: Cable;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  stage.browser.expectProblem(GATEWAY_AWAY);
  cable = await layCable(stage.gateway.http);
  bob = await enter(stage.browser, stage.gateway.http, 'bob', HIGH);
  alice = await enter(stage.browser, cable.address, 'alice', HIGH);
  await openConversation(alice, 'bob');
  await openConversation(bob, 'alice');
  // A stranger would not be told that anything was read.
  await write(bob, 'write to me');
  await message(alice, 'write to me').waitFor();
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
  // However many tries fail, the banner stays as it is.
  await alice.evaluate(() => {
    new MutationObserver(() => (document.body.dataset['flicker'] = 'yes')).observe(document.querySelector('.banner')!, {
      childList: true,
    });
  });
  await alice.waitForTimeout(3_500);
  assert.equal(await alice.evaluate(() => document.body.dataset['flicker']), undefined);
  await message(alice, 'queued 8').getByText('Will be sent when you are connected again').waitFor();
  assert.equal(await message(bob, 'queued').count(), 0);
  // Nobody presses anything: the page tries by itself.
  cable.mend();
  await message(bob, 'queued 8').waitFor({ timeout: 20_000 });
  await alice.getByText('Not connected.').waitFor({ state: 'detached' });
  assert.deepEqual((await texts(bob)).slice(1), lines);
  await awaitState(alice, 'queued 8', TAKEN);
});

test('a cable that is pulled in mid-send: every message stands there once, in order, on both sides', async () => {
  const before = (await texts(bob)).length;
  const lines = Array.from({ length: 30 }, (_, i) => `pulled ${i + 1}.`);
  for (const [i, line] of lines.entries()) {
    // The answers stay away first, then the connection is gone, then the page is told that the network is back.
    if (i === 5 || i === 18) cable.hold();
    if (i === 10 || i === 22) cable.cut();
    if (i === 14 || i === 26) await reconnect(alice);
    await write(alice, line);
  }
  await reconnect(alice);
  await message(bob, 'pulled 30.').waitFor({ timeout: 15_000 });
  await awaitState(alice, 'pulled 30.', TAKEN);
  for (const page of [alice, bob]) {
    assert.deepEqual(
      (await texts(page)).filter((text) => text.startsWith('pulled')),
      lines,
    );
  }
  assert.equal((await texts(bob)).length, before + lines.length);
});

test('a message whose answer never came is known to be sent after the comeback, and not sent twice', async () => {
  cable.hold();
  await write(alice, 'did you get this?');
  await message(bob, 'did you get this?').waitFor();
  await awaitState(alice, 'did you get this?', 'Sending');
  cable.cut();
  await reconnect(alice);
  await awaitState(alice, 'did you get this?', 'Read');
  assert.equal(await message(bob, 'did you get this?').count(), 1);
});

test('a connection that is back within a moment is not spoken of', async () => {
  const banner = alice.getByText('Not connected.');
  cable.cut();
  await reconnect(alice);
  await write(alice, 'quickly back');
  await awaitState(alice, 'quickly back', TAKEN);
  assert.equal(await banner.count(), 0);
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

test('a gateway that cannot be reached is told at the log-in', async () => {
  await makeAccount(stage.gateway.http, 'carol');
  const carol = await stage.browser.open(cable.address);
  await carol.waitForLoadState('networkidle');
  cable.cut();
  await logIn(carol, 'carol');
  await carol.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
});
