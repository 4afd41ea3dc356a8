/** The store's contract: sessions, statuses, presence. */

import assert from 'node:assert/strict';
import { INFO, withoutSince, type Check } from './store-stage.ts';

export function checkSessions(check: Check): void {
  check('a first session begins with nothing', async (stage) => {
    await stage.addUsers('Bob');
    const author = await stage.author('bob', 'inc.1');
    assert.deepEqual(await stage.store.openSession(author, INFO), {
      outcome: 'opened',
      name: 'Bob',
      status: 0,
      delivered: 0,
      from: 0,
      entries: [],
      head: 0,
      friendships: [],
      hidden: [],
      pending: [],
      sessions: ['inc.1'],
      leaving: [],
      isDoubtful: false,
      untold: [],
    });
  });

  check('a session that leaves counts no more, and is named until it is closed', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await store.leaveSession('bob', 'inc.1');
      assert.ok(!(await store.readPresence(['bob']))[0]?.sessions.includes('inc.1'));
      const { sessions, leaving } = await stage.reopen(await stage.author('bob', 'other.7'));
      assert.deepEqual([sessions, leaving], [['other.7'], ['inc.1']]);
    }
    const { open, ended } = (await store.look('bob'))!;
    assert.deepEqual([open, ended], [['other.7'], []]);
    const request = { to: 'amy', text: '', op: 1, settled: [] };
    assert.deepEqual(await store.send(author, request), { outcome: 'fenced' });
    await store.closeSessions('bob', ['inc.1']);
    await store.leaveSession('bob', 'inc.1');
    assert.deepEqual((await stage.reopen(await stage.author('bob', 'other.7'))).leaving, []);
  });

  check('a session begins with all there is: status, entries, friendships, own pending messages', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'cat');
    const first = await stage.open('bob', 'inc.1');
    await store.setStatus(first, 2, stage.nextOp());
    await stage.receiveMany('bob', 'amy', 1, 3);
    await stage.confirm('bob', 2);
    await stage.befriend('add', 'cat', 'bob');
    const sent = await stage.send(first, 'amy', 'wait');
    const opened = await stage.reopen(await stage.author('bob', 'other.7'));
    assert.equal(opened.status, 2);
    assert.deepEqual([opened.delivered, opened.from], [2, 2]);
    assert.equal(opened.head, 5);
    assert.deepEqual(opened.entries, (await stage.readAll('bob')).slice(2));
    assert.deepEqual(opened.friendships, await store.listFriendships('bob'));
    assert.deepEqual(
      opened.friendships.map(({ user, state }) => [user, state]),
      [['cat', 'invited']],
    );
    const { n, check: own, previous, time } = sent;
    assert.deepEqual(opened.pending, [{ to: 'amy', n, check: own, previous, time, text: 'wait' }]);
    assert.deepEqual([...opened.sessions].sort(), ['inc.1', 'other.7']);
  });

  check('opening twice opens once and keeps the last operation', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    const request = { to: 'amy', text: 'once', op: 1, settled: [] };
    const first = await stage.store.send(author, request);
    const again = await stage.reopen(author);
    assert.deepEqual(again.sessions, ['inc.1']);
    assert.deepEqual(await stage.store.send(author, request), first);
    assert.equal((await stage.readAll('bob')).length, 1);
    assert.deepEqual(await stage.store.listSessions('bob'), [{ session: 'inc.1', info: INFO }]);
  });

  check('sessions are listed with what is known of them', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const info = { transport: 'websocket', address: '2001:db8::1', since: 77 } as const;
    await store.openSession(await stage.author('bob', 'inc.1'), INFO);
    await store.openSession(await stage.author('bob', 'inc.2'), info);
    const listed = [...(await store.listSessions('bob'))].sort((a, b) => (a.session < b.session ? -1 : 1));
    assert.deepEqual(listed, [
      { session: 'inc.1', info: INFO },
      { session: 'inc.2', info },
    ]);
    assert.deepEqual(await store.listSessions('nobody'), []);
  });

  check('closed sessions are gone; closing may be repeated', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    for (const session of ['inc.1', 'inc.2', 'old.1']) await stage.open('bob', session);
    await store.closeSessions('bob', ['inc.1', 'old.1', 'inc.9']);
    await store.closeSessions('bob', ['inc.1', 'old.1', 'inc.9']);
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.2']);
    assert.equal((await store.listSessions('bob')).length, 1);
    await store.closeSessions('bob', []);
    await store.closeSessions('nobody', ['inc.1']);
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.2']);
  });

  check('the last open session that goes says so', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    for (const session of ['inc.1', 'inc.2', 'inc.3', 'inc.4']) await stage.open('bob', session);
    await stage.open('amy', 'inc.5');
    assert.equal(await store.leaveSession('bob', 'inc.1'), false);
    assert.equal(await store.closeSessions('bob', ['inc.1']), false);
    assert.equal(await store.closeSessions('bob', ['inc.2']), false);
    await store.endSessions('bob', 'inc.3');
    assert.equal(await store.leaveSession('bob', 'inc.4'), true);
    await stage.open('bob', 'inc.6');
    assert.equal(await store.closeSessions('bob', ['inc.3', 'inc.4']), false);
    assert.equal(await store.closeSessions('bob', ['inc.6']), true);
    await stage.open('bob', 'inc.7');
    await store.endSessions('bob');
    await stage.open('bob', 'inc.8');
    assert.equal(await store.closeSessions('bob', ['inc.7']), false);
  });

  check('users are found by the incarnation that holds their sessions', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'a.b');
    for (const session of ['x1.1', 'x1.2', 'x10.1']) await stage.open('bob', session);
    await stage.open('amy', 'x1.3');
    await stage.open('a.b', 'x1.4');
    const users = async (incarnation: string) => [...(await store.listUsers(incarnation))].sort();
    assert.deepEqual(await users('x1'), ['a.b', 'amy', 'bob']);
    assert.deepEqual(await users('x10'), ['bob']);
    assert.deepEqual(await users('x'), []);
    await store.closeSessions('bob', ['x1.1']);
    assert.deepEqual(await users('x1'), ['a.b', 'amy', 'bob']);
    await store.closeSessions('bob', ['x1.2']);
    assert.deepEqual(await users('x1'), ['a.b', 'amy']);
    assert.deepEqual(await users('x10'), ['bob']);
  });

  check('a status is kept between sessions and seen by others', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const author = await stage.open('bob', 'inc.1');
    assert.deepEqual(await store.setStatus(author, 3, stage.nextOp()), { outcome: 'set' });
    await store.closeSessions('bob', ['inc.1']);
    assert.equal((await stage.readPresence('bob')).status, 3);
    assert.equal((await store.readAccount('bob'))?.status, 3);
    assert.equal((await store.listAccounts('', 9))[0]?.status, 3);
    assert.equal((await stage.reopen(author)).status, 3);
  });

  check('presences come in the order asked for', async (stage) => {
    const { store } = stage;
    await stage.addUsers('Bob', 'amy', 'cat');
    await stage.open('bob', 'inc.1');
    await store.changeAccount('amy', { banned: true });
    await store.removeAccount('cat');
    assert.deepEqual(await store.readPresence([]), []);
    const presences = await store.readPresence(['nobody', 'amy', 'cat', 'bob', 'amy']);
    const common = { status: 0, isBlocking: false };
    assert.deepEqual(presences.map(withoutSince), [
      undefined,
      { name: 'amy', ...common, banned: true, sessions: [] },
      undefined,
      { name: 'Bob', ...common, banned: false, sessions: ['inc.1'] },
      { name: 'amy', ...common, banned: true, sessions: [] },
    ]);
  });
}
