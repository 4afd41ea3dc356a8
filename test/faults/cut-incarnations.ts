/** Plays of the cut test: heartbeats, probes, and what is done after a gateway that died. */

import assert from 'node:assert/strict';
import type { Store } from '../../gateway/store/store.ts';
import { INFO } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import type { CutStage } from './cut-stage.ts';

/** Two gateways live, ask whether all is well, and end in order. */
export async function live(stage: CutStage, random: Random): Promise<void> {
  const [first, second] = stage.pickStores(random, 2) as [Store, Store];
  const [one, other] = [stage.newName(), stage.newName()];
  for (let i = 0; i < 3; i += 1) {
    const pulses = await Promise.all([first.beat(one), second.beat(other)]);
    assert.ok(pulses[0].living.has(one) && pulses[1].living.has(other), 'who beats lives');
  }
  // A probe may be lost with its connection, and says so.
  await Promise.all([first, second].map((store) => store.probe().catch(() => undefined)));
  await first.leave(one);
  const { living, dead } = await second.beat(other);
  assert.ok(living.has(other) && !living.has(one) && !dead.includes(one), 'who left does not live');
  await second.leave(other);
}

/** A gateway ends with users listed at it; two others want to clean up, one does. */
export async function cleanUp(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3) as [Store, Store, Store];
  const [dead, ...others] = [stage.newName(), stage.newName(), stage.newName()] as [string, string, string];
  const users = (await Promise.all([0, 1].map(() => stage.addUser(stores[2])))).map((name) => name.toLowerCase());
  await stores[2].beat(dead);
  for (const user of users) {
    const opened = await stores[2].openSession({ user, session: `${dead}.1`, generation: 1 }, INFO);
    assert.equal(opened.outcome, 'opened');
  }
  await stores[2].leave(dead);
  const pulses = await Promise.all(others.map((other, index) => stores[index]!.beat(other)));
  for (const pulse of pulses) assert.ok(pulse.dead.includes(dead) && !pulse.living.has(dead), `${dead} counts as dead`);
  const claims = await Promise.all(others.map((other, index) => stores[index]!.claim(dead, other)));
  assert.deepEqual([...claims].sort(), [false, true], `two who clean up after ${dead}`);
  const winner = claims.indexOf(true);
  assert.equal(await stage.direct.claim(dead, others[winner]!), true, 'who cleans up asks again');
  const store = stores[winner]!;
  assert.deepEqual(await store.listUsers(dead), [...users].sort());
  for (const user of users) await store.closeIncarnation(user, dead);
  await store.bury(dead);
  for (const user of users) assert.deepEqual((await stage.direct.readPresence([user]))[0]!.sessions, [], user);
  assert.deepEqual(await stage.direct.listUsers(dead), []);
  const after = await stage.direct.beat(others[winner]!);
  assert.ok(!after.dead.includes(dead) && !after.living.has(dead), `${dead} is buried`);
  await Promise.all(others.map((other, index) => stores[index]!.leave(other)));
}

/** A gateway that was taken for dead, or a failover that lost its sessions: it lists them again, and goes on. */
export async function comeBack(stage: CutStage, random: Random): Promise<void> {
  const [store, other] = stage.pickStores(random, 2) as [Store, Store];
  const user = (await stage.addUser(store)).toLowerCase();
  const incarnation = `at-${user}`;
  const author = { user, session: `${incarnation}.1`, generation: 1 };
  assert.equal((await store.openSession(author, INFO)).outcome, 'opened');
  for (let i = 1; i <= 3; i += 1) {
    await other.closeIncarnation(user, incarnation);
    assert.deepEqual(await stage.direct.listUsers(incarnation), []);
    assert.deepEqual(await store.setStatus(author, i, i), { outcome: 'unlisted' });
    assert.deepEqual(await store.reopenSession(author, INFO), { outcome: 'reopened' });
    assert.deepEqual(await stage.direct.listUsers(incarnation), [user]);
    assert.deepEqual((await stage.direct.readPresence([user]))[0]!.sessions, [author.session]);
    assert.deepEqual(await store.setStatus(author, i, i), { outcome: 'set' });
  }
  assert.equal(await other.endSessions(user), true);
  assert.deepEqual(await store.reopenSession(author, INFO), { outcome: 'fenced' });
}
