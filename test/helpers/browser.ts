/** A real browser for tests: each page is a person with a browser of their own, and none may log an error. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  /** Opens an address in a new browser profile. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** Console errors and uncaught errors of all pages so far, less what was expected. */
  problems(): string[];
  /** Chromium logs each answer of 400 or more, and each refused connection: those that a test provokes are expected. */
  expectProblem(pattern: RegExp): void;
  close(): Promise<void>;
}

/** What a browser says where there is no gateway: of connections, of parts of the page, and of its service worker. */
export const GATEWAY_AWAY =
  /WebSocket connection to .* failed|Failed to load resource|An unknown error occurred when fetching the script/;

/** Starts Chromium; the caller closes it. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  const problems: string[] = [];
  const expected: RegExp[] = [];
  return {
    async open(url, options = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    problems: () => problems.filter((problem) => !expected.some((pattern) => pattern.test(problem))),
    expectProblem: (pattern) => void expected.push(pattern),
    close: () => browser.close(),
  };
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    id: string;
    help: string;
    nodes: readonly { html: string; failureSummary?: string }[];
  }[];
}

/** What axe finds wrong with the page as it is, a line each. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(await axe);
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary ?? ''}`),
  );
}
