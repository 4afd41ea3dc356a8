/** The page on a phone and by keyboard: one view at a time, Back leads to the list, the focus follows. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  awaitState,
  befriend,
  enter,
  message,
  openSettings,
  openStage,
  row,
  speak,
  TAKEN,
  write,
  type Stage,
} from './stage.ts';

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

/** What the way back has led to. */
function address(page: Page): string {
  return new URL(page.url()).hash;
}

test('the way back closes what lies over the page, one by one, and leaves the page where it was', async () => {
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.getByRole('button', { name: 'More about bob' }).tap();
  await alice.getByRole('menuitem', { name: 'Block bob' }).tap();
  const question = alice.getByRole('dialog', { name: 'Block bob?' });
  await question.waitFor();
  await alice.goBack();
  await question.waitFor({ state: 'detached' });
  assert.equal(address(alice), '#/bob');
  await alice.goBack();
  await row(alice, 'bob').waitFor();
  const settings = await openSettings(alice, 'Appearance');
  await alice.getByRole('button', { name: 'Back to the sections' }).waitFor();
  await alice.goBack();
  await alice.getByRole('button', { name: 'Back to the sections' }).waitFor({ state: 'detached' });
  assert.equal(await settings.isVisible(), true);
  await alice.goBack();
  await settings.waitFor({ state: 'detached' });
  await row(alice, 'bob').waitFor();
});

test('what was closed by other means is no step of the way back', async () => {
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  for (let times = 0; times < 3; times += 1) {
    await alice.getByRole('button', { name: 'More about bob' }).tap();
    await alice.getByRole('menuitem', { name: 'Block bob' }).tap();
    const question = alice.getByRole('dialog', { name: 'Block bob?' });
    await question.getByRole('button', { name: 'Cancel' }).tap();
    await question.waitFor({ state: 'detached' });
  }
  await alice.waitForFunction(() => (history.state as { layers?: number } | null)?.layers === undefined);
  await alice.goBack();
  await row(alice, 'bob').waitFor();
  await alice.goForward();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.getByRole('button', { name: 'Back to the list' }).tap();
  await row(alice, 'bob').waitFor();
});

test('what was open when the page was loaded again is no step of the way back', async () => {
  await row(alice, 'bob').tap();
  await alice.getByRole('button', { name: 'More about bob' }).tap();
  await alice.getByRole('menuitem', { name: 'Block bob' }).tap();
  await alice.getByRole('dialog', { name: 'Block bob?' }).waitFor();
  await alice.reload();
  await alice.waitForFunction(() => (history.state as { layers?: number } | null)?.layers === undefined);
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.goBack();
  await row(alice, 'bob').waitFor();
});

test('from a dialog into a conversation: the list is one step back', async () => {
  await alice.getByRole('button', { name: 'Add a friend' }).first().tap();
  await alice.getByLabel('User name').fill('bob');
  await alice.getByRole('button', { name: 'Write' }).tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.goBack();
  await row(alice, 'bob').waitFor();
});

test('a page that opens at a conversation has the list before it', async () => {
  await alice.goto('about:blank');
  await alice.goto(`${stage.gateway.http}/#/bob`);
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.goBack();
  await row(alice, 'bob').waitFor();
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.reload();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  await alice.getByRole('button', { name: 'Back to the list' }).tap();
  await row(alice, 'bob').waitFor();
});

