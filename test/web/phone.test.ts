/** The page on a phone and by keyboard: one view at a time, Back leads to the list, the focus follows. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { awaitState, befriend, enter, openStage, message, row, TAKEN, write, type Stage } from './stage.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  alice = await enter(stage.browser, stage.gateway.http, 'alice', PHONE);
  bob = await enter(stage.browser, stage.gateway.http, 'bob');
  await befriend(alice, bob, 'alice', 'bob');
});
after(() => stage.close());

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
}

/** No horizontal scrolling, and no control that a finger would miss. */
async function checkFit(page: Page): Promise<void> {
  const { width, small } = await page.evaluate(() => {
    const controls = [...document.querySelectorAll('button, a, select, input, textarea')];
    const small = controls.filter((control) => {
      const { height, width } = control.getBoundingClientRect();
      return height > 0 && (height < 44 || width < 44);
    });
    return {
      width: document.documentElement.scrollWidth,
      small: small.map((control) => `${JSON.stringify(control.getBoundingClientRect())} ${control.outerHTML}`),
    };
  });
  assert.equal(width, 360);
  assert.deepEqual(small, []);
}

test('list, conversation and back', async () => {
  await checkFit(alice);
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  assert.equal(await row(alice, 'bob').isVisible(), false);
  assert.equal(await focused(alice), 'bob');
  await checkFit(alice);
  await write(alice, 'from my phone');
  await awaitState(alice, 'from my phone', TAKEN);
  await row(bob, 'alice').getByText('1 unread').waitFor();
  await alice.getByRole('button', { name: 'Back to the list' }).tap();
  await row(alice, 'bob').waitFor();
  assert.match(await focused(alice), /^B?\s*bob/i);
});

test("the phone's own Back leads to the list too", async () => {
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.goBack();
  await row(alice, 'bob').waitFor();
  await checkFit(alice);
});

test('everything by keyboard: open, write, leave', async () => {
  await row(bob, 'alice').focus();
  await bob.keyboard.press('Enter');
  await message(bob, 'from my phone').waitFor();
  await bob.keyboard.type('by keyboard');
  await bob.keyboard.press('Enter');
  await row(alice, 'bob').getByText('1 unread').waitFor();
  await bob.getByRole('button', { name: 'Add a friend' }).press('Enter');
  assert.equal(await bob.getByLabel('User name').evaluate((input) => input === document.activeElement), true);
  await bob.keyboard.press('Escape');
  assert.equal(await focused(bob), 'Add a friend');
});
