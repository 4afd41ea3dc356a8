/** The embedded store's own promises: it survives kills and restarts, and its folder has one user at a time. */

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { open } from 'lmdb';
import { openEmbeddedStore } from '../../gateway/store/embedded.ts';
import { lockFolder } from '../../gateway/store/folder-lock.ts';
import type { Store } from '../../gateway/store/store.ts';
import { numberOf, numbers, Stage } from '../contract/store-stage.ts';
import { WIDE_LIMITS } from '../contract/store.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

const WRITER = import.meta.filename.replace('embedded.test', 'embedded-writer');
const limits = { ...WIDE_LIMITS, waiting: 1_000_000 };

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-embedded-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

function openStore(dataDir: string): Promise<Store> {
  return openEmbeddedStore({ dataDir, clock: createManualClock(), limits });
}

/** What the store in a folder holds, as `look` sees it. */
async function openFor<T>(dataDir: string, look: (stage: Stage) => Promise<T>): Promise<T> {
  const store = await openStore(dataDir);
  try {
    return await look(new Stage({ store, close: async () => {} }));
  } finally {
    await store.close();
  }
}

/** A process that uses the folder; it has opened the store when this resolves. */
async function startWriter(
  t: TestContext,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; said: string[] }> {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => said.push(line));
  await once(lines, 'line');
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

test('what was written is there after a restart', async (t) => {
  const folder = await makeFolder(t);
  const before = await openFor(folder, async (stage) => {
    await stage.addUsers('Bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await stage.store.setStatus(bob, 2, stage.nextOp());
    await stage.carry(bob, 'amy', 'one\n|👋');
    await stage.send(bob, 'amy', 'pending');
    await stage.befriend('add', 'amy', 'bob');
    await stage.confirm('bob', 1);
    return look(stage);
  });
  assert.deepEqual(await openFor(folder, look), before);

  async function look({ store, readAll }: Stage) {
    const both = ['bob', 'amy'];
    const logs = await Promise.all(both.map((user) => readAll.call({ store } as Stage, user)));
    const accounts = await Promise.all(both.map((user) => store.readAccount(user)));
    const lists = await Promise.all(both.map((user) => store.listFriendships(user)));
    const { delivered } = await store.readLog('bob', 0);
    return { logs, accounts, lists, delivered, sent: await store.findSent('bob', 'amy', 1, 9) };
  }
});

test('a process that had sessions is dead at once for the next one, which cleans up after it', async (t) => {
  const folder = await makeFolder(t);
  const [old, unfinished] = await openFor(folder, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    await store.beat('old');
    await store.beat('without users');
    const author = await stage.open('bob', 'old.1');
    await stage.open('amy', 'old.2');
    await stage.send(author, 'amy', 'pending');
    await store.beginFriendship('bob', 'amy');
    return [author, await store.readUnfinished('bob')] as const;
  });
  await openFor(folder, async (stage) => {
    const { store } = stage;
    const { living, dead, isBack } = await store.beat('new');
    assert.deepEqual([[...living], dead, isBack], [['new'], ['old'], true]);
    assert.deepEqual(await stage.seenSessions('bob'), ['old.1']);
    assert.equal(await store.claim('old', 'new'), true);
    assert.deepEqual(await store.readUnfinished('bob'), unfinished);
    assert.deepEqual([unfinished?.pending.length, unfinished?.friendships.length], [1, 1]);
    for (const user of await store.listUsers('old')) await store.closeIncarnation(user, 'old');
    await store.bury('old');
    assert.deepEqual((await store.beat('new')).dead, []);
    assert.deepEqual([await stage.seenSessions('bob'), await store.listSessions('amy')], [[], []]);
    const late = { to: 'amy', text: 'late', op: 99, settled: [] };
    assert.deepEqual(await store.send(old, late), { outcome: 'unlisted' });
  });
  await openFor(folder, async ({ store }) => assert.deepEqual((await store.beat('third')).dead, []));
});

test('kill -9 in the middle of writes loses nothing that was answered, and leaves nothing half done', async (t) => {
  const folder = await makeFolder(t);
  const users = numbers(1, 8).map((index) => `writer${index}`);
  const answered: string[] = [];
  for (const round of numbers(1, 4)) {
    const { child, said } = await startWriter(t, folder, `round${round}.1`, ...users);
    while (said.length < 150 * round) await once(child.stdout!, 'data');
    await kill(child);
    answered.push(...said.filter((line) => line !== 'open'));
    await openFor(folder, (stage) => assertWhole(stage, users, answered));
  }
  assert.ok(answered.length > 1_000);
});

