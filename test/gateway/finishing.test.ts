/** What a session left half-way is finished by its gateway, though its client never comes back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createServices } from '../../gateway/create-services.ts';
import { Session } from '../../gateway/session.ts';
import type { Connection } from '../../gateway/transport/connection.ts';
import { createParts, PASS } from './listening.ts';

/** Alice is logged in; `broken` names what the store does not answer. */
async function createStage() {
  const parts = createParts();
  const { store, clock, logged, passwords } = parts;
  const pass = await passwords.hash(PASS);
  for (const name of ['alice', 'bob']) await store.addAccount({ name, pass, op: name });
  const broken = new Set<string>();
  for (const method of ['receive', 'readUnfinished'] as const) {
    const work = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const answer = (...args: unknown[]) =>
      broken.has(method) ? Promise.reject(new Error(`the store did not answer ${method}`)) : work(...args);
    Object.assign(store, { [method]: answer });
  }
  const sent: string[] = [];
  const connection: Connection = {
    ...{ transport: 'tcp', address: '127.0.0.1', buffered: 0 },
    send: (documents) => void sent.push(...documents),
    ...{ ping() {}, pause() {}, resume() {}, end() {}, destroy() {} },
  };
  const session = new Session('here.1', connection, createServices(parts), () => {});
  const ask = async (document: string, answer: string): Promise<void> => {
    session.received(document);
    while (!sent.some((text) => text.startsWith(answer))) await turn();
  };
  await ask(`<LOGIN user="alice" pass="${PASS}"/>`, '<LOGIN user="alice" result="1"');
  const received = async (): Promise<string[]> => {
    for (let count = 0; count < 20; count += 1) await turn();
    const { entries } = await store.readLog('bob', 0);
    return entries.flatMap((entry) => ('text' in entry ? [entry.text] : []));
  };
  const warnings = () => logged.filter((line) => line.includes('finishing earlier work failed')).length;
  return { clock, session, broken, ask, received, warnings };
}

test('a message between its two steps reaches its receiver, once, when its sender has gone', async () => {
  const { clock, session, broken, ask, received, warnings } = await createStage();
  for (const method of ['receive', 'readUnfinished']) broken.add(method);
  await ask('<MESSAGE from="alice" to="bob">hello</MESSAGE>', '<ERROR code="unavailable"');
  session.closed(false);
  assert.deepEqual(await received(), []);
  clock.advance(5_000);
  assert.deepEqual([await received(), warnings()], [[], 1]);
  broken.delete('readUnfinished');
  clock.advance(5_000);
  assert.deepEqual([await received(), warnings()], [[], 2]);
  broken.delete('receive');
  clock.advance(5_000);
  assert.deepEqual([await received(), warnings()], [['hello'], 2]);
  clock.advance(60_000);
  assert.deepEqual(await received(), ['hello']);
});
