/** ioredis sends a command again when its answer was lost: a script that ran twice must have changed nothing more. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createAccounts } from '../../gateway/store/redis-accounts.ts';
import { INCARNATIONS } from '../../gateway/store/keys.ts';
import { createFriendships } from '../../gateway/store/redis-friendships.ts';
import { createGateways } from '../../gateway/store/redis-gateways.ts';
import { createDevices } from '../../gateway/store/redis-devices.ts';
import { createAsk, createLink, SCRIPTS } from '../../gateway/store/redis-link.ts';
import type { Link, ScriptName } from '../../gateway/store/redis-link.ts';
import { createMarks } from '../../gateway/store/redis-marks.ts';
import { createMessages } from '../../gateway/store/redis-messages.ts';
import { createOpening } from '../../gateway/store/redis-opening.ts';
import { createPeers } from '../../gateway/store/redis-peers.ts';
import { createPushes } from '../../gateway/store/redis-pushes.ts';
import { createSessions } from '../../gateway/store/redis-sessions.ts';
import type {
  Author,
  DeviceLogin,
  FriendshipOperation,
  OpenedSession,
  SessionInfo,
} from '../../gateway/store/store.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis.ts';

const limits = {
  ...{ logEntries: 64, logAge: 1e9, logBytes: 1e6, waiting: 2, unconfirmed: 3 },
  ...{ friendships: 2, devices: 2, absence: 0 },
};
const info: SessionInfo = { transport: 'tcp', address: '127.0.0.1', since: 1 };
const alice: Author = { user: 'alice', session: 'gw.1', generation: 1 };
const login: DeviceLogin = { label: 'Phone', tokenHash: 'ab', marks: 0 };

/** What these write, or answer, is the time. */
const OF_TIME: readonly ScriptName[] = ['beat', 'probe', 'read-devices'];

/** All that Redis holds, in a comparable form. */
async function dump(redis: Redis): Promise<Record<string, unknown>> {
  const keys = (await redis.keys('*')).sort();
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await dumpKey(redis, key)])));
}

async function dumpKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'set':
      return (await redis.smembers(key)).sort();
    default:
      return redis.zrange(key, '0', '-1', 'WITHSCORES');
  }
}

