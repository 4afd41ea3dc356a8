/** The store's contract: sessions that were lost or taken for dead, and the operations that sessions count. */

import assert from 'node:assert/strict';
import { INFO, settled, type Check, type Stage } from './store-stage.ts';

const REOPENED = { outcome: 'reopened' };
const FENCED = { outcome: 'fenced' };
const SET = { outcome: 'set' };

async function listed({ store }: Stage, user: string): Promise<readonly string[]> {
  return (await store.listSessions(user)).map(({ session }) => session).sort();
}

export function checkReopening(check: Check): void {
  checkReopened(check);
  checkStatusOps(check);

  check('closing an incarnation forgets its sessions of the user, and of nobody else', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    for (const session of ['x1.1', 'x1.2', 'x10.1', 'x.1']) await stage.open('bob', session);
    await stage.open('amy', 'x1.3');
    await store.endSessions('bob', 'x1.2');
    for (const _again of [1, 2]) {
      await store.closeIncarnation('bob', 'x1');
      assert.deepEqual(await listed(stage, 'bob'), ['x.1', 'x10.1']);
      assert.deepEqual((await store.look('bob'))?.ended, []);
      assert.deepEqual(await stage.seenSessions('amy'), ['x1.3']);
      assert.deepEqual(await store.listUsers('x1'), ['amy']);
      assert.deepEqual([await store.listUsers('x10'), await store.listUsers('x')], [['bob'], ['bob']]);
    }
    await store.closeIncarnation('nobody', 'x1');
    assert.equal(await store.readAccount('nobody'), undefined);
  });

  check('closing an incarnation forgets its sessions’ last answers', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const request = { to: 'amy', text: 'once', op: 1, settled: [] };
    await store.send(bob, request);
    await store.closeIncarnation('bob', 'inc');
    assert.deepEqual(await store.send(bob, request), { outcome: 'unlisted' });
    assert.equal((await stage.readAll('bob')).length, 1);
  });

  check('a look at a user shows sessions, generation and the log’s end', async (stage) => {
    const { store } = stage;
    assert.equal(await store.look('nobody'), undefined);
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    for (const session of ['inc.2', 'other.1']) await stage.open('bob', session);
    const { generation } = bob;
    const common = { epoch: '0', marks: 0 };
    const open = ['inc.1', 'inc.2', 'other.1'];
    assert.deepEqual(await look(), { generation, banned: false, ...common, open, ended: [] });
    const { place } = await stage.send(bob, 'amy', 'hello');
    await store.endSessions('bob', 'inc.2');
    const head = place;
    assert.deepEqual(await look(), {
      generation,
      banned: false,
      ...common,
      head,
      open: ['inc.1', 'other.1'],
      ended: ['inc.2'],
    });
    await store.closeSessions('bob', ['inc.2']);
    assert.deepEqual(await look(), {
      generation,
      banned: false,
      ...common,
      head,
      open: ['inc.1', 'other.1'],
      ended: [],
    });
    await stage.receiveMany('bob', 'amy', 1, 1);
    await store.changeAccount('bob', { banned: true });
    const { generation: raised } = (await store.readAccount('bob'))!;
    const last = (await stage.readAll('bob')).at(-1)!.place;
    const ended = ['inc.1', 'other.1'];
    assert.deepEqual(await look(), { generation: raised, banned: true, ...common, head: last, open: [], ended });
    await store.removeAccount('bob');
    assert.equal(await store.look('bob'), undefined);

    async function look() {
      const { open: opened, ended: over, ...rest } = (await store.look('bob'))!;
      return { ...rest, open: [...opened].sort(), ended: [...over].sort() };
    }
  });
}

