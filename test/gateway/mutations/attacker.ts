/** A process that sends mutated documents to a gateway; its argument is its orders as JSON. */

import pLimit from 'p-limit';
import { connectTcp, connectWebSocket, type Client, type TcpAddress } from '../../transcripts/client.ts';
import { createRandom, type Random } from '../../helpers/random.ts';
import { makeDocument, mutate } from './mutate.ts';

export interface Orders {
  readonly tcp: TcpAddress;
  readonly ws: string;
  readonly seed: number;
  /** Mutated documents to send. */
  readonly count: number;
  /** Accounts it may use, all with the password `pass`. */
  readonly users: readonly string[];
  readonly pass: string;
}

export interface Outcome {
  readonly sent: number;
  readonly connections: number;
  /** Connections that the gateway did not end in time. */
  readonly stuck: number;
}

const CONNECTIONS_AT_ONCE = 16;
/** With as many fences, fewer documents than a connection may send before LOGIN. */
const BATCH = 20;
const PATIENCE = 10_000;
/** Ends whatever a mutated document may have begun, and is an error in the end. */
const POISON = `'"-->?>]]></a></b></c>">'>`;

async function attack(orders: Orders): Promise<Outcome> {
  const limit = pLimit(CONNECTIONS_AT_ONCE);
  const outcome = { sent: 0, connections: 0, stuck: 0 };
  const batches = Math.ceil(orders.count / BATCH);
  await Promise.all(Array.from({ length: batches }, (_, batch) => limit(() => sendBatch(orders, batch, outcome))));
  return outcome;
}

/** Sends a batch to its end, with a new connection after each document that ended one. */
async function sendBatch(
  orders: Orders,
  batch: number,
  outcome: { sent: number; connections: number; stuck: number },
): Promise<void> {
  const random = createRandom(orders.seed + batch);
  const user = random.pick(orders.users);
  const mutants = Array.from({ length: BATCH }, () => mutate(random, makeDocument(random, user, orders.users)));
  for (let next = 0; next < mutants.length;) {
    const client = random.chance(0.8) ? await connectTcp(orders.tcp) : await connectWebSocket(orders.ws);
    if (random.chance(0.3)) await client.send(Buffer.from(`<LOGIN user="${user}" pass="${orders.pass}"/>`));
    await sendCut(random, client, mutants.slice(next));
    if (!(await client.inbox.waitForEnd(PATIENCE))) outcome.stuck += 1;
    // The one after the last that was passed ended the connection, or took the rest into itself.
    const passed = [...client.inbox.text.matchAll(/<ALIVE n="(\d+)"\/>/g)].map(([, n]) => Number(n));
    const taken = Math.max(-1, ...passed) + 2;
    outcome.sent += Math.min(taken, mutants.length - next);
    outcome.connections += 1;
    next += taken;
    client.drop();
  }
}

/** All in one stream, with a fence after each, in one to three packets. */
async function sendCut(random: Random, client: Client, mutants: readonly Buffer[]): Promise<void> {
  const fenced = mutants.flatMap((mutant, index) => [mutant, Buffer.from(`<ALIVE n="${index}"/>`)]);
  const stream = Buffer.concat([...fenced, Buffer.from(POISON)]);
  for (let at = 0; at < stream.length;) {
    const upto = random.chance() ? stream.length : Math.min(stream.length, at + 1 + random.int(stream.length));
    await client.send(stream.subarray(at, upto));
    at = upto;
  }
}

const outcome = await attack(JSON.parse(process.argv[2]!) as Orders);
process.stdout.write(`${JSON.stringify(outcome)}\n`);
