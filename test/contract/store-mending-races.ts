/** The store's contract: mending is repeated, done by two gateways at once, and meets messages on their way. */

import assert from 'node:assert/strict';
import type { MendRequest } from '../../gateway/store/store.ts';
import { assertWhole, begin, carryOn, compare, lose, mend, receive } from './store-mending.ts';
import { assertStored, numbers, settled, type Check, type Stage } from './store-stage.ts';

export function checkMendingRaces(check: Check): void {
  check('mending again, with what was found before or anew, changes nothing more', async (stage) => {
    const { store } = stage;
    const alice = await begin(stage);
    await lose(stage, 1, 2);
    for (const text of ['one', 'two']) await stage.send(alice, 'Bob', text);
    const request = await compare(stage);
    const pending = await store.mend('alice', request);
    const before = await stage.readAll('alice');
    assert.deepEqual(await store.mend('alice', request), pending);
    assert.deepEqual(await mend(stage), pending);
    await carryOn(stage, pending.slice(0, 1));
    assert.deepEqual(await store.mend('alice', request), pending.slice(1));
    assert.deepEqual(await mend(stage), pending.slice(1));
    assert.deepEqual(await stage.readAll('alice'), before);
    await carryOn(stage, pending.slice(1));
    assert.deepEqual(await store.mend('alice', request), []);
    await assertWhole(stage, 'lost|1', 'lost|2', 'one', 'two');
  });

  check('two gateways that mend at once do it once', async (stage) => {
    const alice = await begin(stage);
    await lose(stage, 1, 3);
    for (const text of ['one', 'two']) await stage.send(alice, 'Bob', text);
    const answers = await Promise.all(numbers(1, 4).map(() => mend(stage)));
    for (const pending of answers) assert.deepEqual(pending, answers[0]);
    assert.equal((await stage.readAll('alice')).length, 5);
    await Promise.all(answers.map((pending) => carryOn(stage, pending)));
    await assertWhole(stage, 'lost|1', 'lost|2', 'lost|3', 'one', 'two');
  });

  for (const isSettled of [true, false]) {
    const state = isSettled ? 'settled' : 'pending';
    check(`a message that was taken in behind those that diverged is there once: ${state}`, async (stage) => {
      const [early, late] = [await beginRace(stage, isSettled), await compare(stage)];
      assert.deepEqual([early.last.n, late.last.n], [1, 3]);
      await carryOn(stage, await stage.store.mend('alice', late));
      await assertWhole(stage, 'lost|1', 'three', 'one', 'two');
    });
  }

  check('a settlement of a message that was lost does not settle the one that took its number', async (stage) => {
    const alice = await begin(stage);
    await lose(stage, 1, 1);
    const sent = await stage.send(alice, 'Bob', 'new');
    await stage.store.settle('alice', [{ to: 'bob', n: 1, check: 'aaaaa1' }]);
    assert.equal((await receive(stage, sent, 'new')).outcome, 'diverged');
    const [pending] = await mend(stage);
    assert.deepEqual([pending?.n, pending?.check], [2, sent.check]);
    await stage.store.settle('alice', [{ to: 'bob', n: 2, check: sent.check }]);
    assert.deepEqual((await stage.store.readUnfinished('alice'))?.pending, []);
  });

  check('a message that was settled after the copies were read keeps its number', async (stage) => {
    const early = await beginRace(stage, true);
    await carryOn(stage, await stage.store.mend('alice', early));
    await assertWhole(stage, 'lost|1', 'three', 'one', 'two');
  });

  check('a message that was taken in after the copies were read is found by its check', async (stage) => {
    const early = await beginRace(stage, false);
    const [one, two, three] = await stage.store.mend('alice', early);
    assert.deepEqual([one?.text, two?.text, three?.text], ['one', 'two', 'three']);
    const { n, check: own, previous, time, text } = one!;
    const again = await stage.store.receive('bob', { from: 'Alice', n, check: own, previous, time, text });
    assert.equal(again.outcome, 'diverged');
    await carryOn(stage, await mend(stage));
    await assertWhole(stage, 'lost|1', 'three', 'one', 'two');
  });
}

/** Alice lost one; of three new ones of different sessions the third comes first. Gives what was found before it came. */
async function beginRace(stage: Stage, isSettled: boolean): Promise<MendRequest> {
  const alice = await begin(stage);
  await lose(stage, 1, 1);
  const sent = [];
  for (const text of ['one', 'two', 'three']) sent.push(await stage.send(alice, 'Bob', text));
  const request = await compare(stage);
  // As a fourth one does that finds itself ahead.
  assertStored(await stage.store.receive('bob', { ...sent[2]!, from: 'Alice', text: 'three', after: 1 }));
  if (isSettled) await stage.store.settle('alice', settled('bob', 3));
  assert.equal((await receive(stage, sent[0]!, 'one')).outcome, 'diverged');
  return request;
}