describe('scripts that are run twice', { timeout: 20_000 }, () => {
  const twice = new Set<ScriptName>();
  let server: RedisServer;
  let redis: Redis;
  let link: Link;
  let peers: ReturnType<typeof createPeers>;
  let gateways: ReturnType<typeof createGateways>;
  let accounts: ReturnType<typeof createAccounts>;
  let sessions: ReturnType<typeof createSessions> & ReturnType<typeof createOpening>;
  let messages: ReturnType<typeof createMessages>;
  let marks: ReturnType<typeof createMarks>;
  let devices: ReturnType<typeof createDevices>;
  let pushes: Awaited<ReturnType<typeof createPushes>>;
  let friendships: ReturnType<typeof createFriendships>;

  before(async () => {
    server = await startRedis({ appendonly: false });
    redis = new Redis(server.url);
    const once = createLink(redis, createAsk(redis, 'redis', { patience: 0, isClosed: () => false }), limits);
    link = {
      ask: once.ask,
      async run(script, keys, args) {
        const answer = await once.run(script, keys, args);
        if (OF_TIME.includes(script)) return answer;
        const state = await dump(redis);
        assert.deepEqual(await once.run(script, keys, args), answer, script);
        assert.deepEqual(await dump(redis), state, script);
        twice.add(script);
        return answer;
      },
    };
    accounts = createAccounts(link);
    sessions = { ...createOpening(link, () => 0), ...createSessions(link) };
    messages = createMessages(link);
    marks = createMarks(link);
    devices = createDevices(link);
    // What is listened to does not matter here, and there is nothing to probe.
    const nothing = async (): Promise<void> => undefined;
    const channels = {
      listen: nothing,
      forget: nothing,
      onGap: () => undefined,
      listLines: () => [],
      close: () => undefined,
    };
    pushes = await createPushes(channels, link);
    friendships = createFriendships(link);
    peers = createPeers(link);
    gateways = createGateways(link, 12_000);
  });

  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    await redis.flushall();
    for (const name of ['Alice', 'Bob']) await accounts.addAccount({ name, pass: 'p', op: name });
    await sessions.openSession(alice, info);
  });

  it('messages: sent, received, refused, settled, delivered, trimmed', async () => {
    for (let op = 1; op <= 4; op += 1) {
      const sent = await messages.send(alice, { to: 'Bob', text: `${op}`, op, settled: [] });
      assert.ok(sent.outcome === 'appended');
      const { n, check, previous, time } = sent;
      const answer = await messages.receive('bob', { from: 'Alice', n, check, previous, time, text: `${op}` });
      assert.equal(answer.outcome, op <= 2 ? 'stored' : 'refused');
    }
    const settled = [1, 2, 3].map((n) => ({ to: 'bob', n, ...(n === 3 && { refused: 'full' as const }) }));
    await messages.send(alice, { to: 'Alice', text: 'self', op: 5, settled });
    await messages.settle('alice', [...settled, { to: 'bob', n: 4, refused: 'full' }]);
    assert.equal(await redis.hget('ims:1:{alice}:account', 'pending'), '0');
    for (const user of ['bob', 'alice']) {
      const last = (await messages.readLog(user, 0)).entries.at(-1)!;
      const told = await marks.confirm(user, last.place);
      assert.deepEqual(told, user === 'bob' ? [{ to: 'alice', delivered: 2, read: 0 }] : []);
    }
    for (let op = 6; op <= 128; op += 1) await messages.send(alice, { to: 'Alice', text: '', op, settled: [] });
    assert.equal(await redis.xlen('ims:1:{alice}:log'), 123);
  });

  it('friendships: begun, decided, told', async () => {
    const change = async (op: string, type: FriendshipOperation['type'], by: string, other: string): Promise<void> => {
      for (const [user, name] of [
        [by, other],
        [other, by],
      ] as const)
        await friendships.beginFriendship(user, name);
      const decision = await friendships.decideFriendship({ op, type, by, other });
      await friendships.tellFriendship(by, other, decision);
      await friendships.tellFriendship(other, by, decision);
    };
    await change('1', 'add', 'alice', 'bob');
    await change('2', 'accept', 'bob', 'alice');
    await change('3', 'accept', 'bob', 'alice');
    await change('4', 'delete', 'alice', 'bob');
    const restored = { user: 'bob', name: 'Bob', state: 'friends', version: 9, isOpen: false } as const;
    await friendships.restoreFriendship('alice', restored);
    assert.deepEqual((await friendships.readFriendship('bob', 'alice')).areFriends, true);
    const [copy] = await friendships.listFriendships('alice');
    assert.equal(copy, undefined);
  });

  it('sessions: opened, ended, closed', async () => {
    assert.deepEqual(await sessions.setStatus(alice, 2, 1), { outcome: 'set' });
    assert.deepEqual(await sessions.reopenSession({ ...alice, session: 'gw.2' }, info), { outcome: 'reopened' });
    assert.equal((await sessions.look('alice'))?.open.length, 2);
    await sessions.leaveSession('alice', 'gw.2');
    await sessions.closeIncarnation('alice', 'gw');
    await sessions.reopenSession(alice, info);
    assert.equal(await sessions.endSessions('alice', 'gw.1'), true);
    await sessions.closeSessions('alice', ['gw.1']);
    assert.equal(await sessions.endSessions('alice'), true);
    assert.equal((await accounts.readAccount('alice'))?.generation, 2);
  });

  it('accounts: made, changed, removed', async () => {
    assert.equal(await accounts.changeAccount('alice', { banned: true }), true);
    assert.equal(await accounts.changeAccount('alice', { banned: false, pass: 'q' }), true);
    assert.equal((await accounts.readAccount('alice'))?.generation, 3);
    assert.equal(await accounts.removeAccount('alice'), true);
    assert.equal(await accounts.removeAccount('alice'), false);
  });

  it('logs that parted: mended, compared', async () => {
    const lost = { n: 1, check: 'aaaaaa', previous: '', time: 1, text: 'lost' };
    await messages.receive('bob', { from: 'Alice', ...lost });
    const sent = await messages.send(alice, { to: 'Bob', text: 'new', op: 1, settled: [] });
    assert.ok(sent.outcome === 'appended');
    const received = { from: 'Alice', ...sent, text: 'new' };
    assert.equal((await messages.receive('bob', received)).outcome, 'diverged');
    const copies = await messages.findReceived('bob', 'alice', 1);
    const [pending] = await messages.mend('alice', { to: 'Bob', last: { n: 1, check: 'aaaaaa' }, first: 1, copies });
    assert.deepEqual([pending?.n, pending?.check, pending?.previous], [2, sent.check, 'aaaaaa']);
    assert.equal((await sessions.readUnfinished('alice'))?.pending.length, 1);
    const [conversation] = (await peers.readPeers('alice', 'bob'))!.conversations;
    assert.deepEqual(conversation?.out, { n: 2, check: sent.check });
    await peers.markCompared('alice', 9e12);
  });

  it('marks: raised, told, read, blocked', async () => {
    const sent = await messages.send(alice, { to: 'Bob', text: 'a', op: 1, settled: [] });
    assert.ok(sent.outcome === 'appended');
    await messages.receive('bob', { from: 'Alice', ...sent, text: 'a' });
    await messages.settle('alice', [{ to: 'bob', n: 1, refused: 'full' }]);
    assert.deepEqual(await marks.read('bob', 'Alice', 9), { to: 'alice', delivered: 1, read: 1 });
    assert.equal(await marks.read('bob', 'Alice', 9), undefined);
    assert.deepEqual((await sessions.readUnfinished('bob'))?.untold, [{ to: 'alice', delivered: 1, read: 1 }]);
    await marks.mark('alice', 'Bob', { delivered: 1, read: 1 });
    await marks.noteTold('bob', [{ to: 'alice', delivered: 1, read: 1 }]);
    assert.deepEqual((await sessions.readUnfinished('bob'))?.untold, []);
    const mark = { name: 'Bob', delivered: 1, read: 1, seen: 0, refused: '1-1', isBlocked: false, v: 2 };
    assert.deepEqual(await marks.readMarks('alice', 1), { v: 2, marks: [mark] });

    const bob = { user: 'bob', session: 'gw.2', generation: 1 };
    await sessions.openSession(bob, info);
    assert.deepEqual(await marks.setBlock(bob, 'Alice', true, 1), { outcome: 'set' });
    const next = { from: 'Alice', n: 2, check: 'bbbbbb', previous: sent.check, time: 1, text: 'b' };
    const answer = await messages.receive('bob', next);
    assert.ok(answer.outcome === 'stored' && answer.presence.isBlocking);
    const [presence] = await sessions.readPresence(['bob'], 'alice');
    assert.deepEqual(presence, answer.presence);
    // The log has nothing of what was blocked: its check is remembered beside.
    await marks.setBlock(bob, 'Alice', false, 2);
    await messages.receive('bob', { ...next, n: 3, check: 'cccccc', previous: 'bbbbbb', text: 'c' });
    const late = await messages.receive('bob', next);
    assert.ok(late.outcome === 'stored' && late.presence.isBlocking);
    assert.deepEqual(await messages.receive('bob', { ...next, check: 'dddddd' }), { outcome: 'diverged' });
    await pushes.tellTyping('bob', 'Alice');
    assert.equal((await messages.readLogBack('bob', undefined, 9)).entries.length, 2);
  });

  it('devices: made, used, replaced, pushed out, revoked', async () => {
    const open = async (session: string, device: string, more: Partial<DeviceLogin> = {}) => {
      const author = { ...alice, session, device };
      const opened = (await sessions.openSession(author, info, { ...login, ...more })) as OpenedSession;
      assert.equal(opened.outcome, 'opened');
      return { author, opened };
    };
    const { author } = await open('gw.5', 'phone', { status: 2 });
    const sent = await messages.send(author, { to: 'Bob', text: 'a', op: 7, settled: [] });
    assert.deepEqual(await messages.send(author, { to: 'Bob', text: 'b', op: 7, settled: [] }), { outcome: 'used' });
    const lost = await open('gw.6', 'phone', { epoch: '0', after: '1-ffffff' });
    assert.deepEqual([lost.opened.device?.isResumed, lost.opened.device?.epoch === '0'], [false, false]);
    assert.equal(lost.opened.device?.sent, 7);
    const { epoch } = lost.opened.device!;
    await messages.noteLost('alice', epoch, '1-ffffff');
    assert.notEqual((await sessions.look('alice'))?.epoch, epoch);
    assert.deepEqual(await messages.send(author, { to: 'Bob', text: 'a', op: 7, settled: [] }), sent);
    const later = await messages.send(author, { to: 'Bob', text: 'b', op: 8, settled: [] });
    assert.deepEqual(later, { outcome: 'replaced' });

    await redis.hdel('ims:1:{alice}:account', 's:gw.6', 'd:phone');
    assert.deepEqual(await sessions.reopenSession(lost.author, info, login), { outcome: 'reopened' });
    assert.deepEqual(await sessions.reopenSession(author, info, login), { outcome: 'replaced' });
    await open('gw.7', 'desk');
    await devices.touchDevice('alice', 'phone');
    await open('gw.8', 'tablet');
    const names = async () => (await devices.listDevices('alice')).map(({ device }) => device);
    assert.deepEqual(await names(), ['tablet', 'phone']);
    assert.equal(await devices.setToken('alice', 'phone', 'cd', 1), true);
    assert.equal((await devices.readDevice('alice', 'phone'))?.tokenHash, 'cd');
    assert.equal(await devices.revokeDevice('alice', 'phone'), true);
    assert.equal(await devices.revokeDevice('alice', 'phone'), false);
    assert.deepEqual((await sessions.look('alice'))?.open, ['gw.1', 'gw.8']);
    assert.deepEqual(await names(), ['tablet']);
  });

  it('gateways: a dead one is claimed and buried', async () => {
    await redis.zadd(INCARNATIONS, 1, 'dead');
    assert.equal(await gateways.store.claim('dead', 'here'), true);
    await gateways.store.bury('dead');
    await gateways.note(redis);
    while (!twice.has('note-server')) await turn();
  });

  it('have all been run', () => {
    assert.deepEqual([...twice, ...OF_TIME].sort(), [...SCRIPTS].sort());
  });
});