test('the keyboard on the screen does not cover the place to write, nor the newest message', async () => {
  await row(alice, 'bob').tap();
  for (let index = 1; index <= 20; index += 1) await write(alice, `line ${index}`);
  const composer = alice.getByRole('textbox', { name: /^Message to/ });
  const check = async (height: number): Promise<void> => {
    await alice.waitForFunction(
      (most) => (document.querySelector('form')?.getBoundingClientRect().bottom ?? Infinity) <= most,
      height,
    );
    const [newest, field] = await Promise.all([message(alice, 'line 20').boundingBox(), composer.boundingBox()]);
    assert.ok(newest!.y >= 0 && newest!.y + newest!.height <= field!.y, 'the newest message is in view');
  };
  await composer.tap();
  // A browser that makes the page lower …
  await alice.setViewportSize({ width: 360, height: 400 });
  await check(400);
  await alice.setViewportSize(PHONE.viewport);
  await check(740);
  // … and one that lays it over the page.
  const cover = (height: number): Promise<void> =>
    alice.evaluate((visible) => {
      Object.defineProperty(visualViewport!, 'height', { configurable: true, get: () => visible });
      visualViewport!.dispatchEvent(new Event('resize'));
    }, height);
  await cover(420);
  await check(420);
  await cover(740);
  await check(740);
  await alice.goBack();
});

test('nothing is under a camera or the edge of the screen', async () => {
  const session = await alice.context().newCDPSession(alice);
  await session.send('Emulation.setSafeAreaInsetsOverride' as never, { insets: { top: 40, bottom: 30 } } as never);
  const edges = (): Promise<{ top: number; bottom: number }> =>
    alice.evaluate(() => {
      const controls = [...document.querySelectorAll('main button, main textarea')].filter((it) =>
        it.checkVisibility(),
      );
      const boxes = controls.map((it) => it.getBoundingClientRect()).filter(({ bottom }) => bottom > 0);
      return {
        top: Math.min(...boxes.map(({ top }) => top)),
        bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
      };
    });
  await row(alice, 'bob').waitFor();
  assert.ok((await edges()).top >= 40);
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  const { top, bottom } = await edges();
  assert.ok(top >= 40, `${top}`);
  assert.ok(bottom <= 740 - 30, `${bottom}`);
  await session.send('Emulation.setSafeAreaInsetsOverride' as never, { insets: {} } as never);
  await session.detach();
  await alice.goBack();
  await row(alice, 'bob').waitFor();
});

/** What one sees of the pane is within the window, and no name is without room. */
async function checkLarge(page: Page): Promise<void> {
  const { beyond, names } = await page.evaluate(() => {
    const seen = [...document.querySelectorAll<HTMLElement>('header *, nav *, [role=menu]')].filter(
      (it) => it.checkVisibility() && it.closest('.hidden') === null,
    );
    const isBeyond = (it: HTMLElement): boolean => {
      const { left, right } = it.getBoundingClientRect();
      // The end of a name that is too long is not seen.
      return it.closest('bdi') === null && (left < 0 || right > innerWidth);
    };
    return {
      beyond: seen.filter(isBeyond).map((it) => it.outerHTML),
      names: seen.filter((it) => it.querySelector(':scope > bdi') !== null).map((it) => it.offsetWidth),
    };
  });
  assert.deepEqual(beyond, []);
  assert.ok(names.length > 0 && names.every((width) => width >= 90), `${names}`);
}

test('a text twice as large: nothing is beyond the window or under something else, and names can be read', async () => {
  for (const language of ['en', 'ar']) {
    await speak(alice, language);
    await alice.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await checkLarge(alice);
    const [status, menu] = await Promise.all(
      ['.people header select', '.people header button'].map((it) => alice.locator(it).first().boundingBox()),
    );
    const isApart = status!.y + status!.height <= menu!.y || status!.x + status!.width <= menu!.x;
    assert.ok(isApart || menu!.x + menu!.width <= status!.x, 'the choice of the status is not under the menu');
    await alice.evaluate(() => (location.hash = '/bob'));
    await alice.locator('.conversation header').getByText('bob').waitFor();
    await checkLarge(alice);
    await alice.locator('.conversation header button').last().tap();
    await alice.getByRole('menu').waitFor();
    await checkLarge(alice);
    await alice.goBack();
    await alice.getByRole('menu').waitFor({ state: 'detached' });
    await alice.goBack();
  }
  await speak(alice, 'en');
  await alice.evaluate(() => (document.documentElement.style.fontSize = ''));
  await row(alice, 'bob').waitFor();
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
