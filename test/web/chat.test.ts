/** Talking on the page: with another page, with a native client, with someone who is away, with oneself. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { NativeClient } from './native-client.ts';
import {
  awaitState,
  enter,
  isFocused,
  logIn,
  logOut,
  makeAccount,
  message,
  openConversation,
  openRequest,
  openStage,
  row,
  TAKEN,
  texts,
  write,
  type Stage,
} from './stage.ts';

const TEXTS = [
  'plain',
  'two\nlines,  two  spaces',
  '<b>&amp; "quotes" \'too\' ]]></b>',
  '🎉 שלום עולם',
  'x'.repeat(2_000),
];

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  [alice, bob] = (await stage.enter('alice', 'Bob')) as [Page, Page];
});
after(() => stage.close());

test('two pages talk; every text comes as it was written', async () => {
  await openConversation(alice, 'bob');
  await openConversation(bob, 'alice');
  for (const text of TEXTS) await write(alice, text);
  await message(bob, 'xxxx').waitFor();
  assert.deepEqual(await texts(bob), TEXTS);
  await write(bob, 'and back');
  await message(alice, 'and back').waitFor();
  await awaitState(alice, 'plain', 'Read');
  assert.deepEqual(await texts(alice), [...TEXTS, 'and back']);
});

test('Shift and Enter begin a new line, and nothing empty is sent', async () => {
  const count = (await texts(alice)).length;
  const composer = alice.getByRole('textbox', { name: /^Message to/ });
  await composer.pressSequentially('one');
  await composer.press('Shift+Enter');
  await composer.pressSequentially('two');
  await composer.press('Enter');
  await composer.press('Enter');
  await write(alice, '   ');
  await composer.fill('');
  await message(bob, 'one').waitFor();
  assert.deepEqual((await texts(alice)).slice(count), ['one\ntwo']);
});

test('a message that one document cannot hold is not sent', async () => {
  await write(alice, 'é'.repeat(9_000));
  await alice.getByRole('alert').filter({ hasText: 'Too long' }).waitFor();
  assert.equal(await message(alice, 'éé').count(), 0);
  await alice.getByRole('textbox', { name: /^Message to/ }).fill('');
  await alice.getByRole('alert').filter({ hasText: 'Too long' }).waitFor({ state: 'detached' });
});

test('what comes while one looks elsewhere is counted, in the list and in the title', async () => {
  await alice.evaluate(() => (location.hash = '/'));
  await write(bob, 'first');
  await write(bob, 'second');
  await row(alice, 'Bob').getByText('2 unread').waitFor();
  assert.equal(await alice.title(), '(2) IMS');
  await row(alice, 'Bob').click();
  await message(alice, 'second').waitFor();
  await alice.waitForFunction(() => document.title === 'IMS');
  await row(alice, 'Bob').getByText('unread').waitFor({ state: 'detached' });
});

test('a message waits for someone who is away', async () => {
  await makeAccount(stage.gateway.http, 'carol');
  await openConversation(alice, 'carol');
  await write(alice, 'when you are back');
  await awaitState(alice, 'when you are back', 'Sent');
  const carol = await stage.browser.open(stage.gateway.http);
  await logIn(carol, 'carol');
  await openRequest(carol, 'alice');
  await message(carol, 'when you are back').waitFor();
  await write(carol, 'I am');
  await message(alice, 'I am').waitFor();
  await awaitState(alice, 'when you are back', 'Read');
  await write(alice, 'good');
  await message(carol, 'good').waitFor();
  await logOut(carol);
});

test('a message to nobody is refused, in words', async () => {
  await openConversation(alice, 'no.one');
  await write(alice, 'hello?');
  await message(alice, 'hello?').getByText('there is no user “no.one”').waitFor();
  await message(alice, 'hello?').getByRole('button', { name: 'Send again' }).click();
  await message(alice, 'hello?').getByText('there is no user “no.one”').waitFor();
  assert.deepEqual(await texts(alice), ['hello?']);
  await message(alice, 'hello?').getByRole('button', { name: 'Discard' }).click();
  await message(alice, 'hello?').waitFor({ state: 'detached' });
});

test('a page and a native client', async () => {
  await makeAccount(stage.gateway.http, 'veteran');
  const veteran = await NativeClient.enter(stage.gateway.tcp, 'veteran');
  await veteran.send('<MESSAGE from="veteran" to="alice">from 2004 &lt;3</MESSAGE>', /<MESSAGE result="1"\/>/);
  await openRequest(alice, 'veteran');
  await message(alice, 'from 2004 <3').waitFor();
  await write(alice, 'welcome & hello');
  assert.match(await veteran.find(/<MESSAGE [^>]*>[^<]*<\/MESSAGE>/), /welcome &amp; hello/);
  await veteran.send('<FRIEND user="veteran" type="add" friend="alice"/>', /<FRIEND type="add" result="1"\/>/);
  await alice.getByRole('button', { name: 'Accept veteran' }).click();
  await alice.getByText('You and veteran are friends now.').waitFor();
  const friends = await veteran.send('<FRIEND user="veteran" type="request"/>', /<FRIENDS>.*<\/FRIENDS>/);
  assert.equal(friends, '<FRIENDS><USER status="0">alice</USER></FRIENDS>');
  veteran.close();
});

test('a note to oneself stands there once', async () => {
  await openConversation(alice, 'alice');
  await write(alice, 'buy bread');
  await write(alice, 'buy bread');
  await write(alice, 'done');
  await awaitState(alice, 'done', TAKEN);
  await openConversation(bob, 'alice');
  await write(bob, 'after the notes');
  await row(alice, 'Bob').getByText('1 unread').waitFor();
  assert.deepEqual(await texts(alice), ['buy bread', 'buy bread', 'done']);
});

test('who reads further up is not pulled down, and can jump to the newest', async () => {
  const dave = await enter(stage.browser, stage.gateway.http, 'dave');
  await openConversation(dave, 'bob');
  for (let i = 1; i <= 40; i += 1) await write(dave, `line ${i}`);
  await awaitState(dave, 'line 40', TAKEN);
  await dave.getByRole('region', { name: /^Messages with/ }).hover();
  await dave.mouse.wheel(0, -5_000);
  await openConversation(bob, 'dave');
  await write(bob, 'the newest');
  await dave.getByRole('button', { name: '1 new' }).click();
  await message(dave, 'the newest').waitFor();
  await dave.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' });
});

test('the menu of a message keeps the focus; its button and the wheel close it', async () => {
  await openConversation(alice, 'Bob');
  await openConversation(bob, 'alice');
  for (let i = 1; i <= 20; i += 1) await write(alice, `number ${i}`);
  await awaitState(alice, 'number 20', 'Read');
  const menu = alice.getByRole('menu');
  const held = message(alice, 'number 20');
  const opener = held.getByRole('button', { name: 'What to do' });
  const open = async (): Promise<void> => {
    await held.hover();
    await opener.click();
    await menu.waitFor();
  };
  const top = async (target: Locator): Promise<number> => (await target.boundingBox())!.y;
  await open();
  await opener.click();
  await menu.waitFor({ state: 'detached' });
  await open();
  await menu.locator('xpath=following-sibling::p').click();
  assert.ok(await isFocused(menu.getByRole('menuitem').first()));
  await alice.evaluate(() => (document.activeElement as HTMLElement).blur());
  await alice.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await open();
  const distance = (await top(menu)) - (await top(opener));
  const before = await top(opener);
  await write(bob, 'one more');
  await message(alice, 'one more').waitFor();
  await alice.waitForFunction((y) => document.querySelector('.chosen')!.getBoundingClientRect().top < y, before - 20);
  await alice.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.ok(Math.abs((await top(menu)) - (await top(opener)) - distance) < 2, 'it goes with its message');
  await alice.mouse.wheel(0, -200);
  await menu.waitFor({ state: 'detached' });
});

test('a draft waits in its conversation', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'heidi');
  await makeAccount(stage.gateway.http, 'ivan');
  await openConversation(page, 'bob');
  const composer = page.getByRole('textbox', { name: /^Message to/ });
  await composer.fill('for bob');
  await openConversation(page, 'ivan');
  assert.equal(await composer.inputValue(), '');
  await openConversation(page, 'bob');
  assert.equal(await composer.inputValue(), 'for bob');
});
