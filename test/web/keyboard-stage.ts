/** What the tests with the keyboard alone share: where the focus is, and what is pressed. */

import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { isFocused } from './stage.ts';

/** Tab until the focus is there. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await target.count()) > 0 && (await isFocused(target.first()))) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} does not lead to ${String(target)}`);
}

export async function awaitFocus(target: Locator): Promise<void> {
  await target.and(target.page().locator(':focus')).waitFor({ state: 'attached' });
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Message to/ });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole('button', { name, exact: true });
}

export async function type(page: Page, text: string, ...keys: readonly string[]): Promise<void> {
  await page.keyboard.type(text);
  for (const key of keys) await page.keyboard.press(key);
}

/** From one conversation to another, by name. */
export async function switchTo(page: Page, letters: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await awaitFocus(page.getByRole('combobox', { name: 'Name of a person' }));
  await type(page, letters, 'Enter');
}

export function escapeId(id: string): string {
  return id.replace(/[^\w-]/g, '\\$&');
}
