/** Plays of the cut test: devices and marks. */

import assert from 'node:assert/strict';
import type { Author, DeviceLogin, OpenedSession, Store } from '../../gateway/store/store.ts';
import { INFO, type Appended } from '../contract/store-stage.ts';
import type { Random } from '../helpers/random.ts';
import { readWholeLog } from './cut-stage.ts';
import type { CutStage } from './cut-stage.ts';

/** Messages of each device, or of the pair. */
const MESSAGES = 6;
const LOGIN: DeviceLogin = { label: 'a | phone', tokenHash: '01', marks: 0 };

async function open(store: Store, author: Author, login: Partial<DeviceLogin> = {}): Promise<OpenedSession> {
  const isOfDevice = author.device !== undefined;
  const opened = await store.openSession(author, INFO, isOfDevice ? { ...LOGIN, ...login } : undefined);
  assert.equal(opened.outcome, 'opened', author.session);
  return opened as OpenedSession;
}

async function send(store: Store, author: Author, op: number, to: string, twice?: Store): Promise<Appended> {
  const request = { to, text: `${author.device} ${op}`, op, settled: [] };
  const answer = await store.send(author, request);
  if (twice) assert.deepEqual(await twice.send(author, request), answer, `${request.text}, asked twice`);
  assert.equal(answer.outcome, 'appended', request.text);
  return answer as Appended;
}

/** A device writes, comes again elsewhere, and is revoked in the end. */
export async function useDevices(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3) as [Store, Store, Store];
  const name = await stage.addUser(stores[0]);
  const user = name.toLowerCase();
  const before: Author = { user, session: `at-${user}.1`, generation: 1, device: 'phone' };
  const after = { ...before, session: `at-${user}.2` };
  await open(stores[0], before);
  const sent: Appended[] = [];
  for (let id = 1; id <= MESSAGES; id += 1) {
    sent.push(await send(stores[0], before, 2 * id, name, random.chance(0.3) ? stores[1] : undefined));
  }
  const { device } = await open(stores[1], after, { epoch: '0', after: sent.at(-1)!.place, tokenHash: '02' });
  assert.deepEqual([device?.isResumed, device?.sent, device?.epoch], [true, 2 * MESSAGES, '0']);
  assert.deepEqual(await send(stores[2], before, 2 * MESSAGES, name), sent.at(-1), 'a repeat, though replaced');
  const late = { to: name, text: 'late', op: 2 * MESSAGES + 1, settled: [] };
  assert.deepEqual(await stores[0].send(before, late), { outcome: 'replaced' });
  await Promise.all([stores[0], stores[2]].map((store) => store.touchDevice(user, 'phone')));
  await Promise.all([
    send(stores[1], after, late.op, name),
    stores[2].setToken(user, 'phone', '03', 1).then((isSet) => assert.ok(isSet)),
  ]);
  await checkDevice(stage, name);

  const lost = await open(stores[0], { ...before, session: `at-${user}.3` }, { epoch: '0', after: '99-ffffff' });
  assert.equal(lost.device?.isResumed, false);
  const epochOf = async (): Promise<string> => (await stage.direct.look(user))!.epoch;
  assert.equal(await epochOf(), lost.device?.epoch, 'the epoch after a lost tail');
  await Promise.all(stores.map((store) => store.noteLost(user, lost.device!.epoch, '99-ffffff')));
  const epoch = await epochOf();
  assert.notEqual(epoch, lost.device?.epoch, 'the epoch after another one');
  for (const store of stores) await store.noteLost(user, lost.device!.epoch, '99-ffffff');
  assert.equal(await epochOf(), epoch, 'and that only once');
  assert.equal(await stores[1].revokeDevice(user, 'phone'), true, 'the device is revoked');
  assert.equal(await stores[2].revokeDevice(user, 'phone'), false, 'there is none any more');
  assert.deepEqual(await stage.direct.listSessions(user), [], 'its sessions have ended');
  const sessions = [1, 2, 3].map((number) => `at-${user}.${number}`);
  assert.equal(await stores[0].closeSessions(user, sessions), true);
}

/** Each message once, with the device and its ids; and the device as it was set last. */
async function checkDevice(stage: CutStage, name: string): Promise<void> {
  const user = name.toLowerCase();
  const ids = [...Array.from({ length: MESSAGES }, (_, index) => 2 * (index + 1)), 2 * MESSAGES + 1];
  const log = await readWholeLog(stage.direct, user);
  assert.deepEqual(
    log.map((entry) => ('by' in entry ? entry.by : undefined)),
    ids.map((id) => ({ device: 'phone', id })),
    `messages of ${name}`,
  );
  const [device, ...others] = await stage.direct.listDevices(user);
  assert.deepEqual([device?.label, device?.tokenHash, others], [LOGIN.label, '03', []]);
}

/** Messages are delivered, read, and blocked: each of it raises marks once, and nothing stays untold. */
export async function markMessages(stage: CutStage, random: Random): Promise<void> {
  const stores = stage.pickStores(random, 3) as [Store, Store, Store];
  const [from, to] = [await stage.addUser(stores[0]), await stage.addUser(stores[1])];
  const [sender, receiver] = [from.toLowerCase(), to.toLowerCase()];
  const author = { user: sender, session: `at-${sender}.1`, generation: 1, device: 'desk' };
  const reader = { user: receiver, session: `at-${receiver}.1`, generation: 1 };
  await Promise.all([open(stores[0], author), open(stores[1], reader)]);
  let raised = 0;
  for (let n = 1; n <= MESSAGES; n += 1) {
    const isBlocked = n % 3 === 0;
    assert.deepEqual(await stores[1].setBlock(reader, from, isBlocked, n), { outcome: 'set' });
    if (isBlocked || n % 3 === 1) raised += n === 1 ? 0 : 1;
    const sent = await send(stores[0], author, n, to);
    const answer = await stores[0].receive(receiver, { ...sent, from, text: `desk ${n}` });
    assert.ok(answer.outcome === 'stored' && answer.presence.isBlocking === isBlocked, `message ${n}`);
    await stores[0].settle(sender, [{ to: receiver, n }]);
    if (isBlocked) continue;
    // By two devices at once; and then it is read.
    const head = (await stage.direct.look(receiver))!.head!;
    const confirmed = await Promise.all([stores[1], stores[2]].map((store) => store.confirm(receiver, head)));
    assert.equal(confirmed.flat().length, 1, `one of two is told that ${n} was delivered`);
    const read = await stores[1].read(receiver, from, n);
    assert.deepEqual(read, { to: sender, delivered: n, read: n });
    raised += 1;
    for (const told of [...confirmed.flat(), read!]) {
      await stores[2].mark(sender, to, told);
      await stores[2].noteTold(receiver, [told]);
    }
  }
  assert.deepEqual((await stage.direct.readUnfinished(receiver))!.untold, []);
  const { v, marks } = await stage.direct.readMarks(receiver, 0);
  const last = MESSAGES - 1;
  const seen = { name: from, delivered: 0, read: 0, seen: last, refused: '', isBlocked: true, v };
  assert.deepEqual([v, marks], [raised, [seen]], `marks of ${to}`);
  const own = await stage.direct.readMarks(sender, 0);
  const told = { name: to, delivered: last, read: last, seen: 0, refused: '', isBlocked: false, v: own.v };
  assert.deepEqual(own.marks, [told], `marks of ${from}`);
  await Promise.all([
    stores[0].closeSessions(sender, [author.session]),
    stores[1].closeSessions(receiver, [reader.session]),
  ]);
}
