/** Three gateways behind the shipped HAProxy are one service: users meet wherever they have landed. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectWebSocket } from '../transcripts/client.ts';
import {
  ask,
  befriend,
  enterApart,
  expectNext,
  PATIENCE,
  readStatus,
  say,
  startThree,
  TRANSPORTS,
  until,
  type Person,
  type ThreeGateways,
} from './three-gateways.ts';

/** Milliseconds. */
const LIMIT = { timeout: 120_000 };
/** Milliseconds in which a reset may follow a FIN and undo it. */
const RESET_TIME = 1_000;

/** Two people over TCP: the second has been sent a message, and does not read it. */
async function prepareUnread(three: ThreeGateways, suffix: string): Promise<[Person, Person]> {
  const hal = await three.enter(`hal-${suffix}`, 'tcp');
  const ida = await three.enter(`ida-${suffix}`, 'tcp');
  ida.client.pause();
  assert.equal(await say(hal, ida.name, 'unread'), '1');
  // Nobody can tell when it has come as far as a client that does not read.
  await sleep(500);
  return [hal, ida];
}

function leave(people: readonly Person[]): void {
  for (const { client } of people) client.drop();
}

describe('three gateways behind HAProxy', LIMIT, () => {
  let three: ThreeGateways;
  before(async () => void (three = await startThree()));
  after(() => three?.stop());

  test('messages, invitations and statuses reach users of other gateways', async () => {
    const [ann, ben, cid] = (await enterApart(three, 'native', 'tcp')) as [Person, Person, Person];
    const [wim, xia, yan] = (await enterApart(three, 'page', 'websocket')) as [Person, Person, Person];
    const pairs = [
      [ann, ben],
      [cid, wim],
      [xia, yan],
      [yan, ann],
    ] as const;
    for (const [one, other] of pairs) {
      await befriend(one, other);
      assert.equal(await say(one, other.name, 'first'), '1');
      assert.equal(await say(one, other.name, 'second'), '1');
      for (const text of ['first', 'second']) {
        await expectNext(other, `<MESSAGE from="${one.name}" to="${other.name}">${text}</MESSAGE>`);
      }
      assert.equal(await readStatus(one, other.name), '0');
      const set = await ask(other.client, `<STATUS user="${other.name}" type="set" code="2"/>`);
      assert.equal(set, '<STATUS type="set" result="1"/>');
      assert.equal(await readStatus(one, other.name), '2');
    }
    leave([ann, ben, cid, wim, xia, yan]);
  });

  for (const transport of TRANSPORTS) {
    test(`the true address of a client is known, ${transport}`, async () => {
      const name = `far-${transport}`;
      const { client } = await three.enter(name, transport, '127.0.0.77');
      const [session] = await three.readSessions(name);
      assert.deepEqual([session?.transport, session?.address], [transport, '127.0.0.77']);
      const gateway = three.gateways[await three.findGateway(name)]!;
      const line = gateway.log.split('\n').find((text) => text.includes(`"user":"${name}"`) && /logged in/.test(text));
      assert.match(line ?? '', /"address":"127\.0\.0\.77"/, gateway.log);
      client.drop();
      // HAProxy logs a connection at its end.
      await until('HAProxy logs the address', () => /^127\.0\.0\.77:/m.test(three.haproxy.log));
    });
  }

  test('what a client says of its own address is not believed', async () => {
    await three.enter('liar', 'tcp').then(({ client }) => client.drop());
    const headers = { 'X-Forwarded-For': '192.0.2.66' };
    const client = await connectWebSocket(three.haproxy.ws, true, { localAddress: '127.0.0.78', headers });
    await ask(client, `<LOGIN user="liar" pass="${three.passOf('liar')}"/>`);
    const addresses = (await three.readSessions('liar')).map(({ address }) => address);
    assert.ok(addresses.includes('127.0.0.78') && !addresses.includes('192.0.2.66'), `${addresses}`);
    client.drop();
  });

  for (const transport of TRANSPORTS) {
    test(`an administrator at one gateway ends and bans users of another, ${transport}`, async () => {
      const people = await enterApart(three, `guest-${transport}`, transport);
      for (const [place, { name, client }] of people.entries()) {
        await three.adminAt((place + 1) % 3).act('ends the sessions of', name);
        assert.equal(await client.inbox.next(PATIENCE), `<LOGOUT user="${name}" result="1"/>`);
        assert.ok(await client.inbox.waitForEnd(PATIENCE));

        const back = await three.logIn(name, transport);
        assert.equal(back.answer, `<LOGIN user="${name}" result="1"/>`);
        await three.adminAt(((await three.findGateway(name)) + 2) % 3).act('bans', name);
        assert.equal(await back.client.inbox.next(PATIENCE), `<LOGOUT user="${name}" result="1"/>`);
        assert.ok(await back.client.inbox.waitForEnd(PATIENCE));
        for (const _ of three.gateways) {
          const { client: refused, answer } = await three.logIn(name, transport);
          assert.equal(answer, `<LOGIN user="${name}" result="2"/>`);
          refused.drop();
        }
      }
    });
  }

  // HAProxy must pass a reset on as a reset: a FIN in its place would say that the client had read everything.
  test('a native client that dies unread gets its message again', async () => {
    const [hal, ida] = await prepareUnread(three, 'reset');
    ida.client.reset();
    await until('ida is gone', async () => (await three.readSessions(ida.name)).length === 0);
    await sleep(2 * RESET_TIME);
    assert.equal(await three.countWaiting(ida.name), 1);
    const { client } = await three.logIn(ida.name, 'tcp');
    await expectNext({ name: ida.name, client }, `<MESSAGE from="${hal.name}" to="${ida.name}">unread</MESSAGE>`);
    leave([hal, { name: ida.name, client }]);
  });

  test('a native client that ends in order does not', async () => {
    const [hal, ida] = await prepareUnread(three, 'end');
    ida.client.finish();
    await until('the message counts as delivered', async () => (await three.countWaiting(ida.name)) === 0);
    leave([hal, ida]);
  });
});
