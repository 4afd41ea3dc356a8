/** The chat on pipes: lines in, lines out, and an exit code; and with classic IMS. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startGatewayProcess } from '../faults/gateway-process.ts';
import { startGateway } from '../helpers/gateway.ts';
import { findPort } from '../helpers/ports.ts';
import {
  addAccounts,
  makeFolder,
  PASS,
  PASSWORD,
  runScript,
  startClient,
  startScript,
  Terminal,
  waitFor,
} from './chat-stage.ts';

async function startStage(t: TestContext) {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  await addAccounts(gateway.http, 'alice', 'bob');
  const folder = await makeFolder(t);
  const env = { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder };
  const port = ['--port', String(gateway.tcp.port)];
  return { gateway, env, port };
}

test('what a script writes is sent, what comes is printed, and it ends when all was answered', async (t) => {
  const { gateway, env, port } = await startStage(t);
  const sent = await runScript('bob: one\nbob: two\n\nbob: //three\n', ['--user', 'alice', ...port], env);
  assert.deepEqual(sent, { code: 0, stdout: '', stderr: '' });
  const url = ['--url', gateway.ws];
  const received = await runScript('', ['--user', 'bob', ...url], env);
  assert.deepEqual(received, { code: 0, stdout: 'alice: one\nalice: two\nalice: //three\n', stderr: '' });
  // A token and what was shown are kept.
  const again = await runScript('alice: four', ['--user', 'bob', ...url], { ...env, IMS_PASSWORD: '' });
  assert.deepEqual(again, { code: 0, stdout: '', stderr: '' });
  // A token that is void: the password takes its place, and nothing entered is lost.
  const { admin } = gateway;
  const headers = { Authorization: `Bearer ${admin.token}`, 'Content-Type': 'application/json' };
  await fetch(`${admin.url}/user?name=bob`, { method: 'PATCH', headers, body: JSON.stringify({ pass: PASS }) });
  const renewed = await runScript('alice: five', ['--user', 'bob', ...url], env);
  assert.deepEqual(renewed, { code: 0, stdout: '', stderr: '' });
  const unkept = await runScript('', ['--user', 'alice', '--no-keep', ...port], env);
  assert.deepEqual(unkept, { code: 0, stdout: 'bob: four\nbob: five\n', stderr: '' });
});

test('what goes wrong is one line on standard error, and an exit code', async (t) => {
  const { gateway, env, port } = await startStage(t);
  const alice = ['--user', 'alice', ...port];
  const refused = await runScript('nobody: one\nbob: two\nwhat\n', alice, env);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^To whom\?.*\n“one” did not reach nobody: there is no such user\.\n$/);
  for (const args of [
    [],
    ['--user', 'a b'],
    ['--user', 'alice', '--port', 'x'],
    ['--user', 'alice', '--url', 'http://x'],
  ]) {
    const { code, stderr } = await runScript('', args, env);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: .*\n$/);
  }
  const fresh = { ...env, XDG_STATE_HOME: join(env.XDG_STATE_HOME, 'fresh') };
  const wrong = await runScript('bob: one', alice, { ...fresh, IMS_PASSWORD: 'wrong' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^The name or the password is wrong/);
  const none = await runScript('bob: one', alice, { ...fresh, IMS_PASSWORD: '' });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /IMS_PASSWORD\.\n$/);
  const { admin } = gateway;
  const headers = { Authorization: `Bearer ${admin.token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ banned: true });
  await fetch(`${admin.url}/user?name=alice`, { method: 'PATCH', headers, body });
  const banned = await runScript('', alice, fresh);
  assert.deepEqual(banned, { code: 1, stdout: '', stderr: 'This user is banned.\n' });
});

test('a gateway that is not there yet is awaited', async (t) => {
  const folder = await makeFolder(t);
  const port = String(await findPort());
  const script = startScript(['--user', 'alice', '--port', port, '--no-keep'], { XDG_RUNTIME_DIR: folder });
  t.after(() => script.kill());
  script.stdin.end('alice: to myself');
  await waitFor(() => script.printed.stderr !== '', 'a word');
  assert.equal(script.printed.stderr, `127.0.0.1:${port} cannot be reached; trying again.\n`);
  const data = { DATA_DIR: join(folder, 'data') };
  const first = await startGatewayProcess(data);
  await addAccounts(first.http, 'alice');
  await first.stop();
  const gateway = await startGatewayProcess({ ...data, TCP_PORT: port });
  t.after(() => gateway.stop());
  assert.equal((await script.ended).code, 0);
});

test('classic IMS: a script', async (t) => {
  const { gateway, env, port } = await startStage(t);
  const classic = ['--classic', ...port];
  const sent = await runScript('bob: one <&>\nbob: two\nalice: me', ['--user', 'alice', ...classic], env);
  assert.deepEqual(sent, { code: 0, stdout: '', stderr: '' });
  const received = await runScript('', ['--user', 'bob', '--classic', '--url', gateway.ws], env);
  assert.deepEqual(received, { code: 0, stdout: 'alice: one <&>\nalice: two\n', stderr: '' });
  const refused = await runScript('nobody: one', ['--user', 'alice', ...classic], env);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /did not reach nobody/);
  const wrong = await runScript('', ['--user', 'alice', ...classic], { ...env, IMS_PASSWORD: 'wrong' });
  assert.equal(wrong.code, 1);
});

test('classic IMS: the same screen, as far as it goes', async (t) => {
  const { gateway, env, port } = await startStage(t);
  const bob = await startClient(t, gateway.tcp, 'bob');
  const alice = await Terminal.start(t, ['--user', 'alice', '--classic', '--to', 'bob', ...port], env);
  await alice.see(/Password/);
  await alice.enter(PASSWORD);
  await alice.see(/^>/m);
  await alice.enter('Hello');
  await alice.see(/you → bob: Hello {2}✓/);
  bob.send('alice', 'Hello yourself');
  await alice.see(/bob: Hello yourself\n/);
  bob.friend('add', 'alice');
  await alice.see(/bob wants to be friends/);
  await alice.enter('/accept bob');
  await alice.see(/You are friends with bob\.\n── bob · online/);
  await alice.enter('/status busy');
  await alice.see(/You are busy now/);
  await alice.enter('/quit');
  await alice.see(/EXIT 0/);
});
