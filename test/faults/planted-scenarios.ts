/** Short scenarios in which something breaks, or comes at an unlucky moment. */

import type { Random } from '../helpers/random.ts';
import { createControl } from '../helpers/redis-control.ts';
import type { RedisServer } from '../helpers/redis.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { logIn, passOf, type Addresses, type ClassicClient } from './classic-client.ts';
import { CutCount, startCutProxy } from './cut-proxy.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { History } from './history.ts';

export interface Stage {
  readonly redis: RedisServer;
  readonly random: Random;
  /** A gateway process of the kind that is tried, on `redis` unless the settings say something else. */
  start(settings?: NodeJS.ProcessEnv): Promise<GatewayProcess>;
}

/** Makes its own accounts; in the end every receiver has logged in and taken what waited. */
type Scenario = (stage: Stage) => Promise<History>;

export const SCENARIOS = {
  'the gateway is killed after an answer': async ({ start }) => {
    const history = new History();
    let gateway = await start();
    await addUsers(gateway, 'alice', 'bob');
    for (let round = 0; round < 2; round++) {
      const alice = await logIn(history, 'alice', gateway);
      for (let i = 0; i < 20; i++) await alice.send('bob');
      await gateway.kill9();
      gateway = await start();
    }
    // What the dead gateways left half-way is carried on when the sender comes.
    await takeAll(history, gateway, 'alice', 'bob');
    return history;
  },

  'the gateway is killed after a status was set': async ({ start }) => {
    const history = new History();
    let gateway = await start();
    await addUsers(gateway, 'alice');
    for (const code of ['0', '1', '2']) {
      const alice = await logIn(history, 'alice', gateway);
      await alice.setStatus(code);
      await gateway.kill9();
      gateway = await start();
      await (await logIn(history, 'alice', gateway)).readStatus();
    }
    return history;
  },

  'the receiver does not read, and its connection is reset': async ({ start }) => {
    const history = new History();
    const gateway = await start();
    await addUsers(gateway, 'alice', 'bob');
    const bob = await logIn(history, 'bob', gateway, { transport: 'tcp' });
    bob.pause();
    const alice = await logIn(history, 'alice', gateway);
    for (let i = 0; i < 20; i++) await alice.send('bob');
    await bob.reset();
    await takeAll(history, gateway, 'bob');
    return history;
  },

  'the receiver logs in and out, twice': async ({ start }) => {
    const history = new History();
    const gateway = await start();
    await addUsers(gateway, 'alice', 'bob');
    const alice = await logIn(history, 'alice', gateway);
    for (let i = 0; i < 20; i++) await alice.send('bob');
    await takeAll(history, gateway, 'bob', 'bob');
    return history;
  },

  'answers of Redis are cut off': async ({ start, redis, random }) => {
    const history = new History();
    const count = new CutCount();
    // The changed script has another text than the one the proxy knows by its name.
    const likelihood = (kind: string): number => (['send', 'unknown script'].includes(kind) ? 0.2 : 0);
    const proxy = await startCutProxy(redis.port, { random, likelihood }, count);
    try {
      const gateway = await start({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      await addUsers(gateway, 'alice', 'bob');
      const alice = await logIn(history, 'alice', gateway);
      while (count.cuts < 5 && history.operations.length < 200) await alice.send('bob');
      if (count.cuts < 5) throw new Error(count.describe());
      await takeAll(history, gateway, 'bob');
    } finally {
      await proxy.close();
    }
    return history;
  },

  'more waits than a log keeps': async ({ start }) => {
    const history = new History();
    const gateway = await start({ LOG_ENTRIES: '20' });
    await addUsers(gateway, 'alice', 'bob');
    const alice = await logIn(history, 'alice', gateway);
    // A log is trimmed with every 64th entry.
    await sendMany(alice, 'bob', 130);
    await takeAll(history, gateway, 'bob');
    return history;
  },

  'two receivers on one gateway': async ({ start }) => {
    const history = new History();
    const gateway = await start();
    await addUsers(gateway, 'alice', 'bob', 'carol');
    const receivers = [await logIn(history, 'bob', gateway), await logIn(history, 'carol', gateway)];
    const alice = await logIn(history, 'alice', gateway);
    for (let i = 0; i < 20; i++) await alice.send(i % 3 === 0 ? 'bob' : 'carol');
    for (const receiver of receivers) await receiver.drop();
    await takeAll(history, gateway, 'bob', 'carol');
    return history;
  },

  'the mailbox is full': async ({ start }) => {
    const history = new History();
    const gateway = await start({ WAITING_MESSAGES: '10' });
    await addUsers(gateway, 'alice', 'bob');
    const alice = await logIn(history, 'alice', gateway);
    await sendMany(alice, 'bob', 15);
    await takeAll(history, gateway, 'bob');
    return history;
  },

  'one sender on two gateways at once': async ({ start }) => {
    const history = new History();
    const gateways = [await start(), await start()] as const;
    await addUsers(gateways[0], 'alice', 'bob');
    const sessions = await Promise.all(gateways.map((gateway) => logIn(history, 'alice', gateway)));
    await Promise.all(sessions.map((alice) => sendMany(alice, 'bob', 150)));
    await takeAll(history, gateways[0], 'bob');
    return history;
  },

  'the receiver is busy itself': async ({ start }) => {
    const history = new History();
    const gateway = await start();
    await addUsers(gateway, 'alice', 'bob', 'carol');
    const bob = await logIn(history, 'bob', gateway);
    const alice = await logIn(history, 'alice', gateway);
    // An invitation takes the store more steps than a message.
    const invite = (i: number): Promise<unknown> =>
      bob.ask(`<FRIEND user="bob" type="${i % 2 === 0 ? 'add' : 'delete'}" friend="carol"/>`);
    await Promise.all([sendMany(alice, 'bob', 200), ...Array.from({ length: 60 }, (_, i) => invite(i))]);
    await bob.drop();
    await takeAll(history, gateway, 'bob');
    return history;
  },

  'the push connection is cut': async ({ start, redis }) => {
    const history = new History();
    const gateway = await start();
    await addUsers(gateway, 'alice', 'bob');
    const control = createControl(redis.port);
    try {
      const bob = await logIn(history, 'bob', gateway, { transport: 'tcp' });
      const alice = await logIn(history, 'alice', gateway);
      for (let cut = 0; cut < 8; cut++) {
        const sent = sendMany(alice, 'bob', 150);
        await control.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await sent;
      }
      await bob.reset();
      await takeAll(history, gateway, 'bob');
    } finally {
      control.disconnect();
    }
    return history;
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

async function addUsers({ http }: Addresses, ...users: string[]): Promise<void> {
  const addAccount = createRegistration(http);
  for (const user of users) await addAccount(user, passOf(user));
}

/** All at once; the gateway takes them one after the other. */
async function sendMany(client: ClassicClient, to: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => client.send(to)));
}

/** Each of them logs in, takes what waits, and logs out. */
async function takeAll(history: History, addresses: Addresses, ...users: string[]): Promise<void> {
  for (const user of users) {
    const client = await logIn(history, user, addresses);
    await client.drain();
    await client.logOut();
  }
}
