/** Password hashes: argon2id, a bound on how many run, the same work for a name that nobody has. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyError, createPasswords } from '../../gateway/passwords.ts';
import { PASS } from './listening.ts';

test('a hash is argon2id at the least OWASP allows, salted, and verifies its own pass alone', async () => {
  const passwords = createPasswords({ concurrency: 2, queue: 10 });
  const [one, two] = await Promise.all([passwords.hash(PASS), passwords.hash(PASS)]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(one, two);
  assert.equal(await passwords.verify(PASS, one), true);
  assert.equal(await passwords.verify(PASS.replace('5', '6'), one), false);
});

test('without a hash the answer is no, after the same work', async () => {
  const passwords = createPasswords({ concurrency: 1, queue: 10 });
  const hash = await passwords.hash(PASS);
  const measure = async (known: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      const start = process.hrtime.bigint();
      assert.equal(await passwords.verify('0'.repeat(32), known), false);
      times.push(Number(process.hrtime.bigint() - start));
    }
    return times.sort((a, b) => a - b)[3]!;
  };
  const [known, unknown] = [await measure(hash), await measure(undefined)];
  // An answer without the work is a thousand times faster; a busy machine is not three times slower in its best rounds.
  assert.ok(unknown > known / 3 && unknown < known * 3, `${unknown} ns for nobody, ${known} ns for somebody`);
});

test('what neither runs nor waits is refused, at once, and those before are served', async () => {
  const passwords = createPasswords({ concurrency: 1, queue: 2 });
  const served = [passwords.hash(PASS), passwords.verify(PASS, undefined), passwords.hash(PASS)];
  await assert.rejects(passwords.hash(PASS), BusyError);
  await assert.rejects(passwords.verify(PASS, undefined), BusyError);
  await Promise.all(served);
  assert.equal(await passwords.verify(PASS, undefined), false);
});

test('a hash that is none fails and frees its turn', async () => {
  const passwords = createPasswords({ concurrency: 1, queue: 0 });
  await assert.rejects(passwords.verify(PASS, 'no hash'));
  assert.equal(await passwords.verify(PASS, undefined), false);
});