/** All that was answered is in both logs, and no log, number or pending mark is half written. */
async function assertWhole(stage: Stage, users: readonly string[], answered: readonly string[]): Promise<void> {
  const received = await stage.readMessages('reader');
  assert.deepEqual(received.map(numberOf), numbers(1, received.length));
  assert.equal((await stage.store.readLog('reader', 0)).head, received.length);
  const both = new Set<string>();
  for (const user of users) {
    const sent = await stage.readMessages(user);
    assert.deepEqual(sent.map(numberOf), numbers(1, sent.length));
    assert.deepEqual(
      sent.map(({ n }) => n),
      numbers(1, sent.length),
    );
    const arrived = received.filter(({ name }) => name === user);
    const { pending } = await stage.reopen(await stage.author(user, 'look.1'));
    assert.ok(pending.length <= sent.length);
    // A kill leaves at most one message a sender on its way: pending, received or not.
    for (const { n, text, from = user } of pending.map((message) => ({ ...message, from: user }))) {
      assert.equal(sent[n - 1]?.text, text);
      const message = { ...sent[n - 1]!, from };
      assert.equal((await stage.store.receive('reader', message)).outcome, 'stored');
      await stage.store.settle(user, [{ to: 'reader', n }]);
    }
    assert.deepEqual(
      arrived.map(({ n }) => n),
      numbers(1, arrived.length),
    );
    for (const { n, check, previous, text } of arrived) {
      const { check: own, previous: before, text: sentText } = sent[n - 1]!;
      assert.deepEqual([check, previous, text], [own, before, sentText]);
      both.add(`${user}|${n}|${text}`);
    }
  }
  for (const line of answered) assert.ok(both.has(line), `${line} was answered and is lost`);
}

test('a folder in use is refused in one line that names it; it is free as soon as its user is killed', async (t) => {
  const folder = await makeFolder(t);
  const line = new RegExp(`^the data folder ${folder} is in use by another process$`);
  const { child } = await startWriter(t, folder, 'inc.1');
  await assert.rejects(openStore(folder), { message: line });
  // Also while the process stands still, and does not answer.
  child.kill('SIGSTOP');
  await assert.rejects(openStore(folder), { message: line });
  await kill(child);
  await openFor(folder, async (stage) => {
    await stage.addUsers('bob');
    await assert.rejects(openStore(folder), { message: line });
    assert.equal((await stage.store.readAccount('bob'))?.name, 'bob');
  });
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('lock-')),
    [],
  );
});

test('of two that lock a folder at the same moment one gets it', async (t) => {
  const folder = await makeFolder(t);
  for (const _round of numbers(1, 8)) {
    const locking = await Promise.allSettled([lockFolder(folder), lockFolder(folder)]);
    const locks = locking.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    assert.equal(locks.length, 1);
    await locks[0]!.close();
  }
});

test('the folder is made for its owner alone, also where its path is too long for a socket', async (t) => {
  const folder = join(await makeFolder(t), ...numbers(1, 5).map((index) => `${index}`.repeat(40)), 'data.d');
  const { child } = await startWriter(t, folder, 'inc.1');
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  await assert.rejects(openStore(folder), /is in use/);
  await kill(child);
  await openFor(folder, (stage) => stage.addUsers('bob'));
});

test('a folder that cannot be used is refused in one line that names it', async (t) => {
  const folder = await makeFolder(t);
  await writeFile(join(folder, 'file'), '');
  const below = join(folder, 'file', 'data');
  await assert.rejects(openStore(below), {
    message: new RegExp(`^the data folder ${below} cannot be made: .*ENOTDIR.*$`),
  });
  const file = join(folder, 'file');
  await assert.rejects(openStore(file), {
    message: new RegExp(`^the data folder ${file} cannot be made: .*EEXIST.*$`),
  });
  const broken = join(folder, 'broken');
  await mkdir(broken);
  await writeFile(join(broken, 'store.mdb'), 'no database'.repeat(1_000));
  for (const _again of numbers(1, 2)) {
    await assert.rejects(openStore(broken), { message: new RegExp(`^the data folder ${broken} cannot be read: .*$`) });
  }
});

test('data of a newer version is refused in one line, and left as it is', async (t) => {
  const folder = await makeFolder(t);
  await openFor(folder, (stage) => stage.addUsers('bob'));
  const database = open<string, string>({ path: join(folder, 'store.mdb'), noSubdir: true, encoding: 'string' });
  await database.put('v', '2');
  await database.close();
  for (const _again of numbers(1, 2)) {
    await assert.rejects(openStore(folder), { message: new RegExp(`^the data folder ${folder} has version 2, .*$`) });
  }
});
