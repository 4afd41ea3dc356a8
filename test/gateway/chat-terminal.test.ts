/** The chat in a terminal: what a person sees of a conversation, of a gateway that dies, and of what others try. */

import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGatewayProcess } from '../faults/gateway-process.ts';
import { startGateway } from '../helpers/gateway.ts';
import { addAccounts, makeFolder, PASSWORD, startClient, Terminal } from './chat-stage.ts';

async function startStage(t: TestContext) {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  await addAccounts(gateway.http, 'alice', 'bob', 'carol');
  const folder = await makeFolder(t);
  const open = async (user: string, ...args: readonly string[]): Promise<Terminal> => {
    const given = ['--user', user, '--port', String(gateway.tcp.port), ...args];
    return Terminal.start(t, given, { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder });
  };
  const logIn = async (user: string, ...args: readonly string[]): Promise<Terminal> => {
    const terminal = await open(user, ...args);
    await terminal.see(/Password of/);
    await terminal.enter(PASSWORD);
    await terminal.see(/^>/m);
    return terminal;
  };
  return { gateway, folder, open, logIn };
}

function count(screen: string, text: string): number {
  return screen.split(text).length - 1;
}

test('two people log in and chat; each message shows what became of it', async (t) => {
  const { open, logIn } = await startStage(t);
  const alice = await open('alice', '--to', 'bob');
  await alice.see(/Password of alice/);
  await alice.enter('wrong');
  await alice.see(/is wrong[^]*Password of alice/);
  await alice.enter(PASSWORD);
  await alice.see(/── bob /);
  assert.doesNotMatch(await alice.read(), /secret|> wrong/);
  await alice.enter('Are you there? I wanted to ask whether we shall meet at six in the usual place, or at seven.');
  await alice.see(/at six in\n {6}the usual place, or at seven\. {2}✓\n/);
  const bob = await logIn('bob');
  await alice.see(/or at seven\.  ✓✓ read\n/);
  await bob.see(/alice: Are you there\?/);
  await alice.enter('/add bob');
  await bob.see(/alice wants to be friends/);
  await bob.enter('/accept');
  await alice.see(/bob accepted/);
  await bob.type('I have begun to write a line that is longer than the terminal is wide, and then');
  await alice.see(/is writing …/);
  await alice.enter('Hurry up!');
  await alice.enter('zwölf Boxkämpfer 日本 👍🏽');
  const screen = await bob.see(/Boxkämpfer/);
  assert.match(
    screen,
    /alice: Hurry up!\n.*alice: zwölf Boxkämpfer 日本 👍🏽\n── alice.*\n> I have begun to write a line that is longer than the terminal is wide, and the\nn\n$/,
  );
  await bob.press('Enter');
  const after = await bob.see(
    /you → alice: I have begun to write a line that is longer than the\n {6}terminal is wide, and then {2}✓✓ read\n── alice.*\n>/,
  );
  assert.equal(count(after, 'I have begun'), 1, after);
  assert.equal(count(await alice.see(/bob: I have begun/), '✓✓ read'), 3);
});

test('others: unread ones are counted, friends come and go, a typo is told', async (t) => {
  const { gateway, logIn } = await startStage(t);
  const bob = await startClient(t, gateway.tcp, 'bob');
  const alice = await logIn('alice', '--to', 'carol');
  bob.friend('add', 'alice');
  await alice.see(/bob wants to be friends: \/accept bob/);
  await alice.enter('/accept');
  await alice.see(/You accepted bob/);
  bob.setStatus(2);
  await alice.see(/\* bob is busy\./);
  bob.send('alice', 'one');
  bob.send('alice', 'two');
  await alice.see(/── carol .* unread: bob 2\n>/);
  assert.equal(
    bob.conversation('alice').items.filter((item) => item.kind === 'message' && item.state === 'read').length,
    0,
  );
  await alice.type('bo');
  await alice.press('Tab');
  await alice.see(/> bob:/);
  await alice.enter('three');
  await alice.see(/── bob · busy ─+\n>/);
  await alice.enter('note: buy milk');
  await alice.see(/you → bob: note: buy milk/);
  await alice.enter('/nonsense');
  await alice.see(/no command \/nonsense/);
  await alice.enter('/to nobody');
  await alice.enter('Hello?');
  await alice.see(/“Hello\?” did not reach nobody: there is no such user/);
  await alice.enter('/block bob');
  await alice.see(/bob is blocked/);
  await alice.enter('/friends');
  await alice.see(/bob: blocked/);
  (await startClient(t, gateway.tcp, 'alice')).setStatus(2);
  await alice.see(/\* You are busy now: another device of yours said so\./);
});

