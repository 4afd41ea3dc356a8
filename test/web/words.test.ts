/** The words that messages are found by. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loadSource } from './load-source.ts';

let toWords: (text: string) => readonly string[];

before(async () => {
  ({ toWords } = await loadSource<{ toWords: typeof toWords }>('web/src/storage/words.ts'));
});

test('words are in lower case, without accents and marks, each once', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['Lunch at ONE, at one?', ['lunch', 'at', 'one']],
    ['Café, Zürich — naïve', ['cafe', 'zurich', 'naive']],
    ['cafe\u0301', ['cafe']],
    ['ﬁne ＡＢＣ', ['fine', 'abc']],
    ['İstanbul', ['istanbul']],
    ["don't see https://example.org/a_b?c=1", ['don', 't', 'see', 'https', 'example', 'org', 'a', 'b', 'c', '1']],
    ['مَرْحَبًا بالعالم', ['مرحبا', 'بالعالم']],
    ['שָׁלוֹם', ['שלום']],
    ['你好世界 ok', ['你好', '世界', 'ok']],
    ['👍 … !', []],
    ['', []],
  ];
  for (const [text, words] of cases) assert.deepEqual(toWords(text), words, text);
});

test('a text of any length has few and short words', () => {
  const words = toWords(`${'x'.repeat(500)} ${Array.from({ length: 500 }, (_, index) => `w${index}`).join(' ')}`);
  assert.equal(words.length, 64);
  assert.equal(words[0], 'x'.repeat(40));
});
