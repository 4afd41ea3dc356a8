/** What the tests of many tabs share: tabs of one user, someone who writes with them, and the judgement of what they show. */

import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { GATEWAY_AWAY } from '../helpers/browser.ts';
import { layCable, type Cable } from './loose-cable.ts';
import { enter, message, openConversation, openStage, openTab, texts, write, type Stage } from './stage.ts';

/** So high that all of a conversation is drawn. */
const HIGH = { viewport: { width: 900, height: 4_000 } };

export interface TabStage {
  readonly stage: Stage;
  /** To the gateway, for all but Bob. */
  readonly cable: Cable;
  readonly bob: Page;
  /** So many tabs of a new user, each in the conversation with Bob, and Bob in the one with that user. The first one leads. */
  openTabs(count: number): Promise<{ user: string; tabs: [Page, ...Page[]] }>;
  /** Closes what {@link openTabs} opened, and mends the cable. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

export async function openTabStage(): Promise<TabStage> {
  const stage = await openStage();
  stage.browser.expectProblem(GATEWAY_AWAY);
  const cable = await layCable(stage.gateway.http);
  const bob = await enter(stage.browser, stage.gateway.http, 'bob', HIGH);
  const pages: Page[] = [];
  let users = 0;
  return {
    stage,
    cable,
    bob,
    async openTabs(count) {
      users += 1;
      const user = `alice${users}`;
      const first = await enter(stage.browser, cable.address, user, HIGH);
      pages.push(first);
      await openConversation(first, 'bob');
      const tabs: [Page, ...Page[]] = [first];
      while (tabs.length < count) tabs.push(await openTab(first));
      for (const tab of tabs) await composerOf(tab).waitFor();
      await openConversation(bob, user);
      return { user, tabs };
    },
    async tidy() {
      cable.mend();
      for (const page of pages.splice(0)) await page.context().close();
    },
    async close() {
      await cable.close();
      await stage.close();
    },
  };
}

export function composerOf(page: Page): ReturnType<Page['getByRole']> {
  return page.getByRole('textbox', { name: /^Message to/ });
}

/** Until the page shows these texts, no other, in this order. */
export async function awaitTexts(page: Page, expected: readonly string[]): Promise<void> {
  const last = expected.at(-1);
  if (last !== undefined) await message(page, last).first().waitFor({ timeout: 15_000 });
  for (let tries = 0; tries < 50; tries += 1) {
    if (JSON.stringify(await texts(page)) === JSON.stringify(expected)) return;
    await page.waitForTimeout(100);
  }
  assert.deepEqual(await texts(page), expected);
}

/** Each writer's in the order of writing, and all of them. */
export function judge(shown: readonly string[], written: readonly (readonly string[])[]): void {
  assert.deepEqual([...shown].sort(), written.flat().sort());
  for (const lines of written) {
    assert.deepEqual(
      shown.filter((text) => lines.includes(text)),
      lines,
    );
  }
}

export function lines(of: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${of} ${i + 1}.`);
}

export async function writeAll(page: Page, all: readonly string[], pause = 50): Promise<void> {
  for (const line of all) {
    await write(page, line);
    await page.waitForTimeout(pause);
  }
}

/** A page that hangs from now on, in the middle of everything. */
export async function hang(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  // It stops before the next line of script: a timer will come to one.
  void page.evaluate(() => setTimeout(() => {}, 0)).catch(() => {});
  return session;
}

/**
 * A page that the browser puts aside: it is told, and from then on nothing of it runs, until what is answered is called. A
 * browser without windows takes no notice of `Page.setWebLifecycleState`.
 */
export async function freeze(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => document.dispatchEvent(new Event('freeze')));
  const session = await hang(page);
  return async () => {
    await session.send('Debugger.resume').catch(() => {});
    await session.send('Debugger.disable');
    await session.detach();
    await page.evaluate(() => document.dispatchEvent(new Event('resume')));
  };
}