function checkReopened(check: Check): void {
  check('a lost session is listed again as it was, and goes on', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await store.closeIncarnation('bob', 'inc');
    for (const _again of [1, 2]) {
      assert.deepEqual(await store.reopenSession(bob, INFO), REOPENED);
      assert.deepEqual(await store.listSessions('bob'), [{ session: 'inc.1', info: INFO }]);
      assert.deepEqual(await store.listUsers('inc'), ['bob']);
    }
    assert.equal((await stage.send(bob, 'amy', 'still here')).n, 1);
  });

  check('reopening an open session changes nothing, also not its last answer', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const request = { to: 'amy', text: 'once', op: 1, settled: [] };
    const first = await store.send(bob, request);
    assert.deepEqual(await store.reopenSession(bob, { ...INFO, since: 9 }), REOPENED);
    assert.deepEqual(await store.listSessions('bob'), [{ session: 'inc.1', info: INFO }]);
    assert.deepEqual(await store.send(bob, request), first);
    assert.equal((await stage.readAll('bob')).length, 1);
  });

  check('a session that was ended is not reopened, nor one of somebody banned, renewed or gone', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    await store.endSessions('bob', 'inc.1');
    assert.deepEqual(await store.reopenSession(bob, INFO), FENCED);
    const lost = await stage.open('bob', 'inc.2');
    await store.closeIncarnation('bob', 'inc');
    for (const generation of [lost.generation - 1, lost.generation + 1]) {
      assert.deepEqual(await store.reopenSession({ ...lost, generation }, INFO), FENCED);
    }
    await store.changeAccount('bob', { pass: 'new' });
    assert.deepEqual(await store.reopenSession(lost, INFO), FENCED);
    await store.changeAccount('bob', { banned: true });
    assert.deepEqual(await store.reopenSession(await stage.author('bob', 'inc.2'), INFO), FENCED);
    await store.removeAccount('bob');
    assert.deepEqual(await store.reopenSession(lost, INFO), FENCED);
    assert.deepEqual(await store.reopenSession({ ...lost, user: 'nobody' }, INFO), FENCED);
    assert.equal(await store.readAccount('nobody'), undefined);
    assert.deepEqual(await listed(stage, 'bob'), []);
  });

  check('many reopened at once are all listed', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const sessions = ['inc.1', 'inc.2', 'inc.3', 'inc.4'];
    const authors = await Promise.all(sessions.map((session) => stage.open('bob', session)));
    await store.closeIncarnation('bob', 'inc');
    await Promise.all([...authors, ...authors].map((author) => store.reopenSession(author, INFO)));
    assert.deepEqual(await listed(stage, 'bob'), sessions);
    assert.deepEqual(await store.listUsers('inc'), ['bob']);
  });
}

function checkStatusOps(check: Check): void {
  const statusOf = async (stage: Stage) => (await stage.readPresence('bob')).status;

  check('a status set again by the same operation, or by an older one, changes nothing', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const one = await stage.open('bob', 'inc.1');
    const two = await stage.open('bob', 'inc.2');
    assert.deepEqual(await store.setStatus(one, 1, 1), SET);
    assert.deepEqual(await store.setStatus(two, 2, 1), SET);
    assert.equal(await statusOf(stage), 2);
    assert.deepEqual(await store.setStatus(one, 1, 1), SET);
    assert.equal(await statusOf(stage), 2);
    assert.deepEqual(await store.setStatus(one, 3, 5), SET);
    for (const op of [1, 4, 5]) assert.deepEqual(await store.setStatus(one, 1, op), SET);
    assert.equal(await statusOf(stage), 3);
    assert.deepEqual(await store.setStatus(one, 1, 6), SET);
    assert.equal(await statusOf(stage), 1);
  });

  check('statuses and messages of a session count their operations together', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const request = { to: 'amy', text: 'one', settled: [] };
    await store.setStatus(bob, 1, 1);
    const sent = await store.send(bob, { ...request, op: 2 });
    assert.deepEqual(await store.setStatus(bob, 3, 1), SET);
    assert.equal(await statusOf(stage), 1);
    assert.deepEqual(await store.send(bob, { ...request, op: 2 }), sent);
    await store.setStatus(bob, 2, 3);
    await assert.rejects(store.send(bob, { ...request, op: 2 }));
    await assert.rejects(store.send(bob, { ...request, op: 3, settled: settled('amy', 1) }));
    assert.equal((await stage.send(bob, 'amy', 'two', { op: 4 })).n, 2);
    assert.equal(await statusOf(stage), 2);
    assert.equal((await store.readUnfinished('bob'))?.pending.length, 2);
  });

  check('what was set before the end is answered again after it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const bob = await stage.open('bob', 'inc.1');
    await store.setStatus(bob, 2, 1);
    await store.endSessions('bob');
    assert.deepEqual(await store.setStatus(bob, 2, 1), SET);
    assert.deepEqual(await store.setStatus(bob, 3, 2), FENCED);
    assert.equal(await statusOf(stage), 2);
  });
}
