/**
 * From pressing Enter to seeing it on the other page: how long it takes, and the pages' own part of it, script, style and
 * layout on both sides: `node dist/test/web/latency-bench.js [MESSAGES]`.
 */

import type { CDPSession, Page } from 'playwright-core';
import { message, openConversation, openStage, write } from './stage.ts';

/** Milliseconds after which all that follows a message is over: ticks, marks, the end of typing. */
const QUIET = 150;
/** In the order in which they are printed. */
const PARTS = { script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration' } as const;

type Part = keyof typeof PARTS;
/** Milliseconds. */
type Costs = Readonly<Record<Part | 'sum', number>>;

/** What a page has cost since it was opened. */
async function readCosts(session: CDPSession): Promise<Costs> {
  const { metrics } = (await session.send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
  const read = (part: Part): number => 1000 * (metrics.find(({ name }) => name === PARTS[part])?.value ?? NaN);
  const [script, style, layout] = [read('script'), read('style'), read('layout')];
  return { script, style, layout, sum: script + style + layout };
}

function subtract(after: Costs, before: Costs): Costs {
  const of = (part: keyof Costs): number => after[part] - before[part];
  return { script: of('script'), style: of('style'), layout: of('layout'), sum: of('sum') };
}

async function watch(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  // The thread's own time: what else runs on the machine does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/** What each message costs the one who writes and the one who reads, all that follows from it included. */
async function measureCosts(writer: Page, reader: Page, count: number): Promise<{ writer: Costs[]; reader: Costs[] }> {
  const sessions = [await watch(writer), await watch(reader)] as const;
  const costs = { writer: [] as Costs[], reader: [] as Costs[] };
  const composer = writer.getByRole('textbox', { name: /^Message to/ });
  for (let n = 1; n <= count; n += 1) {
    await composer.fill(`message ${n}, as long as they usually are`);
    await writer.waitForTimeout(QUIET);
    const before = await Promise.all(sessions.map(readCosts));
    // Not at the composer: what looks for it would be script in the page.
    await writer.keyboard.press('Enter');
    await writer.waitForTimeout(QUIET);
    const after = await Promise.all(sessions.map(readCosts));
    costs.writer.push(subtract(after[0]!, before[0]!));
    costs.reader.push(subtract(after[1]!, before[1]!));
  }
  return costs;
}

/** In the page of who writes: the time of each Enter, before any script of the page. */
function noteEnter(): void {
  Object.assign(window, { entered: 0 });
  const note = ({ key, timeStamp }: KeyboardEvent): void => {
    if (key === 'Enter') Object.assign(window, { entered: performance.timeOrigin + timeStamp });
  };
  addEventListener('keydown', note, { capture: true });
}

/** In the page of who reads: resolves with the time at which a frame with this text was drawn. */
function awaitText(text: string): Promise<number> {
  return new Promise((resolve) => {
    const isThere = (): boolean => document.querySelector('ol')?.lastElementChild?.textContent?.includes(text) === true;
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      // After the frame.
      requestAnimationFrame(() => channel.port2.postMessage(0));
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
  });
}

/** Milliseconds from pressing Enter to the frame of the other page, for each message. */
async function measureTimes(writer: Page, reader: Page, count: number): Promise<number[]> {
  await writer.evaluate(noteEnter);
  const times: number[] = [];
  for (let n = 1; n <= count; n += 1) {
    const text = `timed ${n}.`;
    const seen = reader.evaluate(awaitText, text);
    await write(writer, text);
    const at = await seen;
    times.push(at - (await writer.evaluate(() => (window as unknown as { entered: number }).entered)));
  }
  return times;
}

/** The value below which this part of them is. */
function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;
}

function describeCosts(name: string, costs: readonly Costs[]): string {
  const columns = (['script', 'style', 'layout', 'sum'] as const).map((part) => {
    const values = costs.map((cost) => cost[part]);
    return `${quantile(values, 0.5).toFixed(2)} (${quantile(values, 0.95).toFixed(2)})`.padStart(16);
  });
  return `${name.padEnd(10)}${columns.join('')}`;
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 200);
  const stage = await openStage();
  try {
    const [alice, bob] = (await stage.enter('alice', 'bob')) as [Page, Page];
    await openConversation(alice, 'bob');
    await openConversation(bob, 'alice');
    await write(alice, 'the first one');
    await message(bob, 'the first one').waitFor();
    const times = await measureTimes(alice, bob, count);
    const costs = await measureCosts(alice, bob, count);
    console.log(`${count} messages; median and, in brackets, 95 of 100, in milliseconds`);
    console.log(`${''.padEnd(10)}${['script', 'style', 'layout', 'sum'].map((part) => part.padStart(16)).join('')}`);
    console.log(describeCosts('writer', costs.writer));
    console.log(describeCosts('reader', costs.reader));
    console.log(
      `from Enter to the other screen: ${quantile(times, 0.5).toFixed(1)} (${quantile(times, 0.95).toFixed(1)})`,
    );
  } finally {
    await stage.close();
  }
}

if (process.argv[1]?.endsWith('latency-bench.js')) await main();
