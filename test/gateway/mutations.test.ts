/** Mutated documents leave a gateway running, and two who chat meanwhile notice nothing; `npm run mutations` sends 100,000. */

import { hash } from '@node-rs/argon2';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { connectTcp, connectWebSocket, type Client } from '../transcripts/client.ts';
import type { Orders, Outcome } from './mutations/attacker.ts';

const ATTACKER = fileURLToPath(new URL('./mutations/attacker.js', import.meta.url));
const SEED = Number(process.env['MUTATION_SEED'] ?? 20_261_122);
const COUNT = Number(process.env['MUTATIONS'] ?? 10_000);
const PASS = '0123456789abcdef0123456789abcdef';
const PATIENCE = 10_000;

async function addAccounts({ store }: TestGateway, names: readonly string[]): Promise<void> {
  const pass = await hash(PASS, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  for (const name of names) await store.addAccount({ name, pass, op: name });
}

async function expect(client: Client, document: string): Promise<void> {
  const taken = await client.inbox.take([document], PATIENCE);
  assert.equal(taken, document, `got ${client.inbox.describe()}`);
}

async function ask(client: Client, document: string, answer: string): Promise<void> {
  await client.send(Buffer.from(document));
  await expect(client, document);
  await expect(client, answer);
}

/** Two who talk by turns until told to stop; each document is exactly what must come next. */
async function chat(gateway: TestGateway, isOver: () => boolean): Promise<number> {
  const left = await connectTcp(gateway.tcp);
  const right = await connectWebSocket(gateway.ws);
  await ask(left, `<LOGIN user="bystander-left" pass="${PASS}"/>`, '<LOGIN user="bystander-left" result="1"/>');
  await ask(right, `<LOGIN user="bystander-right" pass="${PASS}"/>`, '<LOGIN user="bystander-right" result="1"/>');
  let count = 0;
  for (; !isOver() || count === 0; count++) {
    const there = `<MESSAGE from="bystander-left" to="bystander-right">${count}</MESSAGE>`;
    const back = `<MESSAGE from="bystander-right" to="bystander-left">${count}</MESSAGE>`;
    await ask(left, there, '<MESSAGE result="1"/>');
    await expect(right, there);
    await ask(right, back, '<MESSAGE result="1"/>');
    await expect(left, back);
    await sleep(10);
  }
  for (const [client, user] of [
    [left, 'bystander-left'],
    [right, 'bystander-right'],
  ] as const) {
    await ask(client, `<LOGOUT user="${user}"/>`, '<LOGOUT result="1"/>');
    assert.ok(await client.inbox.waitForEnd(PATIENCE));
    assert.ok(client.inbox.isEmpty, `got ${client.inbox.describe()}`);
  }
  return count;
}

test(`${COUNT} mutated documents (seed ${SEED})`, async (context) => {
  const failures: string[] = [];
  const log = (line: string): void => void failures.push(line);
  const gateway = await startGateway({ store: 'memory', settings: { LOG_LEVEL: 'error' }, log });
  try {
    const users = Array.from({ length: 12 }, (_, index) => `attacker${index}`);
    await addAccounts(gateway, [...users, 'bystander-left', 'bystander-right']);
    let isOver = false;
    const chatting = chat(gateway, () => isOver);
    const orders: Orders = { tcp: gateway.tcp, ws: gateway.ws, seed: SEED, count: COUNT, users, pass: PASS };
    const run = promisify(execFile)(process.execPath, [ATTACKER, JSON.stringify(orders)]);
    const { stdout } = await Promise.race([run, chatting.then(() => run)]).finally(() => (isOver = true));
    const outcome = JSON.parse(stdout) as Outcome;
    const turns = await chatting;
    context.diagnostic(`${JSON.stringify(outcome)}, the bystanders exchanged ${2 * turns} messages`);
    assert.ok(outcome.sent >= COUNT, 'all were sent');
    assert.equal(outcome.stuck, 0, 'each connection ended');
    assert.ok(turns > 10);
    assert.deepEqual(failures, [], 'nothing failed in the gateway');
  } finally {
    await gateway.stop();
  }
});
