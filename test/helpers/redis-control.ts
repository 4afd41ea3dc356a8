/** A test's own word with the Redis servers it has started: to ask, and to wait for what they come to. */

import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds in which servers come to agree. */
const PATIENCE = 30_000;

/** A connection that comes back when its server does; what is not answered within 2 s is rejected. */
export function createControl(port: number): Redis {
  const client = new Redis({ port, commandTimeout: 2_000, maxRetriesPerRequest: 0, retryStrategy: () => 100 });
  // What is lost is rejected where it was asked for.
  client.on('error', () => undefined);
  return client;
}

/** What a command like INFO answers: lines `name:value`. */
export async function readFields(client: Redis, ...command: [string, string]): Promise<ReadonlyMap<string, string>> {
  const text = (await client.call(...command)) as string;
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Asks again until the answer is something; one who does not answer in between is asked again too. */
export async function waitFor<T>(what: string, ask: () => Promise<T | false>): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  let reason = '';
  while (Date.now() < deadline) {
    const answer = await ask().catch((error: unknown) => ((reason = `: ${(error as Error).message}`), false as const));
    if (answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`waited ${PATIENCE / 1000} s in vain for ${what}${reason}`);
}

/**
 * From now on the replica gets nothing of what its master writes, and goes on asking for it; it takes the master's place
 * nevertheless when that one dies. What was written before has arrived.
 */
export async function cutReplication(master: Redis, replica: Redis): Promise<void> {
  await waitFor('the replica to be in step', async () => {
    const [written, read] = await Promise.all(
      [master, replica].map((client) => readFields(client, 'INFO', 'replication')),
    );
    return written!.get('master_repl_offset') === read!.get('slave_repl_offset');
  });
  // What a frozen replica is sent waits in its socket; one that is refused is sent nothing.
  await replica.config('SET', 'masterauth', 'refused');
  await master.call('CLIENT', 'KILL', 'TYPE', 'replica');
  await waitFor('the replica to be cut off', async () => {
    return (await readFields(replica, 'INFO', 'replication')).get('master_link_status') === 'down';
  });
}

/** A replica that was cut off may follow a master again. */
export async function mendReplication(replica: Redis): Promise<void> {
  await replica.config('SET', 'masterauth', '');
}