test('a gateway that dies: it is told, what was written waits, nothing is lost or shown twice', async (t) => {
  const folder = await makeFolder(t);
  let gateway = await startGatewayProcess({ DATA_DIR: join(folder, 'data') });
  t.after(() => gateway.stop());
  await addAccounts(gateway.http, 'alice', 'bob');
  const port = String(gateway.tcp.port);
  const env = { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder };
  const alice = await Terminal.start(t, ['--user', 'alice', '--port', port, '--to', 'bob'], env);
  await alice.see(/Password/);
  await alice.enter(PASSWORD);
  await alice.see(/^>/m);
  await alice.enter('before');
  await alice.see(/before {2}✓/);
  await gateway.kill9();
  await alice.enter('meanwhile');
  await alice.see(/meanwhile {2}…/);
  await alice.see(/The connection is lost; trying again\.[^]*1 not sent yet.*offline, trying again/);
  // Left and started again without a gateway: it is all there.
  await alice.press('C-d');
  await alice.see(/EXIT 0/);
  const again = await Terminal.start(t, ['--user', 'alice', '--port', port], env);
  await again.see(/before {2}✓\n.*meanwhile {2}…/);
  await again.see(/cannot be reached; trying again/);
  gateway = await startGatewayProcess({ DATA_DIR: join(folder, 'data'), TCP_PORT: port });
  const screen = await again.see(/meanwhile {2}✓\n[^]*Connected to/);
  assert.equal(count(screen, 'before'), 1);
  assert.equal(count(screen, 'meanwhile'), 1);
  const bob = await startClient(t, gateway.tcp, 'bob');
  assert.deepEqual(
    bob.conversation('alice').items.map((item) => item.kind === 'message' && item.text),
    ['before', 'meanwhile'],
  );
});

test('the program starts again without a password, with its history and no message twice; /quit forgets all', async (t) => {
  const { gateway, folder, open, logIn } = await startStage(t);
  const bob = await startClient(t, gateway.tcp, 'bob');
  const first = await logIn('alice', '--to', 'bob');
  for (let number = 1; number <= 12; number += 1) await first.enter(`line ${number}.`);
  await first.see(/line 12\. {2}✓/);
  const [file] = await readdir(join(folder, 'ims-chat'));
  assert.equal((await stat(join(folder, 'ims-chat', file!))).mode & 0o777, 0o600);
  const beside = await open('alice');
  await beside.see(/Password/);
  await first.press('C-c');
  await first.see(/Ctrl-C again/);
  await first.press('C-c');
  await first.see(/EXIT 0/);
  bob.send('alice', 'And you?');
  const second = await open('alice');
  const screen = await second.see(/line 12\.[^]*bob: And you\?/);
  assert.doesNotMatch(screen, /Password|line 6\./);
  for (let number = 7; number <= 12; number += 1) assert.equal(count(screen, `line ${number}.`), 1);
  await second.enter('/history');
  const whole = await second.see(/earlier with bob[^]*line 1\.[^]*line 6\./);
  for (let number = 1; number <= 12; number += 1) assert.equal(count(whole, `line ${number}.`), 1);
  await second.enter('/quit');
  await second.see(/EXIT 0/);
  assert.deepEqual(
    (await readdir(join(folder, 'ims-chat'))).filter((name) => name === file),
    [],
  );
  const third = await open('alice');
  await third.see(/Password/);
});

test('text of others does not control the terminal, and looks like no other line', async (t) => {
  const { gateway, logIn } = await startStage(t);
  const bob = await startClient(t, gateway.tcp, 'bob');
  const alice = await logIn('alice');
  bob.send('alice', 'one\u009b2J\u009b31mtwo\u202ethree\u2066four\u200b\n07:00 carol: fake\r\n> fake\u0085end\ttab');
  const screen = await alice.see(/end {4}tab/);
  assert.match(screen, /bob: one2J31mtwothreefour\n {6}07:00 carol: fake\n {6}> fake\n {6}end {4}tab\n── bob/);
});

test('a terminal that changes its size goes on', async (t) => {
  const { gateway, logIn } = await startStage(t);
  const bob = await startClient(t, gateway.tcp, 'bob');
  const alice = await logIn('alice', '--to', 'bob');
  await alice.enter('first');
  await alice.see(/first {2}✓/);
  await alice.resize(40, 10);
  await sleep(200);
  bob.send('alice', 'a text that does not fit into forty columns at all');
  await alice.see(/first {2}✓.*\n.*bob: a text that does not fit\n {6}into forty columns at all\n── bob/);
  await alice.enter('second');
  await alice.see(/second {2}✓/);
  bob.read('alice');
  await alice.see(/second {2}✓✓ read/);
});
