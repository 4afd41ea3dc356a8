/** A failover loses what a master had answered and its replica never got: the other user's log has it, and gives it back. */

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { friendshipKey, userKeys } from '../../gateway/store/keys.ts';
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts';
import { cutReplication, mendReplication, waitFor } from '../helpers/redis-control.ts';
import { shareSlots, slotOf } from '../helpers/redis-slots.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { createCast } from '../transcripts/cast.ts';
import { logIn, passOf, type ClassicClient } from './classic-client.ts';
import { startTwoGateways } from './failover-chat.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { History, type Operation } from './history.ts';

/** Milliseconds. */
const LIMIT = { timeout: 60_000 };
/** Messages at a time. */
const SOME = 5;

/** Two users on different masters, at different gateways; their friendship is on a third. */
class Talk {
  readonly history = new History();
  readonly ann: string;
  readonly ben: string;
  readonly #gateways: readonly GatewayProcess[];

  constructor(gateways: readonly GatewayProcess[]) {
    [this.ann, this.ben] = chooseNames();
    this.#gateways = gateways;
  }

  get users(): readonly string[] {
    return [this.ann, this.ben];
  }

  async register(): Promise<void> {
    const addAccount = createRegistration(this.#gateways[0]!.http);
    for (const user of this.users) await addAccount(user, passOf(user));
  }

  enter(user: string): Promise<ClassicClient> {
    return logIn(this.history, user, this.#gateways[user === this.ann ? 0 : 1]!);
  }

  /** Sends some, one after the other; each must be answered. */
  async say(from: ClassicClient, to: string): Promise<void> {
    for (let count = 0; count < SOME; count++) {
      const message: Operation = await from.send(to);
      assert.equal(message.state, 'ok', `${message.text} is answered`);
    }
  }

  countReceived(user: string): number {
    return this.history.lines.filter(({ type, session }) => type === 'receive' && session.user === user).length;
  }

  /** Both come for what waits; gives what must not be. */
  async finish(...clients: readonly ClassicClient[]): Promise<readonly string[]> {
    for (const client of clients) await client.logOut();
    for (const user of this.users) {
      const client = await this.enter(user);
      await client.drain();
      await client.logOut();
    }
    return this.history.check();
  }
}

function chooseNames(): [ann: string, ben: string] {
  const [first, last] = shareSlots(3)[2]!;
  for (;;) {
    const cast = createCast(['ann', 'ben'], 'apart');
    const [ann, ben] = [cast.name('ann'), cast.name('ben')];
    const slot = slotOf(friendshipKey(ann, ben));
    if (first <= slot && slot <= last) return [ann, ben];
  }
}

/** Messages of these users that the gateways say they brought back. */
function countMended(gateways: readonly GatewayProcess[], users: readonly string[]): number {
  const lines = gateways.flatMap(({ log }) => log.split('\n').filter((line) => line.includes('had lost its tail')));
  const reports = lines.map((line) => JSON.parse(line) as { user: string; messages: number });
  return reports.filter(({ user }) => users.includes(user)).reduce((sum, { messages }) => sum + messages, 0);
}

describe('the lost tail of a failover', () => {
  let cluster: RedisCluster;
  let gateways: GatewayProcess[];

  before(async () => {
    cluster = await startRedisCluster();
    gateways = await startTwoGateways(cluster.url);
  });
  after(async () => {
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
    await cluster?.stop();
  });

  /** What is written at the key's master meanwhile is lost when this resolves. */
  async function loseTail(key: string, meanwhile: () => Promise<void>): Promise<void> {
    const master = await cluster.masterOf(key);
    const replica = await cluster.replicaOf(master);
    await cutReplication(master.client, replica.client);
    await meanwhile();
    const written = await master.client.dump(key);
    await master.kill9();
    await cluster.waitForFailover(master);
    assert.notDeepEqual(await replica.client.dump(key), written, 'the new master has not all of it');
    await mendReplication(replica.client);
    await master.restart();
  }

  /** Nothing is missing at last, and the gateways have told how many messages they brought back, unless told otherwise. */
  async function expectHealed(
    context: TestContext,
    talk: Talk,
    clients: readonly ClassicClient[],
    leastMended = SOME,
  ): Promise<void> {
    const wrong = await talk.finish(...clients);
    const { history, users } = talk;
    const mended = countMended(gateways, users);
    context.diagnostic(
      `${history.count('ok')} messages answered, ${mended} brought back; ${history.countRepeats()} came again`,
    );
    if (wrong.length > 0)
      for (const { log } of gateways) context.diagnostic(`a gateway's last words:\n${log.slice(-4_000)}`);
    assert.deepEqual(wrong, []);
    assert.ok(mended >= leastMended, `${mended} messages are said to have been brought back`);
  }

  async function begin(): Promise<Talk> {
    await cluster.waitUntilWhole();
    const talk = new Talk(gateways);
    await talk.register();
    return talk;
  }

  test('while both are there and go on talking', LIMIT, async (context) => {
    const talk = await begin();
    const [ann, ben] = [await talk.enter(talk.ann), await talk.enter(talk.ben)];
    const talkBoth = async (): Promise<void> => {
      await Promise.all([talk.say(ann, talk.ben), talk.say(ben, talk.ann)]);
    };
    await talkBoth();
    await loseTail(userKeys(talk.ann).log, talkBoth);
    await talkBoth();
    await expectHealed(context, talk, [ann, ben]);
  });

  test('what waited for a user who is away, found when more is sent', LIMIT, async (context) => {
    const talk = await begin();
    const ben = await talk.enter(talk.ben);
    await talk.say(ben, talk.ann);
    await loseTail(userKeys(talk.ann).log, () => talk.say(ben, talk.ann));
    await talk.say(ben, talk.ann);
    // Asked for by the receiver's log before the next message, as where a gateway died half-way: not told apart from it.
    await expectHealed(context, talk, [ben], 0);
  });

  test('what waited for a user who is away, found when that user comes', LIMIT, async (context) => {
    const talk = await begin();
    const ben = await talk.enter(talk.ben);
    await talk.say(ben, talk.ann);
    await loseTail(userKeys(talk.ann).log, () => talk.say(ben, talk.ann));
    const ann = await talk.enter(talk.ann);
    await ann.drain();
    // Logs are compared when the login is over: what was lost comes a little later.
    await waitFor('ann to be given all', async () => talk.countReceived(talk.ann) === 2 * SOME);
    await expectHealed(context, talk, [ann, ben]);
  });

  test('what a user had sent who then left, and comes back to send more', LIMIT, async (context) => {
    const talk = await begin();
    const ben = await talk.enter(talk.ben);
    const before = await talk.enter(talk.ann);
    await talk.say(before, talk.ben);
    await loseTail(userKeys(talk.ann).log, async () => {
      await talk.say(before, talk.ben);
      await before.logOut();
    });
    const ann = await talk.enter(talk.ann);
    await talk.say(ann, talk.ben);
    await expectHealed(context, talk, [ann, ben]);
  });

  /** Two who have become friends, and the key's new master does not know it. */
  async function loseFriendship(keyOf: (ann: string, ben: string) => string) {
    const talk = await begin();
    const [ann, ben] = [await talk.enter(talk.ann), await talk.enter(talk.ben)];
    await loseTail(keyOf(ann.user, ben.user), async () => {
      for (const [one, other] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        const answer = await one.ask(`<FRIEND user="${one.user}" type="add" friend="${other.user}"/>`);
        assert.equal(answer, '<FRIEND type="add" result="1"/>');
      }
    });
    return { ann, ben };
  }

  async function readFriends(client: ClassicClient): Promise<string> {
    return (await client.ask(`<FRIEND user="${client.user}" type="request"/>`)) ?? '';
  }

  test('a friendship that one of both has lost', LIMIT, async () => {
    const { ann, ben } = await loseFriendship((name) => userKeys(name).friends);
    await waitFor('ann to have her friend again', async () => (await readFriends(ann)).includes(ben.user));
    await Promise.all([ann.logOut(), ben.logOut()]);
  });

  test('a friendship whose record is lost, and which both have: it can be ended', LIMIT, async () => {
    const { ann, ben } = await loseFriendship(friendshipKey);
    const end = `<FRIEND user="${ann.user}" type="delete" friend="${ben.user}"/>`;
    await waitFor('the end', async () => (await ann.ask(end)) === '<FRIEND type="delete" result="1"/>');
    for (const [one, other] of [
      [ann, ben],
      [ben, ann],
    ] as const) {
      assert.doesNotMatch(await readFriends(one), new RegExp(other.user));
    }
    await Promise.all([ann.logOut(), ben.logOut()]);
  });
});
