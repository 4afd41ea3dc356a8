/** The settings: what is chosen for this browser, and the way through them with keyboard, screen reader and phone. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { findViolations } from '../helpers/browser.ts';
import { enter, isFocused, openSettings, openStage, openTab, type Stage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test('colours: chosen here, the same in another tab, kept over a reload, and no flash of the others', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'thea', { colorScheme: 'light' });
  const second = await openTab(page);
  const settings = await openSettings(page, 'Appearance');
  assert.equal(await background(page), 'rgb(237, 241, 239)');
  await settings.getByLabel('Dark').check();
  for (const tab of [page, second]) await awaitBackground(tab, 'rgb(14, 21, 19)');
  assert.equal(await page.locator('meta[name=theme-color]').first().getAttribute('content'), '#18211f');
  await second.close();
  const paints: string[] = [];
  await page.exposeFunction('notePaint', (colour: string) => void paints.push(colour));
  await page.addInitScript(() => {
    const note = (window as unknown as { notePaint(colour: string): void }).notePaint;
    new PerformanceObserver(() => note(getComputedStyle(document.documentElement).backgroundColor)).observe({
      type: 'paint',
      buffered: true,
    });
    requestAnimationFrame(function look() {
      if (document.body) note(getComputedStyle(document.documentElement).backgroundColor);
      if (document.readyState !== 'complete') requestAnimationFrame(look);
    });
  });
  await page.reload();
  await page.getByRole('heading', { name: 'People' }).waitFor();
  assert.deepEqual([...new Set(paints)], ['rgb(14, 21, 19)']);
  await (await openSettings(page, 'Appearance')).getByLabel('Like the system').check();
  await awaitBackground(page, 'rgb(237, 241, 239)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await awaitBackground(page, 'rgb(14, 21, 19)');
});

test('language: at once, in the settings too, from right to left, and kept', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'lea');
  const settings = await openSettings(page, 'Appearance');
  await settings.getByLabel('Deutsch').check();
  const german = page.getByRole('dialog', { name: 'Einstellungen' });
  await german.getByRole('heading', { name: 'Aussehen und Sprache' }).waitFor();
  await german.getByLabel('العربية').check();
  await page.getByRole('dialog', { name: 'الإعدادات' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
  assert.deepEqual(await findViolations(page), []);
  await page.reload();
  await page.getByRole('button', { name: 'القائمة', exact: true }).waitFor();
});

test('axe finds nothing in any section, light and dark, in both directions', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'axel');
  const settings = await openSettings(page);
  for (const section of ['Account', 'Devices', 'Notifications', 'Appearance', 'About']) {
    await settings.getByRole('navigation').getByRole('button', { name: section }).click();
    if (section === 'Devices') await settings.getByText('This browser').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const dir of ['ltr', 'rtl']) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate((wanted) => (document.documentElement.dir = wanted), dir);
        assert.deepEqual(await findViolations(page), [], `${section}, ${colorScheme}, ${dir}`);
      }
    }
  }
});

test('sound and notifications are switches that are kept', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'nora', { permissions: ['notifications'] });
  const settings = await openSettings(page, 'Notifications and sound');
  const [sound, notifications] = [
    settings.getByRole('switch', { name: 'Sound' }),
    settings.getByRole('switch', { name: 'Notifications' }),
  ];
  assert.equal(await sound.getAttribute('aria-checked'), 'true');
  await sound.click();
  await notifications.click();
  assert.deepEqual(await findViolations(page), []);
  await page.reload();
  await openSettings(page, 'Notifications and sound');
  assert.equal(await sound.getAttribute('aria-checked'), 'false');
  assert.equal(await notifications.getAttribute('aria-checked'), 'true');
});

test('with the keyboard alone: in, through the sections, to another password and out, the focus where it was', async () => {
  const page = await enter(stage.browser, stage.gateway.http, 'keyla');
  const menu = page.getByRole('button', { name: 'Menu', exact: true });
  await menu.focus();
  await page.keyboard.press('Enter');
  // The menu has the focus when it is there.
  await page.getByRole('menuitem', { name: 'Settings', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  await tabTo(page, settings.getByRole('button', { name: 'Account', exact: true }));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await settings.getByText('This browser').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const change = settings.getByRole('button', { name: 'Change the password' });
  await tabTo(page, change);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Change the password' });
  await dialog.waitFor();
  assert.equal(await isFocused(dialog.getByLabel('Current password')), true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await isFocused(change), true);
  await page.keyboard.press('Escape');
  await settings.waitFor({ state: 'detached' });
  assert.equal(await isFocused(menu), true);
});

test('on a phone: a page of its own, section by section, and back', async () => {
  const viewport = { width: 360, height: 740 };
  const page = await enter(stage.browser, stage.gateway.http, 'handy', { viewport });
  const settings = await openSettings(page);
  const box = await settings.boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, ...viewport });
  assert.equal(await settings.getByText('You are logged in as').isVisible(), false);
  await settings.getByRole('button', { name: 'Devices' }).click();
  await settings.getByText('This browser').waitFor();
  assert.equal(await isFocused(settings.getByRole('heading', { name: 'Devices' })), true);
  assert.deepEqual(await findViolations(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await isFocused(settings.getByRole('button', { name: 'Devices' })), true);
  await settings.getByRole('button', { name: 'Account', exact: true }).click();
  await settings.getByRole('button', { name: 'Back to the sections' }).click();
  await settings.getByRole('button', { name: 'Close' }).click();
  await settings.waitFor({ state: 'detached' });
});

async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let tries = 0; tries < 30; tries += 1) {
    if (await isFocused(element)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('Tab does not lead there');
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}

async function awaitBackground(page: Page, colour: string): Promise<void> {
  await page.waitForFunction((wanted) => getComputedStyle(document.documentElement).backgroundColor === wanted, colour);
}
