/** A gateway of several worker processes on a Redis of its own, for tests: what can be asked and seen from outside. */

import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { GatewayStatus } from '../../gateway/admin/answers.ts';
import { ADMIN_TOKEN, startGatewayProcess, type GatewayProcess } from '../faults/gateway-process.ts';
import { passOf } from '../faults/classic-client.ts';
import { startRedis } from '../helpers/redis.ts';
import { waitFor } from '../helpers/redis-control.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, type Client } from '../transcripts/client.ts';

/** Milliseconds for an answer on a busy machine. */
export const PATIENCE = 15_000;

export interface Workers {
  readonly gateway: GatewayProcess;
  status(): Promise<GatewayStatus>;
  /** The workers that answer, as soon as there are so many. */
  running(count: number): Promise<NonNullable<GatewayStatus['workers']>['running']>;
  /** Logs a user in over TCP, who has an account then. */
  logIn(user: string): Promise<Client>;
  /** Readiness; undefined when nobody answers in a second. */
  isReady(): Promise<boolean | undefined>;
}

/** Ends with the test, whatever state it is in. */
export async function startWorkers(context: TestContext, settings: NodeJS.ProcessEnv): Promise<Workers> {
  const redis = await startRedis();
  context.after(() => redis.stop());
  const gateway = await startGatewayProcess({ REDIS_URL: redis.url, ...settings });
  let seen: readonly number[] = [];
  const status = async (): Promise<GatewayStatus> => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = (await (await fetch(`${gateway.admin}/status`, { headers })).json()) as GatewayStatus;
    seen = [...new Set([...seen, ...(answer.workers?.running ?? []).map(({ pid }) => pid)])];
    return answer;
  };
  context.after(async () => {
    await gateway.kill9();
    for (const pid of seen.filter(isWorkerAlive)) process.kill(pid, 'SIGKILL');
  });
  const addAccount = createRegistration(gateway.http);
  return {
    gateway,
    status,
    running: (count) =>
      waitFor(`${count} workers`, async () => {
        const { running } = (await status()).workers!;
        return running.length === count && running;
      }),
    async logIn(user) {
      await addAccount(user, passOf(user));
      const client = await connectTcp(gateway.tcp);
      const login = `<LOGIN user="${user}" pass="${passOf(user)}"/>`;
      await client.send(Buffer.from(login));
      const answer = [await client.inbox.next(PATIENCE), await client.inbox.next(PATIENCE)];
      if (answer[1] !== `<LOGIN user="${user}" result="1"/>`) throw new Error(`${user}: ${answer.join('')}`);
      return client;
    },
    async isReady() {
      const signal = AbortSignal.timeout(1_000);
      return fetch(`${gateway.http}/readyz`, { signal, headers: { Connection: 'close' } }).then(
        ({ status: code }) => code === 200,
        () => undefined,
      );
    },
  };
}

/** Whether the process runs and is a gateway: its number may have gone to another one. */
export function isWorkerAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('gateway/main.js') && !isZombie(pid);
  } catch {
    return false;
  }
}

/** Dead, and its parent has not looked yet. */
function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
