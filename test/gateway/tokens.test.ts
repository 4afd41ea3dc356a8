/** Tokens of devices: what they look like, and whose they are. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Account, Device } from '../../gateway/store/store.ts';
import { makeToken, readToken, TOKEN_AGE, verifyToken } from '../../gateway/tokens.ts';

const ACCOUNT: Account = { name: 'Alice', pass: '', banned: false, generation: 3, status: 0, createdAt: 0 };

/** Alice's account, and one device that has this token. */
function stage(token: string, change: Partial<Device> = {}) {
  const device = { device: 'phone', label: '', madeAt: 0, usedAt: 0, unusedFor: TOKEN_AGE, tokenGeneration: 3 };
  const tokenHash = createHash('sha256').update(token).digest('hex');
  return { readAccount: async () => ACCOUNT, readDevice: async () => ({ ...device, tokenHash, ...change }) };
}

test('a token names its user and device, has 256 random bits, and goes into an attribute and a header as it is', () => {
  const { token, hash } = makeToken('a.lice_-9', 'My-phone_1');
  assert.match(token, /^a\.lice_-9~My-phone_1~[A-Za-z0-9_-]{43}$/);
  assert.equal(Buffer.from(token.split('~')[2]!, 'base64url').length, 32);
  assert.equal(hash, createHash('sha256').update(token).digest('hex'));
  assert.deepEqual(readToken(token), { user: 'a.lice_-9', device: 'My-phone_1', hash });
  assert.notEqual(makeToken('a.lice_-9', 'My-phone_1').token, token);
});

test('what cannot be a token', () => {
  const { token } = makeToken('alice', 'phone');
  const secret = token.slice(-43);
  for (const text of [
    undefined,
    '',
    token.slice(1, -1),
    `${token}\n`,
    ` ${token}`,
    `~phone~${secret}`,
    `alice~~${secret}`,
  ]) {
    assert.equal(readToken(text), undefined, JSON.stringify(text));
  }
  assert.equal(readToken(`ALICE~phone~${secret}`), undefined);
  assert.equal(readToken(`alice~${'x'.repeat(65)}~${secret}`), undefined);
});

test('it is good for the user and the device that it names, and for no other', async () => {
  const { token } = makeToken('alice', 'phone');
  const store = stage(token);
  assert.equal(await verifyToken(store, 'alice', 'phone', token), ACCOUNT);
  assert.equal(await verifyToken(store, 'bob', 'phone', token), undefined);
  assert.equal(await verifyToken(store, 'alice', 'tablet', token), undefined);
  assert.equal(await verifyToken(store, 'alice', 'phone', makeToken('alice', 'phone').token), undefined);
  assert.equal(await verifyToken(store, 'alice', 'phone', ''), undefined);
});

test('void: too old, of another generation, of a device that has none, without device or account', async () => {
  const { token } = makeToken('alice', 'phone');
  const verify = (change: Partial<Device>) => verifyToken(stage(token, change), 'alice', 'phone', token);
  assert.equal(await verify({}), ACCOUNT);
  assert.equal(await verify({ unusedFor: TOKEN_AGE + 1 }), undefined);
  assert.equal(await verify({ tokenGeneration: 2 }), undefined);
  assert.equal(await verify({ tokenGeneration: 4 }), undefined);
  assert.equal(await verify({ tokenHash: '' }), undefined);
  const { tokenHash: _hash, tokenGeneration: _generation, ...bare } = await stage(token).readDevice();
  const store = stage(token);
  assert.equal(await verifyToken({ ...store, readDevice: async () => bare }, 'alice', 'phone', token), undefined);
  assert.equal(await verifyToken({ ...store, readDevice: async () => undefined }, 'alice', 'phone', token), undefined);
  assert.equal(await verifyToken({ ...store, readAccount: async () => undefined }, 'alice', 'phone', token), undefined);
});
