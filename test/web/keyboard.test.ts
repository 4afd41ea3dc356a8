/** Everything with the keyboard alone: no step of these tests presses, points or fills by any other way. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findViolations } from '../helpers/browser.ts';
import { awaitFocus, button, composer, escapeId, switchTo, tabTo, type } from './keyboard-stage.ts';
import { awaitState, enter, makeAccount, message, openStage, row, type Stage } from './stage.ts';

const TWO_WORDS = 'correct horse battery staple';

let stage: Stage;
let alice: Page;
let bob: Page;
before(async () => {
  stage = await openStage();
  bob = await enter(stage.browser, stage.gateway.http, 'bob');
});
after(() => stage.close());

test('sign up, and log in', async () => {
  alice = await stage.browser.open(stage.gateway.http);
  await tabTo(alice, button(alice, 'Make an account'));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('User name'));
  await type(alice, 'alice', 'Tab');
  await type(alice, TWO_WORDS, 'Enter');
  await alice.getByRole('heading', { name: 'People' }).waitFor();
  await tabTo(alice, button(alice, 'Menu'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await tabTo(alice, alice.getByRole('menuitem', { name: 'Log out' }));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('User name'));
  await type(alice, 'alice', 'Tab');
  await type(alice, TWO_WORDS, 'Enter');
  await alice.getByRole('heading', { name: 'People' }).waitFor();
});

test('invite, and accept', async () => {
  await tabTo(alice, button(alice, 'Add a friend').first());
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('User name'));
  await type(alice, 'bob', 'Enter');
  await alice.getByText('Invitation sent').waitFor();
  await alice.keyboard.press('Escape');
  await awaitFocus(button(alice, 'Add a friend').first());
  await tabTo(bob, button(bob, 'Accept alice'));
  await bob.keyboard.press('Enter');
  await row(bob, 'alice').waitFor();
  await row(alice, 'bob').waitFor();
  // What had the focus is gone.
  assert.notEqual(await bob.evaluate(() => document.activeElement?.tagName), 'BODY');
});

test('write, and read', async () => {
  await tabTo(alice, row(alice, 'bob'));
  await alice.keyboard.press('Enter');
  await awaitFocus(composer(alice));
  await type(alice, 'first', 'Enter');
  await type(alice, 'second', 'Shift+Enter');
  await type(alice, 'line', 'Enter');
  await row(bob, 'alice').getByText('2 unread').waitFor();
  await tabTo(bob, row(bob, 'alice'));
  await bob.keyboard.press('Enter');
  await message(bob, 'second').waitFor();
  await awaitState(alice, 'second', 'Read');
});

test('through the messages: up from the empty field, to the menu of one, and back', async () => {
  await awaitFocus(composer(bob));
  await bob.keyboard.press('ArrowUp');
  await awaitFocus(message(bob, 'second').locator('[data-key]'));
  await bob.keyboard.press('ArrowUp');
  await awaitFocus(message(bob, 'first').locator('[data-key]'));
  await bob.keyboard.press('Enter');
  await awaitFocus(bob.getByRole('menuitem', { name: 'Copy text' }));
  // One step each: the menu, the messages.
  await bob.keyboard.press('Escape');
  await awaitFocus(message(bob, 'first').locator('[data-key]'));
  await bob.keyboard.press('Shift+F10');
  await awaitFocus(bob.getByRole('menuitem', { name: 'Copy text' }));
  await bob.keyboard.press('Escape');
  await awaitFocus(message(bob, 'first').locator('[data-key]'));
  await bob.keyboard.press('Escape');
  await awaitFocus(composer(bob));
});

test('Escape goes from the field to the list and loses no draft; arrows lead through the list', async () => {
  for (const name of ['carol', 'dave', 'erin.smith']) {
    await makeAccount(stage.gateway.http, name);
    await switchTo(bob, name);
    await awaitFocus(composer(bob));
    await type(bob, `hello ${name}`, 'Enter');
    await row(bob, name).waitFor();
  }
  await type(bob, 'half a sent', 'Escape');
  await awaitFocus(row(bob, 'erin.smith'));
  await bob.keyboard.press('ArrowDown');
  await awaitFocus(row(bob, 'dave'));
  await bob.keyboard.press('End');
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('ArrowDown');
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('Home');
  await awaitFocus(row(bob, 'erin.smith'));
  const stops = await bob.locator('.people nav a[tabindex="0"]').count();
  assert.equal(stops, 1, 'one row is a stop for Tab');
  await bob.keyboard.press('c');
  await awaitFocus(composer(bob));
  assert.equal(await composer(bob).inputValue(), 'half a sent');
  await bob.keyboard.press('ControlOrMeta+a');
  await bob.keyboard.press('Backspace');
});

test('the switcher: recent first, by letters, with arrows', async () => {
  await bob.keyboard.press('ControlOrMeta+k');
  const field = bob.getByRole('combobox', { name: 'Name of a person' });
  const options = bob.getByRole('dialog').getByRole('option');
  await awaitFocus(field);
  // Whom one is with comes last.
  assert.match((await options.allInnerTexts()).join(' '), /dave[^]*carol[^]*alice[^]*erin\.smith/);
  assert.deepEqual(await findViolations(bob), []);
  await type(bob, 'smi');
  await options.filter({ hasText: 'erin.smith' }).waitFor();
  assert.equal(await options.count(), 2, 'and whoever has that name');
  await bob.keyboard.press('ArrowDown');
  assert.match(await options.and(bob.locator('[aria-selected=true]')).innerText(), /Write to smi/);
  await bob.keyboard.press('ArrowUp');
  const active = await field.getAttribute('aria-activedescendant');
  assert.equal(await options.first().getAttribute('id'), active);
  await bob.keyboard.press('Escape');
  await awaitFocus(composer(bob));
  await field.waitFor({ state: 'detached' });
  await switchTo(bob, 'crl');
  await bob.getByRole('heading', { name: 'carol' }).waitFor();
  await awaitFocus(composer(bob));
  // The same keys close it.
  await bob.keyboard.press('ControlOrMeta+k');
  await awaitFocus(field);
  await bob.keyboard.press('ControlOrMeta+k');
  await awaitFocus(composer(bob));
});

test('from one conversation to the next, and to the next unread', async () => {
  await bob.keyboard.press('Alt+ArrowDown');
  await bob.getByRole('heading', { name: 'alice' }).waitFor();
  await bob.keyboard.press('Alt+ArrowUp');
  await bob.getByRole('heading', { name: 'carol' }).waitFor();
  await awaitFocus(composer(bob));
  await type(alice, 'are you there?', 'Enter');
  await row(bob, 'alice').getByText('1 unread').waitFor();
  await bob.keyboard.press('Alt+Shift+ArrowDown');
  await bob.getByRole('heading', { name: 'alice' }).waitFor();
  await message(bob, 'are you there?').waitFor();
  await row(bob, 'alice').getByText('unread').waitFor({ state: 'detached' });
});

test('to the newest, from the field and from the messages', async () => {
  for (let index = 1; index <= 30; index += 1) await type(alice, `line ${index}`, 'Enter');
  await message(bob, 'line 30').waitFor();
  const isAtEnd = (): Promise<boolean> =>
    bob
      .locator('[data-messages]')
      .evaluate(({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - scrollTop - clientHeight < 48);
  const leave = async (): Promise<void> => {
    await awaitFocus(composer(bob));
    await bob.keyboard.press('ArrowUp');
    await awaitFocus(message(bob, 'line 30').locator('[data-key]'));
    for (let index = 0; index < 25; index += 1) await bob.keyboard.press('ArrowUp');
    await button(bob, 'Newest').waitFor();
  };
  await leave();
  await bob.keyboard.press('End');
  await button(bob, 'Newest').waitFor({ state: 'detached' });
  assert.equal(await isAtEnd(), true);
  await bob.keyboard.press('Escape');
  await leave();
  await bob.keyboard.press('c');
  await awaitFocus(composer(bob));
  await bob.keyboard.press('Alt+End');
  await button(bob, 'Newest').waitFor({ state: 'detached' });
  assert.equal(await isAtEnd(), true);
  await awaitFocus(composer(bob));
});

test('letters alone are keys where one does not type, until they are turned off; all are in the help sheet', async () => {
  await type(bob, 'cs?/', 'Backspace');
  assert.equal(await composer(bob).inputValue(), 'cs?');
  for (let index = 0; index < 3; index += 1) await bob.keyboard.press('Backspace');
  await bob.keyboard.press('Escape');
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('?');
  const sheet = bob.getByRole('dialog', { name: 'Keys' });
  await sheet.getByText('Switch to a person').waitFor();
  assert.deepEqual(await findViolations(bob), []);
  const lone = sheet.getByRole('switch', { name: 'Single letters as keys' });
  await tabTo(bob, lone);
  await bob.keyboard.press('Space');
  await bob.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('c');
  await bob.keyboard.press('?');
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('ControlOrMeta+/');
  await sheet.waitFor();
  await tabTo(bob, lone);
  await bob.keyboard.press('Space');
  await bob.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
});

test('status', async () => {
  await awaitFocus(row(bob, 'alice'));
  await bob.keyboard.press('s');
  await awaitFocus(bob.getByLabel('Your status'));
  await bob.keyboard.type('Busy');
  await bob.getByText('Your status is Busy.').waitFor();
  await alice.getByText(/Busy/).first().waitFor({ state: 'attached' });
});

test('search: in everything, and in one conversation', async () => {
  await bob.keyboard.press('ControlOrMeta+Shift+f');
  await awaitFocus(bob.locator('[data-search]'));
  await bob.keyboard.type('second');
  await bob.getByRole('option').filter({ hasText: 'second' }).waitFor();
  await bob.keyboard.press('ArrowDown');
  await bob.keyboard.press('Enter');
  await awaitFocus(bob.locator('[data-key]').filter({ hasText: 'second' }));
  await bob.keyboard.press('ControlOrMeta+Shift+f');
  await bob.keyboard.press('Escape');
  await row(bob, 'alice').waitFor();

  await tabTo(bob, button(bob, 'Search this conversation'));
  await bob.keyboard.press('Enter');
  await awaitFocus(bob.getByRole('textbox', { name: 'Search in the conversation with alice' }));
  await type(bob, 'first', 'Enter');
  await bob.getByText('1 of 1', { exact: true }).waitFor();
  await bob.keyboard.press('Escape');
  await awaitFocus(button(bob, 'Search this conversation'));
});

test('skip links are the first stops', async () => {
  await bob.reload();
  await bob.getByRole('heading', { name: 'alice' }).waitFor();
  await tabTo(bob, button(bob, 'Skip to the list'), 'Shift+Tab');
  assert.equal(await button(bob, 'Skip to the list').evaluate((it) => it.getBoundingClientRect().height >= 44), true);
  await bob.keyboard.press('Enter');
  await awaitFocus(row(bob, 'alice'));
  await tabTo(bob, button(bob, 'Skip to the messages'), 'Shift+Tab');
  await bob.keyboard.press('Enter');
  await awaitFocus(bob.locator('[data-messages]'));
  await tabTo(bob, button(bob, 'Skip to the place to write'), 'Shift+Tab');
  await bob.keyboard.press('Enter');
  await awaitFocus(composer(bob));
});

test('a list that is put in another order takes the focus from nobody', async () => {
  await bob.keyboard.press('Escape');
  await bob.keyboard.press('End');
  const last = await bob.evaluate(() => document.activeElement?.id);
  await switchTo(alice, 'bob');
  await awaitFocus(composer(alice));
  // The row that has the focus is not the one that moves, and then it is.
  await type(alice, 'up', 'Enter');
  await message(bob, 'up').waitFor();
  assert.equal(await bob.evaluate(() => document.activeElement?.id), last);
  await bob.evaluate(() => {
    const item = document.activeElement!.closest('li')!;
    item.parentElement!.prepend(item);
  });
  await bob.locator(`#${escapeId(last!)}:focus`).waitFor();
  await bob.evaluate(() => document.activeElement!.closest('li')!.remove());
  await bob.waitForFunction(() => document.activeElement?.id.startsWith('person-'));
});

test('settings, with the way to the keys; and log out', async () => {
  await tabTo(alice, button(alice, 'Menu'), 'Shift+Tab');
  await alice.keyboard.press('Enter');
  await tabTo(alice, alice.getByRole('menuitem', { name: 'Settings' }));
  await alice.keyboard.press('Enter');
  const settings = alice.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  await tabTo(alice, settings.getByRole('button', { name: 'Keyboard' }));
  await alice.keyboard.press('Enter');
  await tabTo(alice, button(alice, 'Show all keys'));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByRole('dialog', { name: 'Keys' }).getByRole('button', { name: 'Close' }));
  await alice.keyboard.press('Escape');
  await awaitFocus(button(alice, 'Show all keys'));
  await alice.keyboard.press('Escape');
  await awaitFocus(button(alice, 'Menu'));
  await alice.keyboard.press('Enter');
  await tabTo(alice, alice.getByRole('menuitem', { name: 'Log out' }));
  await alice.keyboard.press('Enter');
  await awaitFocus(alice.getByLabel('User name'));
});
