/** Searching on the page: people and messages as one types, and from match to match within a conversation. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openHistory } from './long-history.ts';
import {
  befriend,
  isFocused,
  message,
  openConversation,
  openStage,
  TAKEN,
  awaitState,
  write,
  type Stage,
} from './stage.ts';

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  [alice, bob] = (await stage.enter('alice', 'Bob')) as [Page, Page];
  await befriend(alice, bob, 'alice', 'Bob');
  await openConversation(alice, 'Bob');
  for (const text of ['Café at the Zoo', 'bring bananas', 'and a towel', 'no more bananas']) await write(alice, text);
  for (let i = 0; i < 40; i += 1) await write(alice, `filling ${i}`);
  await awaitState(alice, 'filling 39', TAKEN);
  await alice.evaluate("location.hash = '/'");
});
after(() => stage.close());

function field(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Search people and messages' });
}

function options(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Search people and messages' }).getByRole('option');
}

test('people first, then messages, the newest first, with the words marked', async () => {
  await field(alice).fill('b');
  await options(alice).filter({ hasText: 'no more bananas' }).waitFor();
  const found = await options(alice).allTextContents();
  assert.match(found[0]!, /Bob/);
  assert.match(found[1]!, /no more bananas/);
  assert.match(found[2]!, /bring bananas/);
  await alice.getByRole('status').filter({ hasText: '1 person, 2 messages' }).waitFor({ state: 'attached' });
  await field(alice).fill('cafe zo');
  await options(alice).filter({ hasText: 'Café at the Zoo' }).waitFor();
  assert.deepEqual(await options(alice).locator('mark').allTextContents(), ['Café', 'Zo']);
});

test('arrow keys and Enter open a message in its place; Escape clears', async () => {
  await field(alice).fill('banana');
  await options(alice).nth(1).waitFor();
  await field(alice).press('ArrowDown');
  await field(alice).press('ArrowDown');
  const second = await options(alice).nth(1).getAttribute('id');
  assert.equal(await field(alice).getAttribute('aria-activedescendant'), second);
  await field(alice).press('Enter');
  const target = message(alice, 'bring bananas');
  await target.waitFor();
  await alice.waitForFunction(() => document.activeElement?.textContent?.includes('bring bananas'));
  const isSeen = await target.evaluate((it) => {
    const { top, bottom } = it.getBoundingClientRect();
    return top > 0 && bottom < innerHeight;
  });
  assert.ok(isSeen);
  await field(alice).press('Escape');
  assert.equal(await field(alice).inputValue(), '');
  await alice.getByRole('navigation', { name: 'People' }).waitFor();
});

test('what is nowhere is said; a name that is free to write to is offered', async () => {
  await field(alice).fill('xyzzy plugh');
  await alice.getByText('Nothing found for “xyzzy plugh”.').first().waitFor();
  await field(alice).fill('zed');
  await options(alice).filter({ hasText: 'Write to zed' }).click();
  await alice.getByRole('heading', { name: 'zed', exact: true }).waitFor();
  await field(alice).fill('');
});

test('within a conversation: from match to match, and back to the button', async () => {
  await openConversation(alice, 'Bob');
  await alice.getByRole('button', { name: 'Search this conversation' }).click();
  const input = alice.getByRole('textbox', { name: 'Search in the conversation with Bob' });
  await input.fill('banana');
  await alice.getByText('1 of 2', { exact: true }).waitFor();
  await message(alice, 'no more bananas').waitFor();
  await input.press('Enter');
  await alice.getByText('2 of 2', { exact: true }).waitFor();
  await message(alice, 'bring bananas').waitFor();
  assert.ok(await isFocused(input));
  await alice.getByRole('button', { name: 'Later match' }).click();
  await alice.getByText('1 of 2', { exact: true }).waitFor();
  await input.press('Escape');
  await input.waitFor({ state: 'detached' });
  assert.ok(await isFocused(alice.getByRole('button', { name: 'Search this conversation' })));
});

test('in a long history, without a network: found as one types, and opened where it stands', async () => {
  stage.browser.expectProblem(/WebSocket|Service Worker|404/);
  const page = await openHistory(stage, 'otto', 20_000);
  await page.goto(stage.gateway.http);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await field(page).pressSequentially('123', { delay: 60 });
  await options(page).filter({ hasText: '#12399' }).waitFor();
  await field(page).pressSequentially('4', { delay: 60 });
  await options(page)
    .filter({ hasText: /#1234\b/ })
    .click();
  await message(page, '#1234 ').waitFor();
});
