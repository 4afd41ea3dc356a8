/** A browser in which somebody has a conversation of any length, as if it had come over the years. */

import type { BrowserContext, Page } from 'playwright-core';
import { makeAccount, logIn, type Stage } from './stage.ts';

const WORDS = 'the quick brown fox jumps over a lazy dog and then it sleeps in the warm sun until evening comes'.split(
  ' ',
);

/**
 * A page of a user who has `count` messages with Bob in this browser and cannot reach the gateway; it shows the list.
 * `count` 0: an account where nothing was ever said. Each is found by its number, and by its words where `hasWords`.
 */
export async function openHistory(
  { browser, gateway }: Stage,
  user: string,
  count: number,
  hasWords = false,
): Promise<Page> {
  await makeAccount(gateway.http, user);
  const page = await browser.open(gateway.http, { serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
  await logIn(page, user);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await page.waitForTimeout(500);
  await cutOff(page.context());
  await page.goto(`${gateway.http}/healthz`);
  await page.evaluate(fill, { user, count, words: WORDS, hasWords });
  return page;
}

/** From now on the gateway gives the page and nothing else. */
async function cutOff(context: BrowserContext): Promise<void> {
  await context.routeWebSocket(/\/ims$/, (socket) => void socket.close());
}

interface Filling {
  readonly user: string;
  readonly count: number;
  readonly words: readonly string[];
  readonly hasWords: boolean;
}

/** In the browser: puts the entries into the database that the page has made. */
async function fill({ user, count, words, hasWords }: Filling): Promise<void> {
  const opening = indexedDB.open(`ims/${user}`);
  const database = await new Promise<IDBDatabase>((done, failed) => {
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
  const now = Date.now();
  const chunk = 5_000;
  for (let start = 1; start <= count; start += chunk) {
    const transaction = database.transaction('entries', 'readwrite');
    for (let number = start; number < start + chunk && number <= count; number += 1) {
      const isOwn = (number >> 2) % 2 === 0;
      const length = 1 + ((number * 7919) % 24) * (number % 13 === 0 ? 6 : 1);
      const text = `#${number} ${Array.from({ length }, (_, i) => words[(number + i * 7) % words.length]).join(' ')}`;
      const [from, to] = isOwn ? [user, 'Bob'] : ['Bob', user];
      const time = new Date(now - (count - number) * 400_000).toISOString();
      const n = String(Math.floor(number / 8) * 4 + (number % 4) + 1);
      const entry = { name: 'MESSAGE', at: `${number}-a1b2c3`, time, n, from, to, text };
      const incoming = isOwn ? {} : { incoming: 'bob' };
      const found = hasWords ? [...new Set(text.slice(1).split(' '))] : [String(number)];
      transaction.objectStore('entries').put({ number, peer: 'bob', ...incoming, words: found, entry });
    }
    await new Promise((done) => (transaction.oncomplete = done));
  }
  const last = `${count}-a1b2c3`;
  const kept = database.transaction('kept', 'readwrite');
  if (count > 0) {
    kept.objectStore('kept').put({ epoch: 'long', after: last, bottom: '1-a1b2c3' }, 'log');
    const seen = Math.floor(count / 8) * 4 + 4;
    const mark = { delivered: seen, read: seen, seen, refused: '', isBlocked: false, v: 1 };
    kept.objectStore('kept').put(mark, 'mark/bob');
  }
  await new Promise((done) => (kept.oncomplete = done));
  database.close();
}
