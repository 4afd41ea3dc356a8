/** The page's MD5: the test suite of RFC 1321, every length around the edges of a block, and text that is not ASCII. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { loadSource } from './load-source.ts';

const { md5 } = await loadSource<{ md5(text: string): string }>('web/src/connection/md5.ts');

test('RFC 1321, A.5: the test suite', () => {
  const suite = {
    '': 'd41d8cd98f00b204e9800998ecf8427e',
    a: '0cc175b9c0f1b6a831c399e269772661',
    abc: '900150983cd24fb0d6963f7d28e17f72',
    'message digest': 'f96b697d7cb7938d525a2f31aaf161d0',
    abcdefghijklmnopqrstuvwxyz: 'c3fcd3d76192e4007dfb496cca67e13b',
    ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: 'd174ab98d277d9f5a5611c2c9f419d9f',
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890':
      '57edf4a22be3c955ac49da2e2107b67a',
  };
  for (const [text, hash] of Object.entries(suite)) assert.equal(md5(text), hash, text);
});

test('every length up to four blocks, and what is not ASCII, as Node has it', () => {
  const texts = Array.from({ length: 257 }, (_, length) => '\u00e9'.repeat(length >> 1) + 'x'.repeat(length & 1));
  texts.push('pässwörd', 'كلمة السر', '👋🏽', '\ud800', 'a'.repeat(100_000));
  for (const text of texts) {
    const expected = createHash('md5').update(new TextEncoder().encode(text)).digest('hex');
    assert.equal(md5(text), expected, `${text.length} characters`);
  }
});
