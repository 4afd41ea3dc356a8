/**
 * A conversation of 100,000 messages, scrolled from its end to its beginning and back: the longest task, the nodes and the
 * memory, and how long the first message takes to be seen: `node dist/test/web/scroll-bench.js [MESSAGES] [RUNS]`.
 */

import type { Page } from 'playwright-core';
import { openHistory } from './long-history.ts';
import { openStage } from './stage.ts';

/** Milliseconds without another row after which none is waited for. */
const PATIENCE = 10_000;

export interface Journey {
  /** Milliseconds; 0 where no task took 50. */
  readonly longestTask: number;
  readonly tasks: number;
  readonly mostNodes: number;
  /** Megabytes that are in use after a collection: at first, and at the other end. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** The number of the topmost message that was reached. */
  readonly reached: number;
  readonly seconds: number;
}

/** Opens the conversation with Bob and waits for its first message. Answers with the milliseconds since the page was asked for. */
export async function openAt(page: Page, address: string): Promise<number> {
  await page.goto('about:blank');
  await page.goto(`${address}/#/bob`);
  return page.evaluate(async () => {
    // Drawn, and within what one sees.
    const isSeen = (text: Element): boolean => {
      const { bottom, height } = text.getBoundingClientRect();
      return height > 0 && bottom > 0 && bottom < innerHeight && getComputedStyle(text).visibility === 'visible';
    };
    const texts = (): Element[] => [...document.querySelectorAll('[role=region] .text, [role=region] .empty')];
    while (!texts().some(isSeen)) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now();
  });
}

/** Scrolls by the wheel as fast as rows are drawn, until the message with the number `end` is there, or none more comes. */
export async function travel(page: Page, end: number, step: number): Promise<Journey> {
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize / 1_048_576;
  };
  const heapBefore = await heap();
  await page.evaluate(watch);
  const box = (await page.getByRole('region', { name: /^Messages with/ }).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const start = Date.now();
  const direction: 'up' | 'down' = end === 1 ? 'up' : 'down';
  let seen = { edge: -1, since: start };
  while (seen.edge !== end && Date.now() - seen.since < PATIENCE) {
    await page.mouse.wheel(0, direction === 'up' ? -step : step);
    const edge = await page.evaluate(look, direction);
    if (edge !== seen.edge) seen = { edge, since: Date.now() };
  }
  const seconds = (Date.now() - start) / 1000;
  const watched = await page.evaluate(report);
  return { ...watched, heapBefore, heapAfter: await heap(), reached: seen.edge, seconds };
}

/** In the page: notes long tasks and nodes from now on. */
export function watch(): void {
  const state = { tasks: [] as number[], mostNodes: 0, isOver: false };
  Object.assign(window, { watched: state });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) state.tasks.push(duration);
  }).observe({ type: 'longtask' });
}

/** In the page, after a frame: the number of the message at the edge that one scrolls to. */
async function look(direction: 'up' | 'down'): Promise<number> {
  await new Promise(requestAnimationFrame);
  const { watched } = window as unknown as { watched: { mostNodes: number } };
  watched.mostNodes = Math.max(watched.mostNodes, document.querySelectorAll('*').length);
  const numbers = [...document.querySelectorAll('[role=region] .text')].map((text) =>
    Number(/^#(\d+)/.exec(text.textContent)?.[1]),
  );
  return direction === 'up' ? Math.min(...numbers) : Math.max(...numbers);
}

/** In the page: what was noted. */
export function report(): Pick<Journey, 'longestTask' | 'tasks' | 'mostNodes'> {
  const { watched } = window as unknown as { watched: { tasks: number[]; mostNodes: number } };
  return { longestTask: Math.max(0, ...watched.tasks), tasks: watched.tasks.length, mostNodes: watched.mostNodes };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 100_000);
  const runs = Number(process.argv[3] ?? 5);
  const stage = await openStage();
  stage.browser.expectProblem(/WebSocket|404|Service Worker registration blocked/);
  const { http } = stage.gateway;
  try {
    const empty = await openHistory(stage, 'newcomer', 0);
    const page = await openHistory(stage, 'elder', count);
    const times: { full: number; empty: number }[] = [];
    const longest: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      times.push({ empty: await openAt(empty, http), full: await openAt(page, http) });
      for (const end of [1, count]) {
        const journey = await travel(page, end, 4_000);
        longest.push(journey.longestTask);
        console.log(`run ${run} to #${end}`, JSON.stringify(journey));
      }
    }
    const [full, none] = [median(times.map((time) => time.full)), median(times.map((time) => time.empty))];
    console.log(
      `first message: ${full.toFixed(0)} ms, empty history: ${none.toFixed(0)} ms, ${(full / none).toFixed(2)} times`,
    );
    console.log(`longest task, median of ${longest.length} journeys: ${median(longest).toFixed(0)} ms`);
  } finally {
    await stage.close();
  }
}

if (process.argv[1]?.endsWith('scroll-bench.js')) await main();
