/** An open conversation: as long as it may be, where one stopped reading, what stays in its place, what one does with a message. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openHistory } from './long-history.ts';
import { NativeClient } from './native-client.ts';
import { openAt, travel } from './scroll-bench.ts';
import {
  awaitState,
  enter,
  makeAccount,
  logIn,
  message,
  openConversation,
  openStage,
  TAKEN,
  texts,
  write,
  type Stage,
} from './stage.ts';

const LONG = 5_000;

let stage: Stage;
before(async () => {
  stage = await openStage();
  // What the tests cut off, and what is not there on purpose.
  stage.browser.expectProblem(/WebSocket|404|Service Worker registration blocked/);
});
after(() => stage.close());

function listOf(page: Page): Locator {
  return page.getByRole('region', { name: /^Messages with/ });
}

/** Numbers and tops of the messages in view, from top to bottom. */
function inView(page: Page): Promise<(readonly [text: string, top: number])[]> {
  return listOf(page).evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const bubbles = [...list.querySelectorAll<HTMLElement>('[data-key]')];
    // One whose height is not known yet is not drawn.
    const drawn = bubbles.filter((bubble) => getComputedStyle(bubble).visibility === 'visible');
    const rows = drawn.map((bubble) => {
      const place = bubble.getBoundingClientRect();
      return [bubble.querySelector('.text')!.textContent, place.top - top, place.bottom - bottom] as const;
    });
    return rows
      .filter(([, start, end]) => start >= 0 && end <= 0)
      .sort((a, b) => a[1] - b[1])
      .map(([text, start]) => [text, start] as const);
  });
}

async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
  });
}

test('a long conversation: opens at its end, scrolls from end to end, and little of it is drawn', async () => {
  const page = await openHistory(stage, 'elder', LONG);
  await openAt(page, stage.gateway.http);
  await message(page, `#${LONG} `).waitFor();
  const up = await travel(page, 1, 6_000);
  assert.equal(up.reached, 1);
  const down = await travel(page, LONG, 6_000);
  assert.equal(down.reached, LONG);
  for (const { mostNodes, heapBefore, heapAfter } of [up, down]) {
    assert.ok(mostNodes < 2_000, `${mostNodes} nodes`);
    assert.ok(heapAfter - heapBefore < 10, `${heapBefore} MB, then ${heapAfter} MB`);
  }
  await page.context().close();
});

test('what one reads moves as far as one scrolls, while older ones are put above it and later ones let go', async () => {
  const page = await openHistory(stage, 'reader', 3_000);
  await openAt(page, stage.gateway.http);
  await message(page, '#3000 ').waitFor();
  // They make the list lower when they come.
  await page.getByText('Not connected').waitFor();
  await page.getByRole('textbox', { name: /^Message to/ }).waitFor();
  // Who is at the end stays there while the rows find their places.
  await page.waitForTimeout(500);
  const seen = new Set<string>();
  for (let step = 0; step < 120; step += 1) {
    const rows = await inView(page);
    rows.forEach(([text]) => seen.add(text));
    const [text, top] = rows[0]!;
    const moved = await listOf(page).evaluate((list) => {
      const start = list.scrollTop;
      list.scrollTop -= 250;
      return start - list.scrollTop;
    });
    await settle(page);
    const now = (await inView(page)).find(([other]) => other === text);
    assert.ok(now && Math.abs(now[1] - top - moved) <= 2, `step ${step}, ${text}: from ${top} to ${now?.[1]}`);
  }
  const numbers = [...seen].map((text) => Number(/^#(\d+)/.exec(text)?.[1])).sort((a, b) => b - a);
  assert.ok(numbers.length > 300, `${numbers.length} messages`);
  numbers.forEach((number, index) => assert.equal(number, 3_000 - index));
  await page.context().close();
});

test('a window that changes its size, and a keyboard, leave everything where it is', async () => {
  const page = await openHistory(stage, 'mover', 500);
  await openAt(page, stage.gateway.http);
  await message(page, '#500 ').waitFor();
  await page.getByText('Not connected').waitFor();
  for (const [width, height] of [
    [1280, 500],
    [700, 500],
    [400, 700],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    await settle(page);
    const { bottom } = await distance(page);
    assert.ok(bottom < 2, `${bottom} from the end at ${width} × ${height}`);
  }
  await listOf(page).evaluate((list) => (list.scrollTop -= 900));
  await settle(page);
  const before = (await inView(page)).at(-1)!;
  await page.setViewportSize({ width: 1280, height: 500 });
  await settle(page);
  const lower = (await inView(page)).find(([text]) => text === before[0]);
  assert.ok(lower && Math.abs(before[1] - lower[1] - 300) <= 2, 'what stood above the place to write still does');
  await page.context().close();
});

async function distance(page: Page): Promise<{ bottom: number }> {
  return listOf(page).evaluate((list) => ({ bottom: list.scrollHeight - list.scrollTop - list.clientHeight }));
}

test('one who comes back reads on where new messages begin; read is only what was seen', async () => {
  const { http } = stage.gateway;
  const [bob, carol] = [await enter(stage.browser, http, 'Bob'), await enter(stage.browser, http, 'carol')];
  await openConversation(bob, 'carol');
  await openConversation(carol, 'bob');
  await write(carol, 'who is there?');
  for (let i = 1; i <= 5; i += 1) await write(bob, `old ${i}`);
  await awaitState(bob, 'old 5', 'Read');
  await carol.evaluate(() => (location.hash = '/'));
  for (let i = 1; i <= 60; i += 1) await write(bob, `new ${i}: ${'word '.repeat(30)}`);
  await awaitState(bob, 'new 60', 'Delivered');
  await openConversation(carol, 'Bob');
  await listOf(carol).getByText('New messages').waitFor();
  await message(carol, 'new 1:').waitFor();
  const rows = await inView(carol);
  assert.ok(
    rows.some(([text]) => text.startsWith('new 1:')),
    JSON.stringify(rows.map(([text]) => text.slice(0, 8))),
  );
  await carol.getByRole('button', { name: /^\d+ new$/ }).waitFor();
  assert.equal(
    await message(bob, 'new 60')
      .locator('.hidden')
      .filter({ hasText: /^Read$/ })
      .count(),
    0,
  );
  await carol.getByRole('button', { name: /^\d+ new$/ }).click();
  await awaitState(bob, 'new 60', 'Read');
  await carol.getByRole('button', { name: /new$/ }).waitFor({ state: 'detached' });
  await settle(carol);
  assert.ok((await distance(carol)).bottom < 2, JSON.stringify(await distance(carol)));
  await write(bob, 'the last one');
  await message(carol, 'the last one').waitFor();
  assert.ok((await distance(carol)).bottom < 2, 'who is at the end stays there');
  await carol.context().close();
});

test('one who looks at another conversation and comes back is where one was', async () => {
  const page = await openHistory(stage, 'wanderer', 1_000);
  await openAt(page, stage.gateway.http);
  await message(page, '#1000 ').waitFor();
  await page.getByText('Not connected').waitFor();
  await listOf(page).hover();
  for (let i = 0; i < 12; i += 1) {
    await page.mouse.wheel(0, -900);
    await settle(page);
  }
  const [text, top] = (await inView(page))[2]!;
  await openConversation(page, 'someone');
  await listOf(page).getByText('No messages with').or(listOf(page).getByText('offline')).first().waitFor();
  await openConversation(page, 'Bob');
  await message(page, text.slice(0, 6)).first().waitFor();
  await settle(page);
  await settle(page);
  const now = (await inView(page)).find(([other]) => other === text);
  assert.ok(now && Math.abs(now[1] - top) <= 2, `${text}: from ${top} to ${now?.[1]}`);
  await page.context().close();
});

test('a menu for each message: with the mouse, and with the keyboard alone', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'dora', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await openConversation(page, 'bob');
  await write(page, 'first `code`');
  await write(page, 'second');
  await awaitState(page, 'second', TAKEN);
  await message(page, 'second').hover();
  await message(page, 'second').getByRole('button', { name: 'What to do' }).click();
  await page.getByRole('menuitem', { name: 'Copy text' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'second');
  await listOf(page).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /first/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'first `code`');
});

test('what is marked across messages is copied with who wrote it', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'erin', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await openConversation(page, 'bob');
  for (const text of ['first line', 'second\nline', 'third line']) await write(page, text);
  await awaitState(page, 'third', TAKEN);
  await page.evaluate(() => {
    const words = [...document.querySelectorAll('[role=region] .text')].map((text) => {
      return [...text.childNodes].find((node) => node.textContent !== '')!;
    });
    getSelection()!.setBaseAndExtent(words[0]!, 6, words[2]!, 5);
  });
  await page.keyboard.press('Control+c');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^\[[^\]]+\] erin: line\n\[[^\]]+\] erin: second\nline\n\[[^\]]+\] erin: third$/);
});

