/** What a message's text consists of: links that lead where they say, code, big emoji; by table. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSource } from './load-source.ts';

interface Segment {
  readonly kind: 'text' | 'link' | 'code' | 'block';
  readonly text: string;
  readonly href?: string;
}
interface Segments {
  toSegments(text: string, findLinks: (text: string) => readonly object[]): readonly Segment[];
  isBigEmoji(text: string): boolean;
}
interface Links {
  findLinks(text: string): readonly { start: number; end: number; href: string }[];
}

const { toSegments, isBigEmoji } = await loadSource<Segments>('web/src/components/message/segments.ts');
const { findLinks } = await loadSource<Links>('web/src/components/message/links.ts');

function linksIn(text: string): readonly (readonly [string, string])[] {
  return findLinks(text).map(({ start, end, href }) => [text.slice(start, end), href] as const);
}

const LINKS: readonly (readonly [text: string, ...links: readonly (readonly [string, string])[]])[] = [
  ['see https://example.org/a?b=c#d', ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d']],
  ['http://example.org', ['http://example.org', 'http://example.org/']],
  ['HTTPS://EXAMPLE.ORG/Path', ['HTTPS://EXAMPLE.ORG/Path', 'https://example.org/Path']],
  ['go to example.org.', ['example.org', 'https://example.org/']],
  ['www.example.com, and more', ['www.example.com', 'https://www.example.com/']],
  [
    '(https://en.wikipedia.org/wiki/Sax_(mouth))',
    ['https://en.wikipedia.org/wiki/Sax_(mouth)', 'https://en.wikipedia.org/wiki/Sax_(mouth)'],
  ],
  ['is it https://example.org/?', ['https://example.org/', 'https://example.org/']],
  ['"https://example.org/x"!', ['https://example.org/x', 'https://example.org/x']],
  ['<https://example.org>', ['https://example.org', 'https://example.org/']],
  ['https://example.org:8080/x', ['https://example.org:8080/x', 'https://example.org:8080/x']],
  ['http://192.168.0.1/a', ['http://192.168.0.1/a', 'http://192.168.0.1/a']],
  ['https://bücher.example/ö', ['https://bücher.example/ö', 'https://xn--bcher-kva.example/%C3%B6']],
  [
    'a https://one.example b two.dev c',
    ['https://one.example', 'https://one.example/'],
    ['two.dev', 'https://two.dev/'],
  ],
  ['1.2.3.4 is a version'],
  ['and then...so'],
  ['e.g. this'],
  ['javascript:alert(1)'],
  ['JaVaScRiPt://example.org/%0aalert(1)'],
  ['data:text/html,<script>alert(1)</script>'],
  ['ftp://example.org'],
  ['mailto:someone@example.org'],
  ['file:///etc/passwd'],
  ['vbscript:x'],
  ['https://'],
  ['https://\u202Egro.elpmaxe'],
];

test('addresses become links, and nothing else does', () => {
  for (const [text, ...links] of LINKS) assert.deepEqual(linksIn(text), links, text);
});

test('no link leads to another host than one reads', () => {
  for (const text of ['https://bank.example@evil.example/', 'https://user:pass@evil.example', 'someone@example.org']) {
    for (const [shown, href] of linksIn(text))
      assert.equal(new URL(href).host, shown.replace(/^https?:\/\//, ''), text);
  }
});

test('code and blocks', () => {
  const parts = (text: string): readonly string[] =>
    toSegments(text, findLinks).map(({ kind, text: part }) => `${kind}:${part}`);
  assert.deepEqual(parts('plain'), ['text:plain']);
  assert.deepEqual(parts('run `npm test` now'), ['text:run ', 'code:npm test', 'text: now']);
  assert.deepEqual(parts('`https://example.org`'), ['code:https://example.org']);
  assert.deepEqual(parts('see\n```js\nconst a = `1`;\n```\nand'), ['text:see', 'block:const a = `1`;', 'text:and']);
  assert.deepEqual(parts('```one```'), ['block:one']);
  assert.deepEqual(parts('a ` b'), ['text:a ` b']);
  assert.deepEqual(parts('`a\nb`'), ['text:`a\nb`']);
  assert.deepEqual(parts('``'), ['text:``']);
  assert.deepEqual(parts('``` ```'), ['text:``` ```']);
  assert.deepEqual(parts(''), []);
});

test('nothing of a text gets lost where there is no code', () => {
  for (const [text] of LINKS)
    assert.equal(
      toSegments(text, findLinks)
        .map((part) => part.text)
        .join(''),
      text,
    );
});

test('a few emoji alone are big', () => {
  for (const text of ['😀', '❤️', ' 👍🏽 ', '👨‍👩‍👧‍👦', '🇩🇪 🇫🇷', '1️⃣', '🎉🎉🎉', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']) assert.ok(isBigEmoji(text), text);
  for (const text of ['', ' ', '1', '#', 'a😀', '😀!', '🎉🎉🎉🎉', '©', '123', 'שלום'])
    assert.ok(!isBigEmoji(text), text);
});

test('the longest texts take no time', () => {
  const texts = [
    '`'.repeat(16_000),
    '```\n'.repeat(4_000),
    'a.'.repeat(8_000),
    'https://a.b/'.repeat(1_300),
    '('.repeat(16_000),
  ];
  for (const text of [...texts, 'x'.repeat(16_000), `https://example.org/${'('.repeat(15_000)}`, '@'.repeat(16_000)]) {
    const start = process.cpuUsage();
    toSegments(text, findLinks);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 200_000, `${text.slice(0, 20)}: ${user} µs`);
  }
});
