/** Fingers: the way back by a swipe, and what is held has a menu. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CDPSession, Locator, Page } from 'playwright-core';
import {
  awaitState,
  enter,
  makeAccount,
  message,
  openConversation,
  openStage,
  row,
  speak,
  TAKEN,
  write,
  type Stage,
} from './stage.ts';

const WIDTH = 360;
const PHONE = { viewport: { width: WIDTH, height: 740 }, hasTouch: true, isMobile: true };
/** Longer than a finger has to hold something, in milliseconds. */
const HELD = 900;

let stage: Stage;
let alice: Page;
let touch: CDPSession;
before(async () => {
  stage = await openStage();
  alice = await enter(stage.browser, stage.gateway.http, 'alice', PHONE);
  await makeAccount(stage.gateway.http, 'bob');
  await openConversation(alice, 'bob');
  await write(alice, 'a few words to hold');
  await awaitState(alice, 'a few words', TAKEN);
  touch = await alice.context().newCDPSession(alice);
});
after(() => stage.close());

type Point = readonly [x: number, y: number];

type Kind = 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel';

/** When the finger does what it does next, in seconds: as the test has it, however slow the machine is. */
let clock = 0;

async function put(type: Kind, ...points: Point[]): Promise<void> {
  const touchPoints = points.map(([x, y]) => ({ x, y }));
  await touch.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp: clock });
}

/** A finger goes there in a few steps; `pause`: milliseconds between them. */
async function draw([fromX, fromY]: Point, [toX, toY]: Point, pause = 16): Promise<void> {
  const steps = 8;
  clock = Date.now() / 1_000;
  await put('touchStart', [fromX, fromY]);
  for (let step = 1; step <= steps; step += 1) {
    clock += pause / 1_000;
    await put('touchMove', [fromX + ((toX - fromX) * step) / steps, fromY + ((toY - fromY) * step) / steps]);
  }
}

/** The finger rests where it is. */
function rest(): void {
  clock += 0.3;
}

/** A finger holds it; the answer lets go. */
async function hold(target: Locator): Promise<() => Promise<void>> {
  clock = Date.now() / 1_000;
  await put('touchStart', await centre(target));
  await alice.waitForTimeout(HELD);
  clock = Date.now() / 1_000;
  return () => put('touchEnd');
}

async function open(): Promise<void> {
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
}

function leftOf(page: Page): Promise<number> {
  return page.locator('.conversation').evaluate((pane) => Math.round(pane.getBoundingClientRect().left));
}

async function centre(target: Locator): Promise<Point> {
  const { x, y, width, height } = (await target.boundingBox())!;
  return [x + width / 2, y + height / 2];
}

async function awaitPlace(left: number): Promise<void> {
  await alice.waitForFunction(
    (wanted) => Math.round(document.querySelector('.conversation')!.getBoundingClientRect().left) === wanted,
    left,
  );
}

test('the conversation follows the finger, with the list below it, and goes where it is let go', async () => {
  await draw([60, 300], [300, 310]);
  const left = await leftOf(alice);
  assert.ok(left > 200 && left <= 240, `it is at ${left}`);
  assert.equal(await row(alice, 'bob').isVisible(), true);
  await put('touchEnd');
  await row(alice, 'bob').waitFor();
  await alice.getByRole('heading', { name: 'bob' }).waitFor({ state: 'hidden' });
  assert.equal(await alice.evaluate(() => document.activeElement?.id), 'person-bob');
  // Nothing of it is left behind.
  assert.equal(await alice.locator('main[data-swipe]').count(), 0);
  await open();
  assert.equal(await leftOf(alice), 0);
});

test('let go half-way, or taken back, it stays', async () => {
  await draw([60, 300], [160, 300]);
  rest();
  await put('touchEnd');
  await awaitPlace(0);
  await draw([60, 300], [340, 300]);
  await put('touchMove', [120, 300]);
  rest();
  await put('touchMove', [80, 300]);
  await put('touchEnd');
  await awaitPlace(0);
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
  assert.equal(await row(alice, 'bob').isVisible(), false);
});

