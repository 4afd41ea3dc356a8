/** Many tabs of one browser: one connection, one truth, whichever of them closes, hangs or sleeps. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { awaitState, look, message, TAKEN, texts, write } from './stage.ts';
import { awaitTexts, freeze, hang, judge, lines, openTabStage, writeAll, type TabStage } from './tab-stage.ts';

let play: TabStage;
before(async () => {
  play = await openTabStage();
});
afterEach(() => play.tidy());
after(() => play.close());

test('tabs of one browser are one device with one connection, and show the same', async () => {
  const { user, tabs } = await play.openTabs(3);
  // A stranger would not be told that anything was read.
  await write(play.bob, 'write to me');
  for (const tab of tabs) await message(tab, 'write to me').waitFor();
  await write(tabs[1]!, 'from the second');
  await write(tabs[2]!, 'from the third');
  await write(tabs[0], 'from the first');
  const all = ['write to me', 'from the second', 'from the third', 'from the first'];
  for (const page of [...tabs, play.bob]) await awaitTexts(page, all);
  for (const tab of tabs) await awaitState(tab, 'from the first', 'Read');
  assert.equal((await play.stage.gateway.store.listSessions(user)).length, 1);
});

test('nobody sees that the leading tab went: no blink of the others', async () => {
  const { tabs } = await play.openTabs(3);
  const [leader, second, third] = tabs as [Page, Page, Page];
  for (const page of [second, third]) {
    await page.evaluate(() => {
      const select = document.querySelector('select')!;
      new MutationObserver(() => (document.body.dataset['gap'] ??= String(select.disabled))).observe(select, {
        attributeFilter: ['disabled'],
      });
    });
  }
  await leader.close();
  await write(second, 'after it went');
  await awaitState(second, 'after it went', TAKEN);
  await awaitState(third, 'after it went', TAKEN);
  for (const page of [second, third]) assert.equal(await page.evaluate(() => document.body.dataset['gap']), undefined);
});

test('a leading tab that hangs is relieved, and does no harm when it comes to itself', async () => {
  const { user, tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  await write(leader, 'before');
  await awaitTexts(second, ['before']);
  const session = await hang(leader);
  const written = [lines('second', 8), lines('bob', 8)] as const;
  await Promise.all([writeAll(second, written[0]), writeAll(play.bob, written[1])]);
  await message(second, 'bob 8.').waitFor({ timeout: 15_000 });
  await awaitState(second, 'second 8.', TAKEN);
  await session.send('Debugger.resume').catch(() => {});
  await session.send('Debugger.disable');
  await session.detach();
  await write(leader, 'awake');
  await message(play.bob, 'awake').waitFor({ timeout: 15_000 });
  const shown = await texts(play.bob);
  judge(shown, [['before'], ...written, ['awake']]);
  for (const tab of tabs) await awaitTexts(tab, shown);
  await second.waitForTimeout(1_000);
  assert.equal((await play.stage.gateway.store.listSessions(user)).length, 1);
  for (const tab of tabs) assert.equal(await tab.getByText('Not connected.').count(), 0);
});

test('a leading tab that the browser freezes hands over, and comes back as one of the others', async () => {
  const { tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  const wake = await freeze(leader);
  await writeAll(second, ['one', 'two']);
  await awaitTexts(play.bob, ['one', 'two']);
  await write(play.bob, 'three');
  await awaitTexts(second, ['one', 'two', 'three']);
  await wake();
  await awaitTexts(leader, ['one', 'two', 'three']);
  await write(leader, 'four');
  for (const page of [leader, second, play.bob]) await awaitTexts(page, ['one', 'two', 'three', 'four']);
});

test('what the leading tab had shown and not kept stays on the other screens when it goes', async () => {
  const { user, tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  await write(play.bob, 'kept');
  await awaitTexts(second, ['kept']);
  // It keeps nothing any more, and does not know it yet.
  await leader.evaluate(async (name) => {
    const request = indexedDB.open(name);
    await new Promise((done) => (request.onsuccess = done));
    const store = request.result.transaction(['kept', 'entries'], 'readwrite').objectStore('kept');
    const goOn = (): void => void (store.get('nothing').onsuccess = goOn);
    goOn();
  }, `ims/${user}`);
  await write(play.bob, 'shown');
  await awaitTexts(second, ['kept', 'shown']);
  await second.evaluate(() => {
    const list = document.querySelector('[role=region]')!;
    new MutationObserver(() => {
      if (!list.textContent.includes('shown')) document.body.dataset['gone'] = 'yes';
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await leader.close();
  await write(second, 'after it');
  await awaitState(second, 'after it', TAKEN);
  await awaitTexts(second, ['kept', 'shown', 'after it']);
  assert.equal(await second.evaluate(() => document.body.dataset['gone']), undefined);
});

test('a tab that sends and is closed at once has sent', async () => {
  const { tabs } = await play.openTabs(3);
  const [leader, second, third] = tabs as [Page, Page, Page];
  await write(second, 'last words of a follower');
  await second.close();
  await message(play.bob, 'last words of a follower').waitFor();
  // The one that leads, too.
  await write(leader, 'last words of the leader');
  await leader.close();
  await awaitTexts(play.bob, ['last words of a follower', 'last words of the leader']);
  await awaitTexts(third, ['last words of a follower', 'last words of the leader']);
});

test('a tab that sends to a leading tab that hangs, and is closed: sent by the next', async () => {
  const { tabs } = await play.openTabs(3);
  const [leader, second, third] = tabs as [Page, Page, Page];
  await hang(leader);
  await write(second, 'into the void');
  await second.close();
  await message(play.bob, 'into the void').waitFor({ timeout: 15_000 });
  await awaitTexts(third, ['into the void']);
  assert.equal(await message(play.bob, 'into the void').count(), 1);
});

test('reloads in the middle of sending: everything once, in order', async () => {
  const { tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  const written = [lines('leader', 10), lines('second', 10)] as const;
  const writeAndReload = async (page: Page, all: readonly string[]): Promise<void> => {
    for (const [i, line] of all.entries()) {
      await write(page, line);
      if (i % 4 === 3) await page.reload();
    }
  };
  await Promise.all([writeAndReload(leader, written[0]), writeAndReload(second, written[1])]);
  await awaitState(leader, 'leader 10.', TAKEN);
  await awaitState(second, 'second 10.', TAKEN);
  const shown = await texts(play.bob);
  judge(shown, written);
  for (const tab of tabs) await awaitTexts(tab, shown);
});

test('the network is away for a while, and both write: each tab, and the other side', async () => {
  const { tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  play.cable.cut();
  const written = [lines('leader', 6), lines('second', 6), lines('bob', 6)] as const;
  await Promise.all([writeAll(leader, written[0]), writeAll(second, written[1]), writeAll(play.bob, written[2])]);
  for (const tab of tabs) await tab.getByText('Not connected.').waitFor();
  for (const tab of tabs) await message(tab, 'second 6.').getByText('connected again').waitFor({ state: 'attached' });
  play.cable.mend();
  // The tab that does not lead hears of it: all are told.
  await second.evaluate(() => dispatchEvent(new Event('online')));
  await message(play.bob, 'second 6.').waitFor({ timeout: 15_000 });
  for (const tab of tabs) await message(tab, 'bob 6.').waitFor();
  await awaitState(leader, 'leader 6.', TAKEN);
  await awaitState(second, 'second 6.', TAKEN);
  const shown = await texts(play.bob);
  judge(shown, written);
  for (const tab of tabs) judge(await texts(tab), written);
  assert.deepEqual(await texts(leader), await texts(second));
});

test('a leading tab whose timers are held back keeps time by the others', async () => {
  const { tabs } = await play.openTabs(2);
  const [leader, second] = tabs as [Page, Page];
  await look(leader, false);
  await leader.evaluate(() => {
    // As in a tab that was hidden for long, only more so.
    window.setTimeout = (() => 0) as unknown as typeof setTimeout;
  });
  play.cable.cut();
  await second.getByText('Not connected.').waitFor();
  await write(second, 'in due time');
  play.cable.mend();
  await message(play.bob, 'in due time').waitFor({ timeout: 20_000 });
  await awaitState(second, 'in due time', TAKEN);
});
