/**
 * Searching in a history of 100,000 messages, found by every word: how soon after the input the first results are there, and
 * the longest task meanwhile: `node dist/test/web/search-bench.js [MESSAGES] [RUNS]`.
 */

import type { Page } from 'playwright-core';
import { openHistory } from './long-history.ts';
import { median, report, watch } from './scroll-bench.ts';
import { openStage } from './stage.ts';

/** What is looked for, and how much of it there is. */
const SEARCHES = {
  '4321': 'rare',
  fox: 'common',
  'lazy dog': 'both common',
  '4321 fox': 'rare and common',
  zebra: 'nowhere',
};

/** In the page: milliseconds from the next input to a frame with what was found, or with the word that nothing was. */
async function awaitResults(): Promise<number> {
  const input = await new Promise<number>((done) => {
    addEventListener('input', () => done(performance.now()), { capture: true, once: true });
  });
  const isFound = (): boolean =>
    document.querySelector('[role=option] mark') !== null || document.body.innerText.includes('Nothing found');
  do await new Promise(requestAnimationFrame);
  while (!isFound());
  return performance.now() - input;
}

async function search(page: Page, text: string): Promise<number> {
  const field = page.getByRole('combobox', { name: 'Search people and messages' });
  await field.fill('');
  await page.getByRole('navigation', { name: 'People' }).waitFor();
  const [time] = await Promise.all([page.evaluate(awaitResults), field.fill(text)]);
  return time;
}

const count = Number(process.argv[2] ?? 100_000);
const runs = Number(process.argv[3] ?? 5);
const stage = await openStage();
stage.browser.expectProblem(/WebSocket|404|Service Worker registration blocked/);
try {
  const page = await openHistory(stage, 'elder', count, true);
  await page.goto(stage.gateway.http);
  // What is needed for searching comes with the first one.
  await search(page, 'quick');
  for (const [text, what] of Object.entries(SEARCHES)) {
    const times: number[] = [];
    await page.evaluate(watch);
    for (let run = 0; run < runs; run += 1) times.push(await search(page, text));
    const { longestTask } = await page.evaluate(report);
    const task = longestTask === 0 ? 'none of 50 ms' : `${longestTask.toFixed(0)} ms`;
    console.log(`${text} (${what}): ${median(times).toFixed(0)} ms, median of ${runs}; longest task: ${task}`);
  }
} finally {
  await stage.close();
}