test('a short quick one is enough; one up, down or the other way is none', async () => {
  await draw([200, 200], [210, 420]);
  assert.equal(await leftOf(alice), 0);
  await put('touchEnd');
  await draw([300, 300], [60, 300]);
  assert.equal(await leftOf(alice), 0);
  await put('touchEnd');
  await draw([40, 300], [150, 300], 4);
  await put('touchEnd');
  await alice.getByRole('heading', { name: 'bob' }).waitFor({ state: 'hidden' });
  await open();
});

test('what scrolls aside itself does that, and a field moves its cursor', async () => {
  const text = message(alice, 'a few words').locator('.text');
  await text.evaluate((it: HTMLElement) => {
    it.style.cssText = 'display: block; width: 5rem; overflow-x: auto; white-space: pre';
  });
  // It waits until it stands still.
  await text.scrollIntoViewIfNeeded();
  const [x, y] = await centre(text);
  await draw([x - 20, y], [x + 100, y]);
  assert.equal(await leftOf(alice), 0);
  await put('touchEnd');
  await text.evaluate((it: HTMLElement) => (it.style.cssText = ''));
  const [fieldX, fieldY] = await centre(alice.getByRole('textbox', { name: /^Message to/ }));
  await draw([fieldX - 60, fieldY], [fieldX + 100, fieldY]);
  assert.equal(await leftOf(alice), 0);
  await put('touchEnd');
});

test('a second finger, or a call that comes, takes it back', async () => {
  await draw([60, 300], [300, 300]);
  await put('touchCancel');
  await awaitPlace(0);
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
});

test('where text runs from right to left, so does the way back', async () => {
  await speak(alice, 'ar');
  await draw([40, 300], [320, 300]);
  assert.equal(await leftOf(alice), 0);
  await put('touchEnd');
  await draw([320, 300], [60, 300]);
  assert.ok((await leftOf(alice)) < -200);
  await put('touchEnd');
  await alice.locator('#person-bob').waitFor();
  await speak(alice, 'en');
  await open();
});

test('a wide page has nothing to go back to', async () => {
  await alice.setViewportSize({ width: 1024, height: 740 });
  await draw([500, 300], [800, 300]);
  assert.equal(await leftOf(alice), Math.round((await alice.locator('.people').boundingBox())!.width));
  await put('touchEnd');
  await alice.setViewportSize(PHONE.viewport);
});

test('a message that is held has its menu, and its text is not marked; the way back closes it', async () => {
  const bubble = message(alice, 'a few words').locator('[data-key]');
  const letGo = await hold(bubble);
  await alice.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  await letGo();
  assert.equal(await alice.getByRole('menuitem', { name: 'Copy text' }).isVisible(), true);
  assert.equal(await alice.evaluate(() => String(getSelection())), '');
  await alice.goBack();
  await alice.getByRole('menuitem', { name: 'Copy text' }).waitFor({ state: 'detached' });
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
});

test('a row that is held asks for its menu once, and does not open', async () => {
  await alice.goBack();
  await row(alice, 'bob').waitFor();
  await alice.evaluate(() => {
    document.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      document.body.dataset['asked'] = String(Number(document.body.dataset['asked'] ?? 0) + 1);
    });
  });
  const letGo = await hold(row(alice, 'bob'));
  await letGo();
  await alice.waitForTimeout(100);
  assert.equal(await alice.locator('body').getAttribute('data-asked'), '1');
  assert.equal(await row(alice, 'bob').isVisible(), true);
  assert.equal(await alice.evaluate(() => String(getSelection())), '');
  await row(alice, 'bob').tap();
  await alice.getByRole('heading', { name: 'bob' }).waitFor();
});

test('to pull at the page does not load it again, and no tap waits for a second one', async () => {
  const styles = await alice.evaluate(() => {
    const { overscrollBehaviorY, touchAction } = getComputedStyle(document.documentElement);
    return [overscrollBehaviorY, touchAction];
  });
  assert.deepEqual(styles, ['none', 'manipulation']);
});
