/** The house keeps its shape: arrows run one way, and each outside library has one room. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** From the ground up: a file may import from its own floor and those below. The first pattern that fits counts. */
const FLOORS: readonly (readonly RegExp[])[] = [
  [/^protocol\//],
  [
    /^gateway\/(clock|settings|config|log|session-ended|passwords|tokens|pace)\.ts$/,
    /^gateway\/(listening|load)\.ts$/,
    /^gateway\/store\/(store|device|mark|friendship|message|presence|entry|folder|redis-address)\.ts$/,
    /^gateway\/transport\/connection\.ts$/,
  ],
  [/^gateway\/store\//, /^gateway\/transport\//],
  [
    /^gateway\/(directory|presence|authors|mending|healing|rounds|finishing|survivors|feed|receipts|delivery|messaging|friendships|idle-timer|outlet|push-watch|close-codes|entry-documents|friend-list|friend-watch|mark-feed|marks|announcing|origin|health|drain)\.ts$/,
    /^gateway\/metrics\//,
  ],
  [/^gateway\/services\.ts$/],
  [/^gateway\/handlers\//, /^gateway\/remove-user\.ts$/],
  [/^gateway\/(dispatch|dialect|classic|version-2|login|opening)\.ts$/],
  [
    /^gateway\/session\.ts$/,
    /^gateway\/(http|account-http|export|openapi|page|page-files|accounts|json-http)\.ts$/,
    /^gateway\/admin\//,
  ],
  [/^gateway\/(server|create-services|open-sessions|open-store)\.ts$/],
  [/^gateway\/stop\.ts$/, /^gateway\/chat\//],
  [/^gateway\/workers\//],
  [/^gateway\/main\.ts$/],
  [/^test\//],
];

/** The only places that may import a library, besides the tests. */
const ROOMS: Readonly<Record<string, RegExp>> = {
  sax: /^protocol\/reader\.ts$/,
  xmlbuilder2: /^protocol\/(writer|shapes)\.ts$/,
  ws: /^gateway\/(transport\/websocket|chat\/socket)\.ts$/,
  ioredis: /^gateway\/store\/redis[a-z-]*\.ts$/,
  'cluster-key-slot': /^gateway\/store\/redis-cluster-channels\.ts$/,
  lmdb: /^gateway\/store\/embedded\.ts$/,
  express: /^gateway\/json-http\.ts$/,
  helmet: /^gateway\/page\.ts$/,
  'express-rate-limit': /^gateway\/http\.ts$/,
  '@node-rs/argon2': /^gateway\/passwords\.ts$/,
  'prom-client': /^gateway\/metrics\//,
  'p-limit': /^gateway\/(?:passwords|healing|finishing)\.ts$/,
  pino: /^gateway\/log\.ts$/,
  'node:cluster': /^gateway\/workers\//,
  zod: /^gateway\/settings\.ts$/,
  'proxy-addr': /^gateway\/transport\/trust\.ts$/,
  commander: /^gateway\/(admin|chat)\//,
  'cli-table3': /^gateway\/admin\//,
  '@zxcvbn-ts/core': /^web\/src\/strength\//,
  '@zxcvbn-ts/language-common': /^web\/src\/strength\//,
  '@zxcvbn-ts/language-en/dist/firstnames.json.mjs': /^web\/src\/strength\//,
  svelte: /^web\//,
  vite: /^web\/(precache|plain-scripts|no-hydration|no-proxies|compressed)\.ts$/,
  idb: /^web\/src\/storage\//,
  virtua: /^web\/src\/components\/message\//,
  'linkify-it': /^web\/src\/components\/message\//,
  'emoji-picker-element-data': /^web\/src\/components\/message\//,
};

const SOURCES = ['protocol', 'gateway', 'web', 'test']
  .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((path) => join(room, path)))
  .filter((path) => /\.(ts|svelte)$/.test(path));

function importsOf(path: string): string[] {
  const source = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = source.matchAll(
    /^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

function floorOf(path: string): number {
  return FLOORS.findIndex((patterns) => patterns.some((pattern) => pattern.test(path)));
}

test('every import runs down or stays on its floor; web imports nothing of ours but the protocol', () => {
  for (const path of SOURCES) {
    for (const target of importsOf(path).filter((name) => name.startsWith('.'))) {
      const imported = normalize(join(dirname(path), target));
      const arrow = `${path} imports ${imported}`;
      if (path.startsWith('web/')) assert.match(imported, /^(web|protocol)\//, arrow);
      else if (!path.startsWith('test/')) {
        assert.doesNotMatch(imported, /^(web|test)\//, arrow);
        assert.notEqual(floorOf(path), -1, `${path} has no floor`);
        assert.ok(floorOf(path) >= floorOf(imported), `${arrow}: an arrow that runs up`);
      }
    }
  }
});

test('the language needs neither Node nor a clock', () => {
  for (const path of SOURCES.filter((path) => path.startsWith('protocol/'))) {
    const outside = importsOf(path).filter((name) => !name.startsWith('.'));
    assert.deepEqual(
      outside.filter((name) => name !== 'sax' && name !== 'xmlbuilder2'),
      [],
      path,
    );
    assert.doesNotMatch(readFileSync(path, 'utf8'), /Date\.now|setTimeout|setInterval|process\./, path);
  }
});

test('each library has one room, and each room is known', () => {
  const strangers = SOURCES.filter((path) => !path.startsWith('test/') && path !== 'web/vite.config.ts').flatMap(
    (path) =>
      importsOf(path)
        .filter((name) => !isAtHome(path, name))
        .map((name) => `${path} imports ${name}`),
  );
  assert.deepEqual(strangers, []);
});

function isAtHome(path: string, name: string): boolean {
  if (name.startsWith('.') || (name.startsWith('node:') && !(name in ROOMS))) return true;
  const library = name.startsWith('@') ? name : name.split('/')[0]!;
  return ROOMS[library]?.test(path) ?? false;
}

test('no file is longer than 300 lines, and each opens with its duty', () => {
  const sources = SOURCES.map((path) => [path, readFileSync(path, 'utf8')] as const);
  const long = sources.filter(([, source]) => source.split('\n').length > 301).map(([path]) => path);
  const silent = sources.filter(([, source]) => !/^(<!--|\/\*\*|\/\/\/|<script)/.test(source)).map(([path]) => path);
  assert.deepEqual({ long, silent }, { long: [], silent: [] });
});
