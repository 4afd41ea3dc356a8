/** The admin program's exit codes, how it finds the gateway, its help. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tokenFile } from '../../gateway/admin/token.ts';
import { runIn, startRun as start } from './admin-run.ts';
import { listen, TOKEN } from './listening.ts';

describe('exit code 2: wrong usage, found without a gateway', () => {
  const lines: [line: string, err: RegExp][] = [
    ['', /Usage: npm run admin --/],
    ['user', /Usage: npm run admin -- user/],
    ['usr list', /unknown command 'usr'/],
    ['user lst', /unknown command 'lst'.*Did you mean list/s],
    ['user show', /missing required argument 'name'/],
    ['user show alice bob', /too many arguments/],
    ['user show --jso alice', /unknown option '--jso'/],
    ['session end', /missing required argument 'name'/],
  ];
  for (const [line, err] of lines) {
    test(line || 'nothing', async () => {
      const result = await runIn({ ADMIN_PORT: '1' }, line ? line.split(' ') : []);
      assert.equal(result.code, 2);
      assert.equal(result.out, '');
      assert.match(result.err, err);
    });
  }

  test('a wrong setting; those of the gateway alone do not matter', async (context) => {
    const result = await runIn({ ADMIN_PORT: 'x' }, ['status']);
    assert.deepEqual(result, { code: 2, out: '', err: 'ADMIN_PORT is "x"; allowed: a whole number from 0 to 65535\n' });
    const { env } = await start(context);
    assert.equal((await runIn({ ...env, TLS_CERT: '/nowhere', PORT: 'x' }, ['status'])).code, 0);
  });
});

describe('exit code 3: the gateway cannot be asked', () => {
  test('nothing listens', async () => {
    const result = await runIn({ ADMIN_PORT: '1', ADMIN_TOKEN: TOKEN }, ['status']);
    assert.equal(result.code, 3);
    assert.match(result.err, /^No gateway can be reached at http:\/\/127\.0\.0\.1:1 \(.+\)\. Does it run\?\n$/);
    const json = await runIn({ ADMIN_PORT: '1', ADMIN_TOKEN: TOKEN }, ['status', '--json']);
    assert.match(JSON.parse(json.err).error, /No gateway/);
    assert.equal(json.out, '');
  });

  test('the token is refused, and not shown', async (context) => {
    const { env } = await start(context);
    const result = await runIn({ ...env, ADMIN_TOKEN: 'another-token-of-somebody' }, ['status']);
    assert.deepEqual(result, { code: 3, out: '', err: 'The token is missing or wrong.\n' });
  });

  test('something else listens', async (context) => {
    const url = await listen(context, (_request, response) => void response.end('<html>'));
    const result = await runIn({ ADMIN_PORT: new URL(url).port, ADMIN_TOKEN: TOKEN }, ['status']);
    assert.equal(result.code, 3);
    assert.match(result.err, /is not a gateway's admin listener/);
  });

  test('something that is no HTTP listens', async (context) => {
    const server = createServer();
    server.on('connection', (socket) => socket.end('220 mail\r\n'));
    const url = await new Promise<string>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(String((server.address() as { port: number }).port))),
    );
    context.after(() => void server.close());
    assert.equal((await runIn({ ADMIN_PORT: url, ADMIN_TOKEN: TOKEN }, ['status'])).code, 3);
  });

  test('the store fails', async (context) => {
    const { parts, run } = await start(context);
    parts.store.readAccount = () => Promise.reject(new Error('gone'));
    assert.deepEqual(await run('user show alice'), {
      code: 3,
      out: '',
      err: 'The store does not answer; try again in a few seconds.\n',
    });
  });
});

describe('the listener and its token are found', () => {
  test('the token in DATA_DIR; without one, where it is looked for', async (context) => {
    const { env } = await start(context);
    const dataDir = mkdtempSync(join(tmpdir(), 'ims-admin-'));
    context.after(() => rmSync(dataDir, { recursive: true }));
    const { ADMIN_PORT } = env;
    const missing = await runIn({ ADMIN_PORT, DATA_DIR: dataDir }, ['status']);
    assert.equal(missing.code, 3);
    assert.ok(
      missing.err.startsWith(`There is no token in ${tokenFile(dataDir)}. Start the gateway once`),
      missing.err,
    );
    writeFileSync(tokenFile(dataDir), `${TOKEN}\n`);
    assert.equal((await runIn({ ADMIN_PORT, DATA_DIR: dataDir }, ['status'])).code, 0);
  });

  test('ADMIN_HOST as the gateway has it: any address, or a name', async (context) => {
    const { env } = await start(context);
    for (const ADMIN_HOST of ['0.0.0.0', 'localhost'])
      assert.equal((await runIn({ ...env, ADMIN_HOST }, ['status'])).code, 0);
    const result = await runIn({ ...env, ADMIN_HOST: 'no.such.host.invalid' }, ['status']);
    assert.equal(result.code, 3);
    assert.match(result.err, /^ADMIN_HOST no\.such\.host\.invalid has no address/);
  });
});

test('--help: with examples, on standard output, and exit code 0; for each command too', async () => {
  const help = await runIn({}, ['--help']);
  assert.equal(help.code, 0);
  for (const part of [/user add alice/, /--json/, /--password-stdin/, /Exit codes: 0 done/])
    assert.match(help.out, part);
  assert.ok(help.out.split('\n').every((line) => line.length <= 80));
  const command = await runIn({}, ['user', 'add', '--help']);
  assert.equal(command.code, 0);
  assert.match(command.out, /--password-stdin.*--json/s);
  assert.match((await runIn({}, ['--version'])).out, /^\d+\.\d+/);
});
