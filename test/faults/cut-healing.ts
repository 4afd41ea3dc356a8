/** Plays of the cut test: what heals copies of which a failover took the end. */

import assert from 'node:assert/strict';
import type { MessageEntry, Store } from '../../gateway/store/store.ts';
import { INFO, type Appended } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import type { CutStage } from './cut-stage.ts';

/** The receiver has messages that the sender's log lost: it gets them back, and the next one a number after them. */
export async function mendLog(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3) as [Store, Store, Store];
  const [from, to] = [await stage.addUser(stores[0]), await stage.addUser(stores[1])];
  const [sender, receiver] = [from.toLowerCase(), to.toLowerCase()];
  const lost = [1, 2, 3].map((n) => ({
    n,
    check: `00000${n}`,
    previous: n === 1 ? '' : `00000${n - 1}`,
    text: `lost ${n}`,
  }));
  for (const message of lost) {
    assert.equal((await stores[1].receive(receiver, { ...message, from, time: 1 })).outcome, 'stored');
  }
  const author = { user: sender, session: `at-${sender}.1`, generation: 1 };
  assert.equal((await stores[0].openSession(author, INFO)).outcome, 'opened');
  const sent = (await stores[0].send(author, { to, text: 'new', op: 1, settled: [] })) as Appended;
  assert.deepEqual(await stores[0].receive(receiver, { ...sent, from, text: 'new' }), { outcome: 'diverged' });

  const [pending] = await Promise.all([mend(stores[0], from, to), mend(stores[2], from, to)]);
  assert.deepEqual(
    pending.map(({ n, check, text }) => ({ n, check, text })),
    [{ n: 4, check: sent.check, text: 'new' }],
  );
  const answer = await stores[0].receive(receiver, { ...pending[0]!, from });
  assert.equal(answer.outcome, 'stored');
  await stores[0].settle(sender, [{ to: receiver, n: 4 }]);
  const expected = [...lost, { n: 4, check: sent.check, previous: '000003', text: 'new' }];
  for (const user of [sender, receiver]) {
    const entries = (await stage.direct.readLog(user, 0)).entries as readonly MessageEntry[];
    assert.deepEqual(
      entries.map(({ n, check, previous, text }) => ({ n, check, previous, text })),
      expected,
      user,
    );
  }
  assert.deepEqual((await stage.direct.readUnfinished(sender))!.pending, []);
}

/** As a gateway does it; two gateways may do it at once. */
async function mend(store: Store, from: string, to: string) {
  const [sender, receiver] = [from.toLowerCase(), to.toLowerCase()];
  const own = (await store.readPeers(sender, receiver))!.conversations.find(({ other }) => other === receiver);
  const theirs = (await store.readPeers(receiver, sender))!.conversations.find(({ other }) => other === sender);
  const first = own!.unsettled;
  const copies = await store.findReceived(receiver, sender, first);
  return store.mend(sender, { to, last: theirs!.in, first, copies });
}

/** A pair's record that is behind a user's copy is brought up to it, once, and then goes on. */
export async function restoreRecord(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 2) as [Store, Store];
  const [name, other] = [await stage.addUser(stores[0]), await stage.addUser(stores[1])];
  const [user, otherUser] = [name.toLowerCase(), other.toLowerCase()];
  const copy = { user: otherUser, name: other, state: 'friends', version: 2, isOpen: false } as const;
  const restored = stores[0].restoreFriendship(user, copy);
  const operation = { op: `${name} restored`, type: 'delete', by: otherUser, other: user } as const;
  await restored;
  assert.equal((await stage.direct.readFriendship(user, otherUser)).version, 2);
  const decision = await stores[1].decideFriendship(operation);
  assert.deepEqual([decision.isDone, decision.version, decision.areFriends], [true, 3, false]);
  await stores[0].restoreFriendship(user, copy);
  assert.equal(
    (await stage.direct.readFriendship(user, otherUser)).version,
    3,
    'a copy that is older restores nothing',
  );
  await stores[0].markCompared(user, 1);
  const opened = await stage.direct.openSession({ user, session: `at-${user}.1`, generation: 1 }, INFO);
  assert.ok(opened.outcome === 'opened' && !opened.isDoubtful, 'copies were compared');
}
