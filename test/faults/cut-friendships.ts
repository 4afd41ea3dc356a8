/** A play of the cut test: friendships. */

import assert from 'node:assert/strict';
import type { FriendEntry, FriendshipDecision, FriendshipOperation, Store } from '../../gateway/store/store.ts';
import type { Random } from '../helpers/random.ts';
import { readWholeLog } from './cut-stage.ts';
import type { CutStage } from './cut-stage.ts';

/** Operations of each side. */
const OPERATIONS = 6;

interface Answered {
  readonly operation: FriendshipOperation;
  readonly decision: FriendshipDecision;
}

/** Two users change their friendship at the same time; each decision counts once, and both lists learn the last. */
export async function changeFriendship(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3) as [Store, Store, Store];
  const names = [await stage.addUser(stores[0]), await stage.addUser(stores[1])] as const;
  const answers: Answered[] = [];
  const act = async (side: 0 | 1): Promise<void> => {
    for (let i = 1; i <= OPERATIONS; i += 1) {
      const type = random.pick(['add', 'add', 'accept', 'deny', 'delete'] as const);
      answers.push(await change(stores[side], names[side], names[1 - side]!, type, `${names[side]} ${i}`));
      const { operation, decision } = answers.at(-1)!;
      if (random.chance(0.2)) assert.deepEqual(await stores[2].decideFriendship(operation), decision, 'decided twice');
    }
  };
  await Promise.all([act(0), act(1)]);
  checkVersions(answers);
  for (const [user, other] of [names, [names[1], names[0]]] as const) await checkCopy(stage, user, other);
}

/** As a gateway does it: both lists marked, the decision, both lists told. */
async function change(
  store: Store,
  name: string,
  otherName: string,
  type: FriendshipOperation['type'],
  op: string,
): Promise<Answered> {
  const [by, other] = [name.toLowerCase(), otherName.toLowerCase()];
  assert.deepEqual(await store.beginFriendship(by, otherName), { outcome: 'begun' });
  assert.deepEqual(await store.beginFriendship(other, name), { outcome: 'begun' });
  const operation = { op, type, by, other };
  const decision = await store.decideFriendship(operation);
  await Promise.all([store.tellFriendship(by, otherName, decision), store.tellFriendship(other, name, decision)]);
  return { operation, decision };
}

/** Each version was made by one operation, whose answer says so: one that was done twice leaves a version to nobody. */
function checkVersions(answers: readonly Answered[]): void {
  const made = { add: ['invite', 'accept'], accept: ['accept'], deny: ['deny'], delete: ['delete'] } as const;
  const head = Math.max(...answers.map(({ decision }) => decision.version));
  const story = answers.map(({ operation: { op, type }, decision: { version, change, isDone } }) => {
    return `${op} ${type}: ${isDone} ${version} ${change}`;
  });
  for (let version = 1; version <= head; version += 1) {
    const makers = answers.filter(({ operation: { type, by }, decision }) => {
      const isOwn = decision.version === version && decision.isDone && decision.changedBy === by;
      return isOwn && (made[type] as readonly string[]).includes(decision.change!);
    });
    // Whoever invites again is told that the invitation stands.
    const others = makers.filter(({ decision }) => decision.change !== 'invite');
    assert.ok(makers.length > 0 && others.length <= 1, `version ${version}: ${story.join('; ')}`);
  }
}

async function checkCopy(stage: CutStage, name: string, otherName: string): Promise<void> {
  const [user, other] = [name.toLowerCase(), otherName.toLowerCase()];
  const { version, areFriends, invitedBy } = await stage.direct.readFriendship(user, other);
  const invited = invitedBy === user ? 'inviting' : 'invited';
  const state = areFriends ? 'friends' : invitedBy === undefined ? 'none' : invited;
  const copies = await stage.direct.listFriendships(user);
  const expected = state === 'none' ? [] : [{ user: other, name: otherName, state, version, isOpen: false }];
  assert.deepEqual(copies, expected, `the list of ${name}`);
  const log = (await readWholeLog(stage.direct, user)) as readonly FriendEntry[];
  const versions = log.map((entry) => entry.version);
  assert.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
    `versions that ${name} was told`,
  );
  assert.equal(versions.at(-1) ?? 0, version, `the last version that ${name} was told`);
}