test('links tell nobody where one came from, and code is code', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'frank');
  await openConversation(page, 'bob');
  await write(page, 'look at https://example.org/a, please');
  const link = message(page, 'look at').getByRole('link', { name: 'https://example.org/a' });
  await link.waitFor();
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
  assert.equal(await link.getAttribute('referrerpolicy'), 'no-referrer');
  assert.equal(await link.getAttribute('target'), '_blank');
  await write(page, '```\nlet a;\n``` and `b`');
  assert.deepEqual(await message(page, 'let a;').locator('code').allTextContents(), ['let a;', 'b']);
});

test('emoji: found by name, put where one writes', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'grace');
  await openConversation(page, 'bob');
  const composer = page.getByRole('textbox', { name: /^Message to/ });
  await composer.fill('well done!');
  await composer.press('ArrowLeft');
  await page.getByRole('button', { name: 'Emoji' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose an emoji' });
  await picker.getByLabel('Search emoji').fill('party pop');
  await picker.getByRole('button', { name: 'party popper' }).click();
  await page.keyboard.press('Escape');
  await picker.waitFor({ state: 'detached' });
  assert.equal(await composer.inputValue(), 'well done🎉!');
  await composer.press('Enter');
  await message(page, 'well done🎉!').waitFor();
  await page.getByRole('button', { name: 'Emoji' }).click();
  await picker.getByRole('button', { name: 'Used lately' }).waitFor();
});

test('older messages come from the gateway, and the beginning is named', async () => {
  const { http, tcp } = stage.gateway;
  await makeAccount(http, 'judy');
  const judy = await NativeClient.enter(tcp, 'judy');
  for (let i = 1; i <= 620; i += 1) {
    await judy.send(`<MESSAGE from="judy" to="judy">note ${i}</MESSAGE>`, /<MESSAGE result="1"\/>/);
  }
  judy.close();
  const page = await stage.browser.open(http);
  await logIn(page, 'judy');
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await openConversation(page, 'judy');
  await message(page, 'note 620').waitFor();
  const expected = Array.from({ length: 620 }, (_, index) => `note ${index + 1}`);
  assert.deepEqual(await texts(page), expected);
  const beginning = listOf(page).getByText('beginning of your conversation');
  while (!(await beginning.isVisible())) {
    await listOf(page).evaluate((list) => list.scrollTo(0, 0));
    await settle(page);
  }
  await message(page, 'note 1').first().waitFor();
});
