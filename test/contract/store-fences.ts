/** The store's contract: what ends sessions, and that an ended one can write nothing any more. */

import assert from 'node:assert/strict';
import type { Author } from '../../gateway/store/store.ts';
import { INFO, type Check, type Stage } from './store-stage.ts';

/** Every change that an author can make is refused and changes nothing. */
async function assertFenced(stage: Stage, author: Author, outcome = 'fenced'): Promise<void> {
  const { store } = stage;
  const before = await look(stage, author.user);
  const fenced = { outcome };
  const request = { to: 'amy', text: 'late', op: stage.nextOp(), settled: [] };
  assert.deepEqual(await store.send(author, request), fenced);
  assert.deepEqual(await store.setStatus(author, 3, stage.nextOp()), fenced);
  assert.deepEqual(await store.beginFriendship(author.user, 'amy', author), fenced);
  assert.deepEqual(await look(stage, author.user), before);
}

async function look({ store }: Stage, user: string) {
  return [await store.readLog(user, 0), await store.readAccount(user), await store.listFriendships(user)];
}

export function checkFences(check: Check): void {
  check('one session ends: it is fenced and unseen, the others go on', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const ended = await stage.open('bob', 'inc.1');
    const other = await stage.open('bob', 'inc.2');
    const heard = await stage.listen('bob');
    assert.equal(await store.endSessions('bob', 'inc.1'), true);
    assert.deepEqual(await heard.wait(1), [{ kind: 'end', session: 'inc.1', generation: ended.generation }]);
    await assertFenced(stage, ended);
    assert.deepEqual(await store.openSession(ended, INFO), { outcome: 'fenced' });
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.2']);
    assert.deepEqual(
      (await store.listSessions('bob')).map(({ session }) => session),
      ['inc.2'],
    );
    await stage.send(other, 'amy', 'still here');
    assert.deepEqual((await stage.reopen(other)).sessions, ['inc.2']);
    assert.deepEqual(await store.listUsers('inc'), ['bob']);
    await store.closeSessions('bob', ['inc.1']);
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.2']);
    // Closed by its gateway, which knows that it was ended.
    await assertFenced(stage, ended, 'unlisted');
  });

  check('ending a session that is not there says so', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    assert.equal(await store.endSessions('bob', 'inc.1'), false);
    assert.equal(await store.endSessions('nobody', 'inc.1'), false);
    assert.equal(await store.endSessions('nobody'), false);
  });

  check('all sessions end: they are fenced and unseen, and new ones can be opened', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const ended = [await stage.open('bob', 'inc.1'), await stage.open('bob', 'inc.2')];
    const heard = await stage.listen('bob');
    assert.equal(await store.endSessions('bob'), true);
    const { generation } = (await store.readAccount('bob'))!;
    assert.ok(generation > ended[0]!.generation);
    assert.deepEqual(await heard.wait(1), [{ kind: 'end', generation }]);
    for (const author of ended) {
      await assertFenced(stage, author);
      assert.deepEqual(await store.openSession(author, INFO), { outcome: 'fenced' });
    }
    assert.deepEqual(await stage.seenSessions('bob'), []);
    assert.deepEqual(await store.listSessions('bob'), []);
    const fresh = await stage.open('bob', 'inc.3');
    await stage.send(fresh, 'amy', 'back');
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.3']);
  });

  check('a new password ends all sessions', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    const heard = await stage.listen('bob');
    await store.changeAccount('bob', { pass: 'new' });
    const { generation } = (await store.readAccount('bob'))!;
    assert.deepEqual(await heard.wait(1), [{ kind: 'end', generation }]);
    await assertFenced(stage, author);
    await stage.open('bob', 'inc.2');
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.2']);
  });

  check('a ban ends all sessions and lets none be opened until it is lifted', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    const heard = await stage.listen('bob');
    await store.changeAccount('bob', { banned: true });
    const { generation } = (await store.readAccount('bob'))!;
    assert.deepEqual(await heard.wait(1), [{ kind: 'end', generation }]);
    await assertFenced(stage, author);
    const banned = await stage.author('bob', 'inc.2');
    assert.deepEqual(await store.openSession(banned, INFO), { outcome: 'fenced' });
    assert.deepEqual(await stage.seenSessions('bob'), []);
    await store.changeAccount('bob', { banned: false });
    await assertFenced(stage, author);
    await stage.open('bob', 'inc.3');
    assert.deepEqual(await stage.seenSessions('bob'), ['inc.3']);
  });

  check('a removal ends all sessions', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    const heard = await stage.listen('bob');
    await store.removeAccount('bob');
    const [push] = await heard.wait(1);
    assert.ok(push?.kind === 'end' && push.session === undefined && push.generation > author.generation);
    assert.deepEqual(await store.openSession(author, INFO), { outcome: 'fenced' });
    const request = { to: 'amy', text: 'late', op: 1, settled: [] };
    assert.deepEqual(await store.send(author, request), { outcome: 'fenced' });
    assert.deepEqual(await store.setStatus(author, 1, 2), { outcome: 'fenced' });
    assert.deepEqual(await store.beginFriendship('bob', 'amy', author), { outcome: 'unknown' });
    assert.deepEqual(await store.readLog('bob', 0), { entries: [], head: 0, delivered: 0 });
  });

  check('a session that is not listed, though nobody ended it, is told so', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    await assertFenced(stage, await stage.author('bob', 'inc.1'), 'unlisted');
    const author = await stage.open('bob', 'inc.2');
    await store.closeSessions('bob', ['inc.2']);
    await assertFenced(stage, author, 'unlisted');
    const other = await stage.open('bob', 'inc.3');
    await store.closeIncarnation('bob', 'inc');
    await assertFenced(stage, other, 'unlisted');
  });

  check('a session that is not listed is fenced where it could not be opened again', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    await store.closeSessions('bob', ['inc.1']);
    await store.changeAccount('bob', { banned: true });
    await assertFenced(stage, author);
    await assertFenced(stage, await stage.author('bob', 'inc.1'));
    await store.changeAccount('bob', { banned: false });
    await assertFenced(stage, author);
    await assertFenced(stage, await stage.author('bob', 'inc.1'), 'unlisted');
  });

  check('a session of before all were ended stays over with the new generation', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    await stage.open('bob', 'inc.1');
    await store.endSessions('bob');
    const author = await stage.author('bob', 'inc.1');
    await assertFenced(stage, author);
    assert.deepEqual(await store.openSession(author, INFO), { outcome: 'fenced' });
    assert.deepEqual(await store.reopenSession(author, INFO), { outcome: 'fenced' });
    assert.deepEqual(await stage.seenSessions('bob'), []);
  });

  check('a session is not opened for nobody, nor with an old or a future generation', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    const author = await stage.author('bob', 'inc.1');
    const fenced = { outcome: 'fenced' };
    assert.deepEqual(await store.openSession({ ...author, user: 'nobody' }, INFO), fenced);
    assert.deepEqual(await store.openSession({ ...author, generation: author.generation - 1 }, INFO), fenced);
    assert.deepEqual(await store.openSession({ ...author, generation: author.generation + 1 }, INFO), fenced);
    assert.deepEqual(await stage.seenSessions('bob'), []);
    assert.deepEqual(await store.listUsers('inc'), []);
  });

  check('what was sent before the end is answered again after it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const author = await stage.open('bob', 'inc.1');
    const request = { to: 'amy', text: 'in time', op: 1, settled: [] };
    const first = await store.send(author, request);
    await store.endSessions('bob');
    assert.deepEqual(await store.send(author, request), first);
    assert.deepEqual(await store.send(author, { ...request, op: 2 }), { outcome: 'fenced' });
    assert.equal((await stage.readAll('bob')).length, 1);
  });
}
