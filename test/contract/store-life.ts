/** The store's contract: which gateways live, the probe, the end. */

import assert from 'node:assert/strict';
import { INFO, type Check } from './store-stage.ts';

export function checkLife(check: Check, hasClock: boolean): void {
  check('an incarnation that beats lives, until it leaves', async ({ store }) => {
    assert.deepEqual([...(await store.beat('one'))], ['one']);
    assert.deepEqual([...(await store.beat('two'))].sort(), ['one', 'two']);
    assert.deepEqual([...(await store.beat('one'))].sort(), ['one', 'two']);
    await store.leave('one');
    await store.leave('one');
    assert.deepEqual([...(await store.beat('two'))], ['two']);
  });

  if (hasClock) {
    check('an incarnation is dead 12 seconds after its last beat', async (stage) => {
      const { store } = stage;
      await store.beat('one');
      stage.advance(6_000);
      await store.beat('two');
      stage.advance(5_999);
      assert.deepEqual([...(await store.beat('three'))].sort(), ['one', 'three', 'two']);
      stage.advance(1);
      assert.deepEqual([...(await store.beat('three'))].sort(), ['three', 'two']);
      assert.deepEqual([...(await store.beat('one'))].sort(), ['one', 'three', 'two']);
    });
  }

  check('what an incarnation held stays until somebody cleans up after it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob');
    await store.beat('one');
    await stage.open('bob', 'one.1');
    await store.leave('one');
    assert.deepEqual(await store.listUsers('one'), ['bob']);
    assert.deepEqual(await stage.seenSessions('bob'), ['one.1']);
  });

  check('a probe goes through and comes back, also beside others', async ({ store }) => {
    await store.probe();
    await Promise.all([store.probe(), store.probe(), store.probe()]);
  });

  check('a probe is seen by no user and nobody’s listener', async (stage) => {
    await stage.addUsers('bob', 'probe');
    const heard = [await stage.listen('bob'), await stage.listen('probe')];
    await stage.store.probe();
    await stage.receiveMany('probe', 'bob', 1, 1);
    await heard[1]!.wait(1);
    assert.deepEqual(
      heard.map(({ pushes }) => pushes.length),
      [0, 1],
    );
    assert.equal((await stage.store.listAccounts('', 9)).length, 2);
  });

  check('the store says what it is', async ({ store }) => {
    assert.match(store.description, /^\S.*$/);
  });

  check('closing waits for what was asked; later calls are rejected', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await stage.open('bob', 'inc.1');
    const sent = stage.send(bob, 'amy', 'the last');
    const closed = store.close();
    assert.equal((await sent).n, 1);
    await closed;
    await assert.rejects(store.readAccount('bob'));
    await assert.rejects(store.openSession(bob, INFO));
    await assert.rejects(store.send(bob, { to: 'amy', text: 'late', op: stage.nextOp(), settled: [] }));
    await assert.rejects(store.readLog('bob', 0));
    await assert.rejects(store.subscribe('bob', () => {}));
    await assert.rejects(store.probe());
    await store.close();
  });
}
