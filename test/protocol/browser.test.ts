/** A real Chromium reads and writes what the tables say. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { describeExpected } from './describe.ts';
import { withoutUndefined } from './reading.ts';
import { REFUSED } from './refused.ts';
import { GAPS, VALID } from './vectors.ts';
import { WRITTEN, WRITTEN_BY_GATEWAY } from './written.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// The compiled modules, of which the page imports those it needs.
const ROOT = new URL('../../', import.meta.url);
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as browser from '/protocol/browser.js';
  import * as description from '/test/protocol/describe.js';
  globalThis.codec = { ...browser, ...description };
</script>`;

declare global {
  /** In the page alone. */
  var codec: typeof import('../../protocol/browser.ts') & typeof import('./describe.ts');
}

let server: Server;
let browser: Browser;
let page: Page;

before(async () => {
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') return response.setHeader('Content-Type', 'text/html').end(PAGE);
    const source = await readFile(new URL(`.${pathname}`, ROOT)).catch(() => undefined);
    response.setHeader('Content-Type', 'text/javascript');
    return response.writeHead(source ? 200 : 404).end(source);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What the page makes of each text: its description, or the code of the ProtocolError. */
function readInPage(texts: readonly string[]): Promise<string[]> {
  const readEach = (texts: readonly string[]): string[] =>
    texts.map((text) => {
      try {
        return codec.describe(codec.readDocument(text));
      } catch (error) {
        return String((error as { code?: string }).code ?? error);
      }
    });
  return page.evaluate(readEach, texts);
}

/** Runs a check for each item, with its result. */
async function checkEach<T extends { what: string }>(
  items: readonly T[],
  toText: (item: T) => string,
  expect: (item: T) => string,
): Promise<void> {
  const results = await readInPage(items.map(toText));
  const expected = items.map((item) => `${item.what}: ${expect(item)}`);
  assert.deepEqual(
    items.map((item, at) => `${item.what}: ${results[at]}`),
    expected,
  );
}

test('reads every document of the table', async () => {
  const expect = ({ element }: (typeof VALID)[number]): string => describeExpected(element);
  await checkEach(
    VALID.filter(({ notInBrowser }) => !notInBrowser),
    ({ text }) => text,
    expect,
  );
});

test('refuses what DOMParser takes otherwise than a stream, and nothing else', async () => {
  const different = [...VALID, ...GAPS.map(({ text, ...gap }) => ({ ...gap, text: `${text}<A/>` }))];
  await checkEach(
    different.filter(({ notInBrowser }) => notInBrowser),
    ({ text }) => text,
    () => 'not-well-formed',
  );
});

test('reads a document after all that may stand before it', async () => {
  const element = describeExpected({ name: 'A', attributes: [], text: '', children: [] });
  await checkEach(
    GAPS.filter(({ notInBrowser }) => !notInBrowser),
    ({ text }) => `${text}<A/>`,
    () => element,
  );
});

test('refuses every text of the table', async () => {
  const asked = REFUSED.filter(({ isBytes, notInBrowser }) => !isBytes && !notInBrowser);
  await checkEach(
    asked,
    ({ text }) => text,
    ({ code, inBrowser }) => inBrowser ?? code,
  );
});

test('refuses two documents in one text, and none', async () => {
  const texts = ['<A/><B/>', '', ' ', '<A>', '<!---->'].map((what) => ({ what }));
  await checkEach(
    texts,
    ({ what }) => what,
    () => 'not-well-formed',
  );
});

test('writes every document of the table', async () => {
  const documents = WRITTEN.map(({ document }) => document);
  const texts = await page.evaluate(
    (documents) => documents.map((document) => codec.writeDocument(document)),
    documents,
  );
  assert.deepEqual(
    texts,
    WRITTEN.map(({ text }) => text),
  );
});

test('reads every document that the gateway writes', async () => {
  const texts = WRITTEN_BY_GATEWAY.map(({ text }) => text);
  const elements = await page.evaluate((texts) => texts.map((text) => codec.readDocument(text)), texts);
  assert.deepEqual(
    elements.map((element) => withoutUndefined(toServerDocument(element))),
    WRITTEN_BY_GATEWAY.map(({ document }) => document),
  );
});

test('reads back what it wrote', async () => {
  const values = ['', ' a ', `\t\n\r\r\n`, `<>&"'`, '&amp;&#10;', ']]>', 'é€😀\u2028\u0085\uFEFF'];
  const writeAndRead = (values: readonly string[]): unknown[] =>
    values.map((value) => {
      const { attributes, text } = codec.readDocument(
        codec.writeDocument({ name: 'MESSAGE', from: value, text: value }),
      );
      return [attributes['from'], text];
    });
  const results = await page.evaluate(writeAndRead, values);
  assert.deepEqual(
    results,
    values.map((value) => [value, value]),
  );
});

test('imports no XML library', async () => {
  const names = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  assert.deepEqual(names.filter((name) => name.startsWith('/protocol/')).sort(), [
    '/protocol/attributes.js',
    '/protocol/browser.js',
    '/protocol/characters.js',
    '/protocol/documents.js',
    '/protocol/refusals.js',
    '/protocol/shapes.js',
  ]);
});
