/** The store's contract: the probe, the end. */

import assert from 'node:assert/strict';
import { INFO, type Check } from './store-stage.ts';

export function checkLife(check: Check): void {
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
