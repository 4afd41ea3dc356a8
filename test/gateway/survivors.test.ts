/** After a gateway's death: what one user's clean-up meets does not keep the others from theirs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServices } from '../../gateway/create-services.ts';
import type { Store } from '../../gateway/store/store.ts';
import { Survivors } from '../../gateway/survivors.ts';
import { INFO } from '../contract/store-stage.ts';
import { createParts } from './listening.ts';

/** Two gateways died, each with a user's session and a message half-way. */
async function createStage() {
  const parts = createParts();
  const { store } = parts;
  for (const name of ['alice', 'bob', 'carol']) {
    await store.addAccount({ name, pass: 'p', op: name });
    const author = { user: name, session: `of-${name}.1`, generation: 1 };
    await store.openSession(author, INFO);
    if (name !== 'carol') await store.send(author, { to: 'carol', text: `from ${name}`, op: 1, settled: [] });
  }
  await store.beat('here');
  const services = createServices(parts);
  const survivors = new Survivors({ ...services, store, incarnation: 'here' });
  const received = async () => {
    const { entries } = await store.readLog('carol', 0);
    return entries.flatMap((entry) => ('text' in entry ? [entry.text] : []));
  };
  return { store, survivors, received };
}

test('what was half-way is carried on, sessions are closed, and the dead are not named any more', async () => {
  const { store, survivors, received } = await createStage();
  await survivors.cleanUp(['of-alice', 'of-bob']);
  assert.deepEqual(await received(), ['from alice', 'from bob']);
  assert.deepEqual(
    (await store.readPresence(['alice', 'bob'])).map((seen) => seen?.sessions),
    [[], []],
  );
  assert.deepEqual((await store.beat('here')).dead, ['of-carol']);
});

test('a user that cannot be tidied up after stays for the next time, and keeps nobody else waiting', async () => {
  const { store, survivors, received } = await createStage();
  const { readUnfinished } = store;
  let isBroken = true;
  Object.assign(store, {
    readUnfinished: (user: string) => {
      if (user === 'alice' && isBroken) return Promise.reject(new Error('the store does not answer'));
      return readUnfinished.call(store, user);
    },
  } satisfies Partial<Store>);
  await survivors.cleanUp(['of-alice', 'of-bob']);
  assert.deepEqual(await received(), ['from bob']);
  assert.deepEqual([...(await store.beat('here')).dead].sort(), ['of-alice', 'of-carol']);
  isBroken = false;
  await survivors.cleanUp(['of-alice']);
  assert.deepEqual(await received(), ['from bob', 'from alice']);
});
