/** The OpenAPI document and the gateway: all that one says the other does. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { WRONG_TRIES } from '../../gateway/http.ts';
import { startAccount as start, type Asked } from './http-account.ts';
import { checkValue, DOCUMENTED, OPERATIONS, type Operation } from './http-openapi.ts';
import { createParts, PASS } from './listening.ts';

test('200, without a token', async (context) => {
  const { ask } = await start(context);
  const { json } = await ask('GET', '/api/openapi.json');
  assert.equal(json.openapi, '3.1.0');
  assert.ok(Object.keys(json.paths).length >= 8);
});

test('each documented answer comes, and the bodies that lead to them are as documented', async (context) => {
  const seen = new Set<string | undefined>();
  for (const [name, operation] of OPERATIONS) await tryAll(context, name, operation, seen);
  assert.deepEqual(
    DOCUMENTED.filter((answer) => !seen.has(answer)),
    [],
  );
});

/** Asks for one operation in every way that has an answer of its own; each answer is compared as it comes. */
async function tryAll(
  context: TestContext,
  name: string,
  { responses, requestBody, security }: Operation,
  seen: Set<string | undefined>,
): Promise<void> {
  const [method, template] = name.split(' ') as [string, string];
  const path = template.replace('{device}', 'phone');
  const body = requestBody && BODIES[name];
  if (requestBody) checkValue(body, requestBody.content['application/json'].schema, `${name} body`);
  const open = () => start(context, {}, createParts({ ACCOUNTS_PER_HOUR: '2' }));
  const stage = await open();
  const tell = (asked: Asked = {}, { ask, token } = stage) =>
    ask(method, path, { ...(security !== undefined && { token }), ...(body && { body }), ...asked });
  await tell({ headers: { Origin: 'http://foreign' } });
  if (security) await stage.ask(method, path);
  if (path !== template) await stage.ask(method, template.replace('{device}', 'none'), { token: stage.token });
  if (requestBody) {
    await tell({ body: 'no JSON' });
    await tell({ body: {} });
    await tell({ body: { ...body, much: 'x'.repeat(4096) } });
    await tell({ headers: { 'Content-Type': 'text/plain' } });
  }
  const away = await open();
  const fail = () => Promise.reject(new Error('away'));
  Object.assign(away.parts.store, { readAccount: fail, addAccount: fail });
  await tell({}, away);
  await tell();
  for (let round = 0; '429' in responses && round <= WRONG_TRIES; round += 1) {
    await stage.ask(method, path, security ? {} : { body });
  }
  for (const answer of [...stage.seen, ...away.seen]) seen.add(answer);
}

const BODIES: Readonly<Record<string, object>> = {
  'POST /api/accounts': { user: 'Bob', pass: PASS },
  'PUT /api/account/password': { old: PASS, pass: PASS },
  'DELETE /api/account': { pass: PASS },
};
