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
  const asked: string[] = [];
  for (const method of ['receive', 'readUnfinished'] as const) {
    const work = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const answer = (...args: unknown[]) => {
      asked.push(method);
      return broken.has(method) ? Promise.reject(new Error(`the store did not answer ${method}`)) : work(...args);
    };
    Object.assign(store, { [method]: answer });
  }
  const sent: string[] = [];
  const connection: Connection = {
    ...{ transport: 'tcp', address: '127.0.0.1', buffered: 0 },
    send: (documents) => void sent.push(...documents),
    ...{ ping() {}, pause() {}, resume() {}, end() {}, destroy() {} },
  };
  const services = createServices(parts);
  const session = new Session('here.1', connection, services, () => {});
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
  return { clock, services, session, broken, asked, ask, received, warnings };
}

test('a message between its two steps reaches its receiver, once, when its sender has gone', async () => {
  const { clock, session, broken, asked, ask, received, warnings } = await createStage();
  for (const method of ['receive', 'readUnfinished']) broken.add(method);
  await ask('<MESSAGE from="alice" to="bob">hello</MESSAGE>', '<ERROR code="unavailable"');
  session.closed(false);
  assert.deepEqual(await received(), []);
  clock.advance(5_000);
  assert.deepEqual([await received(), warnings()], [[], 1]);
  broken.delete('readUnfinished');
  clock.advance(9_999);
  assert.equal(warnings(), 1);
  clock.advance(1);
  assert.deepEqual([await received(), warnings()], [[], 2]);
  broken.delete('receive');
  clock.advance(20_000);
  assert.deepEqual([await received(), warnings()], [['hello'], 2]);
  asked.length = 0;
  clock.advance(3_600_000);
  assert.deepEqual([await received(), asked], [['hello'], []]);
});

test('a gateway that stops tries once more what waits, and nothing after that', async () => {
  const { clock, services, session, broken, asked, ask, received } = await createStage();
  broken.add('receive');
  await ask('<MESSAGE from="alice" to="bob">hello</MESSAGE>', '<ERROR code="unavailable"');
  session.closed(false);
  await services.finishing.stop();
  assert.deepEqual(await received(), []);
  broken.delete('receive');
  asked.length = 0;
  services.finishing.later('alice');
  clock.advance(3_600_000);
  assert.deepEqual([await received(), asked], [[], []]);
});
