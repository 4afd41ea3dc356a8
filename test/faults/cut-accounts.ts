/** Plays of the cut test: accounts, and what administrators do to them. */

import assert from 'node:assert/strict';
import type { Store } from '../../gateway/store/store.ts';
import type { Random } from '../helpers/random.ts';
import type { CutStage } from './cut-stage.ts';

/** Changes of an account: what it is called, whether it ends all sessions. */
const CHANGES: readonly { title: string; raises: boolean; act: (store: Store, user: string) => Promise<boolean> }[] = [
  { title: 'ban', raises: true, act: (store, user) => store.changeAccount(user, { banned: true }) },
  { title: 'unban', raises: false, act: (store, user) => store.changeAccount(user, { banned: false }) },
  { title: 'password', raises: true, act: (store, user) => store.changeAccount(user, { pass: 'q' }) },
  { title: 'end all', raises: true, act: (store, user) => store.endSessions(user) },
];

/** One name, wanted by two; then changed by one administrator, by three at once, and removed by two. */
export async function administrate(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3);
  const user = await addOnce(stage, stores);
  let generation = 1;
  for (let i = 0; i < 3; i += 1) {
    generation += await changeAccount(random.pick(stores), user, random);
    assert.equal(
      (await stage.direct.readAccount(user))?.generation,
      generation,
      `generation after one change of ${user}`,
    );
  }
  const raised = await Promise.all(
    stores.map(
      async (store) => (await changeAccount(store, user, random)) + (await changeAccount(store, user, random)),
    ),
  );
  generation += raised.reduce((sum, count) => sum + count);
  assert.equal((await stage.direct.readAccount(user))?.generation, generation, `generation after six changes at once`);
  await removeOnce(stage, stores, user);
}

/** Gives by how much the generation rises. */
async function changeAccount(store: Store, user: string, random: Random): Promise<number> {
  const { title, raises, act } = random.pick(CHANGES);
  assert.equal(await act(store, user), true, `${title} of ${user}`);
  return raises ? 1 : 0;
}

async function addOnce(stage: CutStage, stores: readonly Store[]): Promise<string> {
  const name = stage.newName();
  const accounts = [0, 1].map((i) => ({ name: i === 0 ? name : name.toUpperCase(), pass: 'p', op: `${name} ${i}` }));
  const answers = await Promise.all(accounts.map((account, i) => stores[i]!.addAccount(account)));
  assert.deepEqual([...answers].sort(), ['added', 'taken'], `two who want ${name}`);
  const again = await Promise.all(accounts.map((account) => stores[2]!.addAccount(account)));
  assert.deepEqual(again, answers, `two who want ${name}, again`);
  const account = await stage.direct.readAccount(name.toLowerCase());
  assert.equal(account?.name, accounts[answers.indexOf('added')]!.name);
  return name.toLowerCase();
}

async function removeOnce(stage: CutStage, stores: readonly Store[], user: string): Promise<void> {
  const [before] = await stage.direct.listAccounts(user.slice(0, -1), 1);
  assert.ok(before, 'an account is listed');
  const answers = await Promise.all(stores.slice(0, 2).map((store) => store.removeAccount(user)));
  assert.deepEqual([...answers].sort(), [false, true], `two who remove ${user}`);
  assert.equal(await stores[2]!.removeAccount(user), false, `${user} is removed again`);
  assert.equal(await stage.direct.readAccount(user), undefined);
  assert.equal(await stores[2]!.addAccount({ name: user, pass: 'p', op: 'another' }), 'taken', `${user} after all`);
  assert.equal(await stores[2]!.changeAccount(user, { banned: true }), false);
}
