/** The store's contract: accounts. */

import assert from 'node:assert/strict';
import { CLOSE_NAMES, type Check, type Stage } from './store-stage.ts';

async function listAll({ store }: Stage, limit: number): Promise<readonly string[]> {
  const users: string[] = [];
  for (;;) {
    const page = await store.listAccounts(users.at(-1) ?? '', limit);
    assert.ok(page.length <= limit);
    if (page.length === 0) return users;
    users.push(...page.map(({ user }) => user));
  }
}

export function checkAccounts(check: Check): void {
  check('an account is read as it was added', async ({ store }) => {
    assert.equal(await store.readAccount('friend1'), undefined);
    assert.equal(await store.addAccount({ name: 'Friend1', pass: '$argon2id$v=19$x', op: '1' }), 'added');
    const { generation, createdAt, ...account } = (await store.readAccount('friend1'))!;
    assert.deepEqual(account, { name: 'Friend1', pass: '$argon2id$v=19$x', banned: false, status: 0 });
    assert.ok(Number.isSafeInteger(generation));
    assert.ok(Number.isSafeInteger(createdAt) && createdAt > 0);
  });

  check('a name is given out once, in whatever case; the same operation may be repeated', async ({ store }) => {
    assert.equal(await store.addAccount({ name: 'Bob', pass: 'first', op: '1' }), 'added');
    assert.equal(await store.addAccount({ name: 'bOB', pass: 'second', op: '2' }), 'taken');
    assert.equal(await store.addAccount({ name: 'Bob', pass: 'first', op: '1' }), 'added');
    assert.equal((await store.readAccount('bob'))?.name, 'Bob');
    assert.equal((await store.readAccount('bob'))?.pass, 'first');
  });

  check('of many who want one name at the same moment one gets it', async ({ store }) => {
    const adding = Array.from({ length: 20 }, (_, index) =>
      store.addAccount({ name: 'bob', pass: `pass ${index}`, op: `op ${index}` }),
    );
    const answers = await Promise.all(adding);
    assert.equal(answers.filter((answer) => answer === 'added').length, 1);
    assert.equal((await store.readAccount('bob'))?.pass, `pass ${answers.indexOf('added')}`);
  });

  check('a ban and a new password raise the generation, an unban does not', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const before = (await store.readAccount('bob'))!;
    assert.equal(await store.changeAccount('bob', { banned: true }), true);
    const banned = (await store.readAccount('bob'))!;
    assert.equal(banned.banned, true);
    assert.ok(banned.generation > before.generation);
    assert.equal(await store.changeAccount('bob', { banned: false }), true);
    assert.deepEqual(await store.readAccount('bob'), { ...banned, banned: false });
    assert.equal(await store.changeAccount('bob', { pass: 'new' }), true);
    const renewed = (await store.readAccount('bob'))!;
    assert.equal(renewed.pass, 'new');
    assert.ok(renewed.generation > banned.generation);
  });

  check('changing or removing an account that is not there says so and makes none', async ({ store }) => {
    assert.equal(await store.changeAccount('nobody', { banned: true }), false);
    assert.equal(await store.changeAccount('nobody', { banned: false }), false);
    assert.equal(await store.changeAccount('nobody', { pass: 'x' }), false);
    assert.equal(await store.removeAccount('nobody'), false);
    assert.equal(await store.readAccount('nobody'), undefined);
    assert.equal(await store.addAccount({ name: 'nobody', pass: 'x', op: '1' }), 'added');
  });

  check('a removed account is gone, and its name stays taken', async (stage) => {
    const { store } = stage;
    await stage.addUsers('Bob');
    assert.equal(await store.removeAccount('bob'), true);
    assert.equal(await store.removeAccount('bob'), false);
    assert.equal(await store.readAccount('bob'), undefined);
    assert.deepEqual(await store.readPresence(['bob']), [undefined]);
    assert.equal(await store.addAccount({ name: 'bob', pass: 'x', op: 'another' }), 'taken');
    assert.equal(await store.addAccount({ name: 'Bob', pass: 'hash of Bob', op: 'op of Bob' }), 'taken');
    assert.equal(await store.changeAccount('bob', { banned: false }), false);
    assert.equal(await store.endSessions('bob'), false);
  });

  check('a removal takes what belonged to the user, and nothing of users with close names', async (stage) => {
    const { store } = stage;
    await stage.addUsers(...CLOSE_NAMES);
    for (const name of CLOSE_NAMES) {
      const other = name === 'z' ? 'a' : 'z';
      const author = await stage.open(name, `inc.${name.length}`);
      await stage.carry(author, other, 'hello');
      await stage.send(author, other, 'pending');
      if (name !== 'z') await stage.befriend('add', name, 'z');
    }
    const others = CLOSE_NAMES.filter((name) => name !== 'a');
    const look = async (user: string) => [
      await stage.readAll(user),
      await store.listSessions(user),
      await store.listFriendships(user),
      await store.findSent(user, user === 'z' ? 'a' : 'z', 1, 2),
      await stage.readPresence(user),
    ];
    const before = await Promise.all(others.map(look));
    await store.removeAccount('a');
    assert.deepEqual(await Promise.all(others.map(look)), before);
    assert.deepEqual(await store.readLog('a', 0), { entries: [], head: 0, delivered: 0 });
    assert.deepEqual(await store.listSessions('a'), []);
    assert.deepEqual(await store.listFriendships('a'), []);
    assert.deepEqual(await store.findSent('a', 'z', 1, 9), []);
  });

  check('accounts are listed by key, page by page', async (stage) => {
    const { store } = stage;
    assert.deepEqual(await store.listAccounts('', 10), []);
    await stage.addUsers(...CLOSE_NAMES.map((name) => name.toUpperCase()));
    const sorted = [...CLOSE_NAMES].sort();
    for (const limit of [1, 2, 4, 100]) assert.deepEqual(await listAll(stage, limit), sorted);
    const [first] = await store.listAccounts('a', 1);
    const { createdAt } = (await store.readAccount('a-'))!;
    assert.deepEqual(first, { user: 'a-', name: 'A-', banned: false, status: 0, createdAt });
    assert.deepEqual(
      (await store.listAccounts('a+', 2)).map(({ user }) => user),
      ['a-', 'a-b'],
    );
  });

  check('the list leaves out removed accounts and shows who is banned', async (stage) => {
    const { store } = stage;
    await stage.addUsers('a', 'b', 'c', 'd', 'e');
    for (const user of ['b', 'c', 'd']) await store.removeAccount(user);
    await store.changeAccount('e', { banned: true });
    assert.deepEqual(await listAll(stage, 1), ['a', 'e']);
    assert.equal((await store.listAccounts('a', 9))[0]?.banned, true);
  });
}
