/** Several worker processes on one port: one gateway to clients, to balancers and to the administrator. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ADMIN_TOKEN } from '../faults/gateway-process.ts';
import { startRedis } from '../helpers/redis.ts';
import { readMetrics, type Samples } from '../helpers/metrics.ts';
import { waitFor } from '../helpers/redis-control.ts';
import type { Client } from '../transcripts/client.ts';
import { isWorkerAlive, PATIENCE, startWorkers, type Workers } from './worker-processes.ts';

const MAIN = fileURLToPath(new URL('../../gateway/main.js', import.meta.url));
/** Milliseconds. */
const LIMIT = { timeout: 120_000 };

async function ask(client: Client, document: string): Promise<string | undefined> {
  await client.send(Buffer.from(document));
  assert.equal(await client.inbox.next(PATIENCE), document);
  return client.inbox.next(PATIENCE);
}

async function isServed(client: Client): Promise<boolean> {
  await client.send(Buffer.from('<ALIVE/>'));
  return (await client.inbox.next(PATIENCE)) === '<ALIVE/>';
}

/** Users until each worker has sessions; connections go to the workers in turn. */
async function fill({ logIn, running }: Workers, workers: number): Promise<Map<string, Client>> {
  const clients = new Map<string, Client>();
  do {
    const user = `user${clients.size}`;
    clients.set(user, await logIn(user));
  } while ((await running(workers)).some(({ sessions }) => sessions === 0) && clients.size < 50);
  return clients;
}

test(
  'one gateway: messages between all workers, sums for the administrator, readiness of all',
  LIMIT,
  async (context) => {
    const workers = await startWorkers(context, { WORKERS: '3' });
    const clients = await fill(workers, 3);
    const { users, sessions, workers: group, living, incarnation } = await workers.status();
    assert.deepEqual([users, sessions, group?.configured], [clients.size, clients.size, 3]);
    assert.equal(
      group!.running.reduce((sum, worker) => sum + worker.sessions, 0),
      clients.size,
    );
    const incarnations = group!.running.map((worker) => worker.incarnation);
    assert.deepEqual(
      living.filter((one) => ![incarnation, ...incarnations].includes(one)),
      [],
    );
    assert.equal(new Set([incarnation, ...incarnations]).size, 4, 'each process is one of its own');
    for (const name of incarnations) assert.ok(living.includes(name));
    for (const [from, sender] of clients) {
      for (const [to, receiver] of clients) {
        if (from === to) continue;
        assert.equal(await ask(sender, `<MESSAGE from="${from}" to="${to}">hello</MESSAGE>`), '<MESSAGE result="1"/>');
        assert.equal(await receiver.inbox.next(PATIENCE), `<MESSAGE from="${from}" to="${to}">hello</MESSAGE>`);
      }
    }
    assert.equal(await workers.isReady(), true);
  },
);

test(
  'a worker is killed: it is replaced, it alone loses its sessions, meanwhile none is ready',
  LIMIT,
  async (context) => {
    const workers = await startWorkers(context, { WORKERS: '2', LOG_LEVEL: 'info' });
    const clients = [...(await fill(workers, 2)).values()];
    const [victim, survivor] = await workers.running(2);
    process.kill(victim!.pid, 'SIGKILL');
    // Its successors die too, later each time, until this is seen in between.
    await waitFor('unreadiness', async () => {
      const { running } = (await workers.status()).workers!;
      for (const { pid } of running) if (pid !== survivor!.pid && isWorkerAlive(pid)) process.kill(pid, 'SIGKILL');
      return (await workers.isReady()) === false;
    });
    const replaced = await workers.running(2);
    assert.ok(replaced.some(({ pid }) => pid === survivor!.pid));
    assert.ok(replaced.every(({ pid }) => pid !== victim!.pid));
    await waitFor('readiness', async () => (await workers.isReady()) === true);
    const lost = await Promise.all(clients.map((client) => client.inbox.waitForEnd(1_000)));
    assert.equal(lost.filter(Boolean).length, victim!.sessions);
    for (const [index, client] of clients.entries()) if (!lost[index]) assert.equal(await isServed(client), true);
    assert.match(workers.gateway.log, new RegExp(`"worker":${victim!.pid},.*a worker died`));
    // All at once: the port stays the same.
    for (const { pid } of replaced) process.kill(pid, 'SIGKILL');
    await waitFor('other workers', async () => {
      const { running } = (await workers.status()).workers!;
      return running.length === 2 && running.every(({ pid }) => !replaced.some((old) => old.pid === pid));
    });
    await waitFor('readiness', async () => (await workers.isReady()) === true);
    assert.ok(await isServed(await workers.logIn('later')));
  },
);

