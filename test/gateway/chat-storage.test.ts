/** The file in which a client keeps its things, and the text that a terminal may be given. */

import assert from 'node:assert/strict';
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKept } from '../../gateway/chat/keeping.ts';
import { FileStorage } from '../../gateway/chat/storage.ts';
import { makeHarmless, makeLine, widthOf, wrap } from '../../gateway/chat/text.ts';
import { makeFolder } from './chat-stage.ts';

function save(storage: FileStorage, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const list = Object.entries(changes).map(([key, value]) => ({ key, value }));
  return new Promise((saved) => storage.save(list, saved));
}

test('what was saved is there again, wherever the file ends', async (t) => {
  const path = join(await makeFolder(t), 'deep', 'file');
  const first = await FileStorage.open(path);
  await save(first, { a: 1, b: { c: 'ä\n' } });
  const { size } = await stat(path);
  await save(first, { a: undefined, d: [2] });
  const whole = await readFile(path);
  await first.close();
  for (let end = size; end <= whole.length; end += 1) {
    await writeFile(path, whole.subarray(0, end));
    const again = await FileStorage.open(path);
    const expected = end === whole.length ? { b: { c: 'ä\n' }, d: [2] } : { a: 1, b: { c: 'ä\n' } };
    assert.deepEqual(Object.fromEntries(again.kept), expected, `cut at ${end}`);
    await save(again, { e: end });
    await again.close();
    const last = await FileStorage.open(path);
    assert.deepEqual(Object.fromEntries(last.kept), { ...expected, e: end });
    await last.close();
  }
  await truncate(path, 0);
  await appendFile(path, 'something else\n');
  await assert.rejects(FileStorage.open(path), /is not a file of this program/);
  assert.equal(await readFile(path, 'utf8'), 'something else\n');
});

test('programs that run at the same time keep their things apart', async (t) => {
  const folder = await makeFolder(t);
  const env = { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder };
  const files = [];
  for (const user of ['alice', 'Alice', 'bob']) {
    const file = await openKept(user, '[::1]:5190', env, () => {});
    t.after(() => file.close());
    files.push(file);
  }
  await save(files[1]!, { here: true });
  const kept = await readFile(join(folder, 'ims-chat', 'alice@_1_5190.2'), 'utf8');
  assert.match(kept, /here/);
});

test('text of others: controls and what turns writing around go, line breaks and marks of direction stay', () => {
  assert.equal(makeHarmless('a\x1b[31m\x07\x9b1mb\u202e\u2066\u2069\ufeff\u200b\u00adc\x7f'), 'a[31m1mbc');
  assert.equal(makeHarmless('a\r\nb\rc\u2028d\te'), 'a\nb\nc\nd    e');
  assert.equal(makeHarmless('\u200eשלום\u200f \u{1f468}\u200d\u{1f469}'), '\u200eשלום\u200f \u{1f468}\u200d\u{1f469}');
  assert.equal(makeLine('a\n\nb'), 'a b');
});

test('rows fit, whatever is in them, and lose no words', () => {
  assert.deepEqual(wrap('The quick brown fox', 10), ['The quick', 'brown fox']);
  assert.deepEqual(wrap('a\n\n  b', 10), ['a', '', '  b']);
  assert.deepEqual(wrap('abcdefghijkl mn', 5), ['abcde', 'fghij', 'kl mn']);
  assert.deepEqual(wrap('日本語日本語', 5), ['日本', '語日', '本語']);
  assert.deepEqual(wrap('', 5), ['']);
  assert.equal(widthOf('日本 👍e\u0301 \x1b[1mb\x1b[22m'), 10);
  for (const text of ['x'.repeat(99), 'a bc def '.repeat(20), '👍🏽'.repeat(30), '日 '.repeat(40)]) {
    const rows = wrap(text, 17);
    assert.ok(rows.every((row) => widthOf(row) <= 17));
    assert.equal(rows.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});
