/** A play of the cut test: sessions and statuses. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Author, Push, Store } from '../../gateway/store/store.ts';
import { INFO } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import { Feed } from './cut-feed.ts';
import { readWholeLog, waitUntil } from './cut-stage.ts';
import type { CutStage } from './cut-stage.ts';

/** Statuses that each session sets. */
const STATUSES = 4;

/** Three sessions at three gateways set statuses; one is closed, one is ended from elsewhere, one stays. */
export async function keepSessions(stage: CutStage, random: Random): Promise<void> {
  const [admin, ...stores] = stage.pickStores(random, 4) as [Store, Store, Store, Store];
  const user = (await stage.addUser(admin)).toLowerCase();
  const authors = stores.map((_, index) => ({ user, session: `at-${user}-${index}.1`, generation: 1 }));
  const [closed, ended, stays] = authors as [Author, Author, Author];
  const opened = await Promise.all(stores.map((store, index) => store.openSession(authors[index]!, INFO)));
  assert.ok(opened.every(({ outcome }) => outcome === 'opened'));
  await expectSessions(stage, user, authors);

  await setStatuses(stage, user, stores, authors);
  await stores[0]!.leaveSession(user, closed.session);
  await expectSessions(stage, user, [ended, stays]);
  await stores[0]!.closeSessions(user, [closed.session]);
  await endOne(stage, admin, stores[1]!, ended);
  await expectSessions(stage, user, [stays]);
  assert.deepEqual(await stores[2]!.setStatus(stays, 1, STATUSES + 1), { outcome: 'set' });
  assert.equal(await admin.endSessions(user, closed.session), false, 'a session that is closed is ended');
  for (const index of [0, 1]) assert.deepEqual(await stage.direct.listUsers(`at-${user}-${index}`), []);
  await stores[2]!.leaveSession(user, stays.session);
  await expectSessions(stage, user, []);
  await stores[2]!.closeSessions(user, [stays.session]);
  await expectSessions(stage, user, []);
}

/** The gateway of a session that is ended closes it as soon as it is told, before the administrator has an answer. */
async function endOne(stage: CutStage, admin: Store, store: Store, author: Author): Promise<void> {
  const { user, session } = author;
  let closing: Promise<unknown> | undefined;
  const close = (): void => void (closing ??= store.closeSessions(user, [session]));
  const forget = stage.onPushGap(store, () => void closeIfEnded().catch(() => undefined));
  const closeIfEnded = async (): Promise<void> => {
    if (!(await store.listSessions(user)).some((listed) => listed.session === session)) close();
  };
  await store.subscribe(user, (push: Push) => {
    if (push.kind === 'end' && push.session === session) close();
  });
  assert.equal(await admin.endSessions(user, session), true, `${session} is ended`);
  await waitUntil(`${session} to learn that it was ended`, () => closing !== undefined);
  await closing;
  assert.deepEqual(await store.setStatus(author, 9, STATUSES + 1), { outcome: 'unlisted' });
  forget();
  await store.unsubscribe(user);
}

/** Each session sets statuses that nobody else sets; what is seen must never come back. */
async function setStatuses(stage: CutStage, user: string, stores: readonly Store[], authors: readonly Author[]) {
  const seen: number[] = [0];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const status = (await stage.direct.readAccount(user))!.status;
      if (status !== seen.at(-1)) seen.push(status);
      await sleep(2);
    }
  })();
  const set = async (author: Author, index: number): Promise<void> => {
    for (let i = 1; i <= STATUSES; i += 1) {
      const status = 100 * (index + 1) + i;
      assert.deepEqual(await stores[index]!.setStatus(author, status, i), { outcome: 'set' });
    }
  };
  await Promise.all(authors.map(set)).finally(() => (isOver = true));
  await watching;
  assert.deepEqual(seen, [...new Set(seen)], `a status of ${user} came back`);
}

async function expectSessions(stage: CutStage, user: string, authors: readonly Author[]): Promise<void> {
  const expected = authors.map(({ session }) => session);
  const listed = await stage.direct.listSessions(user);
  const [presence] = await stage.direct.readPresence([user]);
  assert.deepEqual([...presence!.sessions].sort(), expected, `sessions of ${user}`);
  assert.deepEqual(
    listed,
    expected.map((session) => ({ session, info: INFO })),
    `sessions of ${user}`,
  );
  for (const session of expected) {
    assert.deepEqual(await stage.direct.listUsers(session.split('.')[0]!), [user], `users of ${session}`);
  }
}

/** One user leaves a gateway and is back before the gateway has heard that the leaving was written down. */
export async function comeAndGo(stage: CutStage, random: Random): Promise<void> {
  const [store, other] = stage.pickStores(random, 2) as [Store, Store];
  const user = (await stage.addUser(store)).toLowerCase();
  const incarnation = `at-${user}`;
  let feed: Feed | undefined;
  for (let i = 1; i <= 4; i += 1) {
    const before = `${incarnation}.${i - 1}`;
    const left = Promise.all(i === 1 ? [] : [store.closeSessions(user, [before]), feed!.close()]);
    // It is looked at below.
    left.catch(() => undefined);
    feed = new Feed(store, user);
    await feed.open(stage);
    const author = { user, session: `${incarnation}.${i}`, generation: 1 };
    assert.equal((await store.openSession(author, INFO)).outcome, 'opened');
    await left;
    await expectSessions(stage, user, [author]);
    // To oneself, by way of another gateway.
    const sent = await other.send(author, { to: user, text: `${i}`, op: 1, settled: [] });
    assert.equal(sent.outcome, 'appended');
    await feed.waitFor(i);
  }
  assert.deepEqual(feed!.entries, await readWholeLog(stage.direct, user));
  await Promise.all([store.closeSessions(user, [`${incarnation}.4`]), feed!.close()]);
  assert.deepEqual(await stage.direct.listUsers(incarnation), []);
}