test('metrics: the sums over all workers, which do not fall when one is killed', LIMIT, async (context) => {
  const workers = await startWorkers(context, { WORKERS: '2' });
  const clients = await fill(workers, 2);
  const logins: number[] = [];
  // A worker that does not answer within a second is shown as it was.
  const readWith = (sessions: number): Promise<Samples> =>
    waitFor(`${sessions} sessions`, async () => {
      const samples = await readMetrics(workers.gateway.admin, ADMIN_TOKEN);
      logins.push(samples.of('ims_logins_total', { result: 'in' }));
      return samples.of('ims_sessions', { transport: 'tcp' }) === sessions && samples;
    });
  const before = await readWith(clients.size);
  assert.deepEqual([logins.at(-1), before.of('ims_users')], [clients.size, clients.size]);
  assert.equal(before.of('ims_document_seconds_count', { document: 'LOGIN' }), clients.size);
  const [victim] = await workers.running(2);
  process.kill(victim!.pid, 'SIGKILL');
  const left = clients.size - victim!.sessions;
  await readWith(left);
  await waitFor('a successor', async () => (await workers.running(2)).every(({ pid }) => pid !== victim!.pid));
  await workers.logIn('later');
  const after = await readWith(left + 1);
  assert.equal(logins.at(-1), clients.size + 1);
  const ascending = [...logins].sort((a, b) => a - b);
  assert.deepEqual(logins, ascending);
  assert.ok(after.of('process_cpu_seconds_total') >= before.of('process_cpu_seconds_total'));
  await waitFor('readiness', async () => (await readWith(left + 1)).of('ims_ready') === 1);
});

test('SIGTERM: all are unready at once, still serve, drain together, and it exits with 0', LIMIT, async (context) => {
  const workers = await startWorkers(context, { WORKERS: '2', DRAIN_SECONDS: '4', LOG_LEVEL: 'info' });
  const clients = [...(await fill(workers, 2)).values()];
  const pids = (await workers.running(2)).map(({ pid }) => pid);
  assert.equal(await workers.isReady(), true);
  const begun = performance.now();
  const stopped = workers.gateway.stop();
  // As a supervisor does that signals each process: the primary alone decides.
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  await waitFor('unreadiness', async () => (await workers.isReady()) === false);
  for (let check = 0; check < 6; check++) assert.equal(await workers.isReady(), false, 'whichever worker answers');
  assert.ok(await isServed(await workers.logIn('late')));
  assert.equal(await stopped, 0);
  const took = performance.now() - begun;
  assert.ok(took >= 3_900 && took < 14_000, `${took} ms`);
  for (const { inbox } of clients) assert.match((await inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/);
  assert.deepEqual(pids.filter(isWorkerAlive), []);
  assert.doesNotMatch(workers.gateway.log, /a worker died|failed/);
});

test('Ctrl-C twice, to all processes as a terminal sends it: nobody waits', LIMIT, async (context) => {
  const workers = await startWorkers(context, { WORKERS: '2', DRAIN_SECONDS: '3600', LOG_LEVEL: 'info' });
  const client = await workers.logIn('alice');
  const pids = [workers.gateway.pid, ...(await workers.running(2)).map(({ pid }) => pid)];
  for (const pid of pids) process.kill(pid, 'SIGINT');
  await waitFor('the first', async () => workers.gateway.log.includes('stopping: '));
  assert.equal(await isServed(client), true);
  // Within a second it is the same one.
  await sleep(1_100);
  // A worker without sessions may have ended already.
  for (const pid of pids.filter(isWorkerAlive)) process.kill(pid, 'SIGINT');
  assert.ok(await client.inbox.waitForEnd(PATIENCE));
  await waitFor('the end', async () => !workers.gateway.isRunning);
  assert.deepEqual(pids.filter(isWorkerAlive), []);
});

test('the primary is killed: the workers drain and end', LIMIT, async (context) => {
  const workers = await startWorkers(context, { WORKERS: '2', DRAIN_SECONDS: '3' });
  const clients = [...(await fill(workers, 2)).values()];
  const pids = (await workers.running(2)).map(({ pid }) => pid);
  await workers.gateway.kill9();
  for (const client of clients) assert.equal(await isServed(client), true);
  for (const { inbox } of clients) assert.match((await inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/);
  await waitFor('the end of the workers', async () => !pids.some(isWorkerAlive));
});

test('a worker that hangs: nobody is ready, and it is killed at the end', LIMIT, async (context) => {
  const workers = await startWorkers(context, { WORKERS: '2', DRAIN_SECONDS: '0' });
  const [hanging] = await workers.running(2);
  process.kill(hanging!.pid, 'SIGSTOP');
  assert.equal((await workers.running(1)).length, 1);
  await waitFor('unreadiness', async () => (await workers.isReady()) === false);
  assert.equal(await workers.gateway.stop(), 1);
  await sleep(100);
  assert.equal(isWorkerAlive(hanging!.pid), false);
});

test('what a worker cannot have is said once, and ends it all with 2', LIMIT, async (context: TestContext) => {
  const redis = await startRedis();
  context.after(() => redis.stop());
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  for (const [setting, says] of [
    ['PORT', 'another process uses'],
    ['TCP_PORT', 'another process uses'],
    ['ADMIN_PORT', 'another process uses'],
  ] as const) {
    const env = { REDIS_URL: redis.url, ADMIN_TOKEN: 'a-token-for-tests-not-a-secret', LOG_LEVEL: 'silent' };
    const ports = { PORT: '0', TCP_PORT: '0', ADMIN_PORT: '0', [setting]: port };
    const child = spawn(process.execPath, [MAIN], {
      env: { ...env, ...ports, WORKERS: '3' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
    const [code] = (await once(child, 'exit')) as [number | null];
    const line = (await err!).join('');
    assert.match(line, new RegExp(`^${setting} is ${port}, which ${says}.*\\n$`));
    assert.deepEqual([code, (await out!).join('')], [2, '']);
  }
});
