/** The reference for people is true: every error code with its close code, every example a document. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLOSE_CODES } from '../../gateway/close-codes.ts';
import { readPieces } from './reading.ts';

const README = readFileSync('protocol/README.md', 'utf8');

test('lists every error code, with the code that a WebSocket closes with', () => {
  const rows = README.matchAll(/^\| `([a-z0-9-]+)` \| (\d{4}) \|/gm);
  assert.deepEqual(Object.fromEntries(Array.from(rows, ([, code, closes]) => [code, Number(closes)])), {
    ...CLOSE_CODES,
  });
});

test('every example can be read', () => {
  const examples = Array.from(README.matchAll(/^[<>] (<.*>)/gm), ([, document]) => document!);
  assert.ok(examples.length > 25);
  for (const example of examples) assert.deepEqual(readPieces([example]).sources, [example]);
});
