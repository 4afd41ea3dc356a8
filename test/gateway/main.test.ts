/** The process: what it prints, how it refuses to start, and how a signal ends it. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGatewayProcess } from '../faults/gateway-process.ts';
import { connectTcp } from '../transcripts/client.ts';

const MAIN = fileURLToPath(new URL('../../gateway/main.js', import.meta.url));
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

test('SIGTERM ends it in order: sessions are told, and it exits with 0 within 10 seconds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-main-'));
  const gateway = await startGatewayProcess({ DATA_DIR: folder });
  try {
    const client = await connectTcp(gateway.tcp);
    await client.send(Buffer.from('<ALIVE/>'));
    assert.equal(await client.inbox.next(5_000), '<ALIVE/>');
    const begun = performance.now();
    assert.equal(await gateway.stop(), 0);
    assert.ok(performance.now() - begun < 10_000);
    assert.match((await client.inbox.next(1_000)) ?? '', /^<ERROR code="restarting"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
