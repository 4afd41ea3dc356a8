/** The process: what it prints, how it refuses to start, and how a signal ends it. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGatewayProcess } from '../faults/gateway-process.ts';
import { connectTcp } from '../transcripts/client.ts';

const MAIN = fileURLToPath(new URL('../../gateway/main.js', import.meta.url));
/** Milliseconds. */
const PATIENCE = 15_000;
const FREE = { PORT: '0', TCP_PORT: '0', ADMIN_PORT: '0' };

/** Runs until it exits by itself, or kills it after 10 s. */
async function run(settings: NodeJS.ProcessEnv): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...FREE, LOG_LEVEL: 'silent', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, out: (await out!).join(''), err: (await err!).join('') };
}

describe('what cannot start says so in one line that names the setting, and exits with 2', () => {
  const taken = createServer();
  let folder: string;
  let port: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ims-main-'));
    await writeFile(join(folder, 'file'), '');
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    port = String((taken.address() as AddressInfo).port);
  });

  after(async () => {
    taken.close();
    await rm(folder, { recursive: true });
  });

  const refusals: Record<string, () => [NodeJS.ProcessEnv, RegExp]> = {
    'a port in use': () => [{ PORT: port }, new RegExp(`^PORT is ${port}, which another process uses`)],
    'a port in use, native': () => [{ TCP_PORT: port }, new RegExp(`^TCP_PORT is ${port}, which another process uses`)],
    'a port in use, admin': () => [{ ADMIN_PORT: port }, new RegExp(`^ADMIN_PORT is ${port}, which another`)],
    'an address that is not ours': () => [{ HOST: '192.0.2.1' }, /^HOST is "192.0.2.1", which is no address of this/],
    'a folder that is a file': () => [
      { DATA_DIR: join(folder, 'file') },
      /^DATA_DIR: the data folder .* cannot be made/,
    ],
    'a folder that cannot be': () => [{ DATA_DIR: '/proc/nowhere' }, /^DATA_DIR: the data folder .* cannot be made/],
    'no Redis': () => [
      { REDIS_URL: 'redis://user:secret@127.0.0.1:1', ADMIN_TOKEN: 'a-token-for-tests-not-a-secret' },
      /^REDIS_URL: redis 127\.0\.0\.1:1 is not reachable/,
    ],
    'several processes on the embedded store': () => [{ WORKERS: '2' }, /^WORKERS is 2, and REDIS_URL is not set/],
    'a setting out of its range': () => [{ PORT: '99999' }, /^PORT is "99999"/],
  };
  for (const [name, describeRefusal] of Object.entries(refusals)) {
    test(name, async () => {
      const [settings, line] = describeRefusal();
      const { code, out, err } = await run({ DATA_DIR: join(folder, 'data'), ...settings });
      assert.match(err, line);
      assert.deepEqual([code, out, err.split('\n').length], [2, '', 2], err);
      assert.doesNotMatch(err, /secret/);
    });
  }
});

describe('SIGTERM', () => {
  /** A gateway, and a client that it serves. */
  async function start(context: TestContext, settings: NodeJS.ProcessEnv = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'ims-main-'));
    const gateway = await startGatewayProcess({ DATA_DIR: folder, ...settings });
    context.after(async () => {
      await gateway.kill9();
      await rm(folder, { recursive: true });
    });
    const client = await connectTcp(gateway.tcp);
    await client.send(Buffer.from('<ALIVE/>'));
    assert.equal(await client.inbox.next(PATIENCE), '<ALIVE/>');
    return { gateway, client };
  }
  const isUnready = async (http: string): Promise<boolean> => (await fetch(`${http}/readyz`)).status === 503;

  test('ends it in order: sessions are told, and it exits with 0 within 10 seconds', async (context) => {
    const { gateway, client } = await start(context);
    const begun = performance.now();
    assert.equal(await gateway.stop(), 0);
    assert.ok(performance.now() - begun < 10_000);
    assert.match((await client.inbox.next(1_000)) ?? '', /^<ERROR code="restarting"/);
  });

  test('makes it unready while it still serves, and keeps it there for DRAIN_SECONDS', async (context) => {
    const { gateway, client } = await start(context, { DRAIN_SECONDS: '4' });
    assert.equal(await isUnready(gateway.http), false);
    const begun = performance.now();
    const stopped = gateway.stop();
    while (!(await isUnready(gateway.http))) await sleep(20);
    const late = await connectTcp(gateway.tcp);
    await late.send(Buffer.from('<ALIVE/>'));
    assert.equal(await late.inbox.next(PATIENCE), '<ALIVE/>');
    for (const { inbox } of [client, late]) {
      assert.match((await inbox.next(PATIENCE)) ?? '', /^<ERROR code="restarting"/);
    }
    assert.equal(await stopped, 0);
    const took = performance.now() - begun;
    assert.ok(took >= 3_900 && took < 13_000, `${took} ms`);
  });

  test('where nobody is there, nobody waits', async (context) => {
    const { gateway, client } = await start(context, { DRAIN_SECONDS: '3600' });
    client.drop();
    assert.equal(await gateway.stop(), 0);
  });

  test('a second signal ends the waiting; one that arrives twice at once, as npm passes it on, is one', async (context) => {
    const { gateway, client } = await start(context, { DRAIN_SECONDS: '3600', LOG_LEVEL: 'info' });
    const stopped = gateway.stop();
    // Not the same one: two of a kind that are not taken yet are one to the kernel.
    process.kill(gateway.pid, 'SIGINT');
    while (!gateway.log.includes('stopping')) await sleep(20);
    await sleep(1_100);
    await client.send(Buffer.from('<ALIVE/>'));
    assert.equal(await client.inbox.next(PATIENCE), '<ALIVE/>');
    assert.doesNotMatch(gateway.log, /stopping at once/);
    process.kill(gateway.pid, 'SIGINT');
    assert.equal(await stopped, 0);
    assert.match((await client.inbox.next(1_000)) ?? '', /^<ERROR code="restarting"/);
  });
});
