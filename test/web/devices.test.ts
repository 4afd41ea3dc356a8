/** What the page keeps, and several devices of one user: reload, second tab, what is read elsewhere, what was long ago. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { NativeClient } from './native-client.ts';
import { readTexts } from './reading.ts';
import {
  awaitState,
  befriend,
  enter,
  logIn,
  look,
  logOut,
  makeAccount,
  message,
  openConversation,
  openStage,
  openTab,
  row,
  TAKEN,
  texts,
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
});
after(() => stage.close());

test('a message is sent, delivered and read, as the other page sees it', async () => {
  await openConversation(alice, 'Bob');
  await write(alice, 'do you see this?');
  await awaitState(alice, 'do you see this?', 'Delivered');
  await row(bob, 'alice').getByText('1 unread').waitFor();
  await look(bob, false);
  await openConversation(bob, 'alice');
  await message(bob, 'do you see this?').waitFor();
  await alice.waitForTimeout(300);
  await awaitState(alice, 'do you see this?', 'Delivered');
  await look(bob, true);
  await awaitState(alice, 'do you see this?', 'Read');
});

test('a reload keeps everything and asks for no password', async () => {
  await alice.getByRole('textbox', { name: /^Message to/ }).fill('half a thought');
  await alice.reload();
  await message(alice, 'do you see this?').waitFor();
  await awaitState(alice, 'do you see this?', 'Read');
  assert.equal(await alice.getByRole('textbox', { name: /^Message to/ }).inputValue(), 'half a thought');
  await alice.getByRole('textbox', { name: /^Message to/ }).fill('');
  await row(alice, 'Bob').waitFor();
  assert.deepEqual(await texts(alice), ['do you see this?']);
});

test('what waits to be sent outlives a reload, and so does the list without a connection', async () => {
  stage.browser.expectProblem(GATEWAY_AWAY);
  await alice.context().setOffline(true);
  await alice.evaluate(() => {
    // The connection of now ends with the network.
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (this: WebSocket) {
      this.close();
      WebSocket.prototype.send = send;
    };
  });
  await write(alice, 'written in a tunnel');
  await message(alice, 'written in a tunnel').getByText('Will be sent').waitFor();
  await alice.context().setOffline(false);
  await alice.reload();
  await awaitState(alice, 'written in a tunnel', TAKEN);
  await message(bob, 'written in a tunnel').waitFor();
  assert.equal(await message(bob, 'written in a tunnel').count(), 1);
});

test('someone is writing', async () => {
  await bob.getByRole('textbox', { name: /^Message to/ }).pressSequentially('I a');
  await alice.getByText('Bob is writing').waitFor();
  await bob.getByRole('textbox', { name: /^Message to/ }).press('Enter');
  await message(alice, 'I a').waitFor();
  await alice.getByText('Bob is writing').waitFor({ state: 'detached' });
});

test('what is read on one device is read on the other', async () => {
  const phone = await stage.browser.open(stage.gateway.http);
  await logIn(phone, 'alice');
  await alice.evaluate(() => (location.hash = '/'));
  await row(phone, 'Bob').waitFor();
  assert.equal(await row(phone, 'Bob').getByText('unread').count(), 0);
  await write(bob, 'on both');
  for (const page of [alice, phone]) await row(page, 'Bob').getByText('1 unread').waitFor();
  await openConversation(phone, 'Bob');
  assert.deepEqual(await texts(phone), await texts(bob));
  await row(alice, 'Bob').getByText('1 unread').waitFor({ state: 'detached' });
  assert.equal(await alice.title(), 'IMS');
  await phone.getByLabel('Your status').selectOption('Busy');
  await phone.getByText('Your status is Busy.').waitFor();
  await alice.waitForFunction(() => document.querySelector('select')?.selectedOptions[0]?.text === 'Busy');
  await phone.getByLabel('Your status').selectOption('Online');
  await write(phone, 'from the phone');
  await openConversation(alice, 'Bob');
  await message(alice, 'from the phone').waitFor();
  await logOut(phone);
});

test('two tabs of one browser are one device, and both show everything', async () => {
  const second = await openTab(alice);
  await message(second, 'from the phone').waitFor();
  await write(second, 'from the second tab');
  await message(alice, 'from the second tab').waitFor();
  await write(alice, 'from the first');
  for (const page of [alice, second]) await message(page, 'from the first').waitFor();
  assert.deepEqual(await texts(second), await texts(alice));
  await Promise.all([alice.reload(), second.reload()]);
  for (const page of [alice, second]) await message(page, 'from the first').waitFor();
  assert.equal((await stage.gateway.store.listSessions('alice')).length, 1);
  await second.close();
});

test('a browser that keeps nothing chats all the same', async () => {
  await makeAccount(stage.gateway.http, 'private');
  const page = await stage.browser.open(stage.gateway.http);
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { get: () => undefined });
  });
  await page.reload();
  await logIn(page, 'private');
  await openConversation(page, 'bob');
  await write(page, 'leaving no trace');
  await awaitState(page, 'leaving no trace', TAKEN);
  await page.reload();
  await page.getByRole('alert').filter({ hasText: 'keeps nothing' }).waitFor();
  await logIn(page, 'private');
  await message(page, 'leaving no trace').waitFor();
});

test('scrolling up brings what was long ago, and what one reads stays where it is', async () => {
  await enter(stage.browser, stage.gateway.http, 'reader');
  const senders = ['writer', 'other'];
  for (const sender of senders) await makeAccount(stage.gateway.http, sender);
  const [writer, other] = (await Promise.all(
    senders.map((sender) => NativeClient.enter(stage.gateway.tcp, sender)),
  )) as [NativeClient, NativeClient];
  // Pages of the log are of all conversations together.
  const lines = Array.from({ length: 450 }, (_, i) => `line ${i + 1}.`);
  for (const [i, line] of lines.entries()) {
    await writer.send(`<MESSAGE from="writer" to="reader">${line}</MESSAGE>`, /<MESSAGE result="1"\/>/);
    if (i % 2 === 0) await other.send('<MESSAGE from="other" to="reader">.</MESSAGE>', /<MESSAGE result="1"\/>/);
  }
  writer.close();
  other.close();
  const page = await stage.browser.open(stage.gateway.http);
  await logIn(page, 'reader');
  await openConversation(page, 'writer');
  const list = page.getByRole('region', { name: /^Messages with/ });
  await list
    .getByText(/^line \d+\.$/)
    .first()
    .waitFor();
  for (let tries = 0; tries < 5; tries += 1) {
    await lookUp(page, list);
    const [text, place] = await list.evaluate(findFirst);
    await page.waitForTimeout(200);
    const bubble = list.locator('[data-key]').filter({ has: page.getByText(text, { exact: true }) });
    const now = await bubble.evaluate((element) => element.getBoundingClientRect().top);
    assert.ok(Math.abs(now - place) < 20, `${text} was at ${place}, is at ${now}`);
  }
  assert.deepEqual(await readTexts(page), lines);
});

/** Scrolls up by most of a screen, as a hand does. */
async function lookUp(page: Page, list: Locator): Promise<void> {
  await list.hover();
  await page.mouse.wheel(0, -0.8 * (await list.evaluate(({ clientHeight }) => clientHeight)));
  await page.waitForTimeout(200);
}

/** The first line that is in view, and its place. */
function findFirst(list: Element): [text: string, place: number] {
  const { top } = list.getBoundingClientRect();
  const bubble = [...list.querySelectorAll('[data-key]')].find((other) => other.getBoundingClientRect().top >= top)!;
  return [bubble.querySelector('[dir=auto]')!.textContent!, bubble.getBoundingClientRect().top];
}

test('someone whose connection is gone is shown as away after a while, and as there when back', async () => {
  const carol = await enter(stage.browser, stage.gateway.http, 'carol');
  await befriend(carol, bob, 'carol', 'Bob');
  await row(bob, 'carol').filter({ hasText: 'Online' }).waitFor();
  const url = carol.url();
  await carol.goto('about:blank');
  await row(bob, 'carol').filter({ hasText: 'Offline' }).waitFor({ timeout: 20_000 });
  await carol.goto(url);
  await row(bob, 'carol').filter({ hasText: 'Online' }).waitFor();
});
