/** Performs all plays at gateways of our own, as tests: on one store, at one gateway or two, in the manners asked for. */

import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackend, type Backend, type StoreKind } from '../helpers/backend.ts';
import { startGateways, type TestGateway, type TestGateways } from '../helpers/gateway.ts';
import { createAdmin } from './admin.ts';
import type { Slots } from './cast.ts';
import { findMissing, perform, type Manner, type Place } from './perform.ts';
import { loadPlays } from './plays.ts';
import type { Play } from './play.ts';

/** Plays performed at once. */
const CONCURRENCY = 8;
/** Real milliseconds for what a second of the manual clock sets off: pings and their answers. */
const SECOND = 5;
/** The same before time moves: for what was done to have its effect, over the store and at another gateway. */
const EFFECT = 25;

const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** Where and how plays are performed. */
export interface Staging {
  /** The actors of a play take turns at them. */
  readonly gateways: 1 | 2;
  readonly slots?: Slots;
  readonly manners: readonly Manner[];
}

const MIXED: Manner = { transport: 'mixed', packets: 'documents' };
const BY_DOCUMENTS: readonly Manner[] = [
  { transport: 'tcp', packets: 'documents' },
  { transport: 'websocket', packets: 'documents' },
  MIXED,
];

/** Every transport with one document a packet; and the other ways to cut a stream, over each transport. */
const ALL_MANNERS: readonly Manner[] = [
  ...BY_DOCUMENTS,
  { transport: 'tcp', packets: 'bytes' },
  { transport: 'websocket', packets: 'bytes' },
  { transport: 'tcp', packets: 'joined' },
  { transport: 'websocket', packets: 'joined' },
];

/** All at one gateway; at two what does not depend on how a stream is cut. */
export const ALL_STAGINGS: readonly Staging[] = [
  { gateways: 1, manners: ALL_MANNERS },
  { gateways: 2, manners: BY_DOCUMENTS },
];

/** What a store may change: it does not see how a stream was cut. */
export const STORE_STAGINGS: readonly Staging[] = [
  { gateways: 1, manners: BY_DOCUMENTS },
  { gateways: 2, manners: BY_DOCUMENTS },
];

/** What a cluster may change: where the users lie. */
export const CLUSTER_STAGINGS: readonly Staging[] = [
  { gateways: 1, manners: [MIXED] },
  { gateways: 2, slots: 'shared', manners: [MIXED] },
  { gateways: 2, slots: 'apart', manners: [MIXED] },
];

function toPlace({ gateways, clock }: TestGateways, slots: Slots): Place {
  const [{ store, admin }] = gateways as [TestGateway];
  return {
    tcp: gateways.map(({ tcp }) => tcp),
    ws: gateways.map(({ ws }) => ws),
    // Of the first one: what an administrator does there must reach those at the second.
    admin: createAdmin(admin),
    hasDefaults: true,
    slots,
    // Straight into the store and with a cheap hash: a play is about something else.
    addAccount: async (name, pass) => store.addAccount({ name, pass: await hash(pass, CHEAP), op: randomUUID() }),
    ...(clock && {
      async pass(seconds) {
        await sleep(EFFECT);
        for (let second = 0; second < seconds; second++) {
          clock.advance(1000);
          await sleep(SECOND);
        }
      },
    }),
  };
}

/** Defines a test for each play and manner. Plays in which time passes have gateways whose clock stands still. */
export async function describePlays(store: StoreKind, stagings: readonly Staging[]): Promise<void> {
  const plays = await loadPlays();
  const timed = plays.filter(({ needs }) => needs.has('time'));
  const untimed = plays.filter(({ needs }) => !needs.has('time'));
  const find = shareServers(store);
  for (const staging of stagings) {
    const { gateways, slots = 'any' } = staging;
    const users = { any: '', shared: ', users in one slot', apart: ', users on different masters' }[slots];
    const where = `on ${store}, ${gateways === 1 ? 'one gateway' : 'two gateways'}${users}`;
    describePart(`plays ${where}`, find, staging, untimed, false);
    describePart(`plays with time ${where}`, find, staging, timed, true);
  }
}

/** Servers are started once for the file; what is in this process has the clock of its gateways, and is theirs alone. */
function shareServers(store: StoreKind): () => StoreKind | Backend {
  if (store === 'memory' || store === 'embedded') return () => store;
  let backend: Backend;
  before(async () => {
    backend = await startBackend(store);
  });
  after(() => backend.stop());
  return () => backend;
}

function describePart(
  name: string,
  findStore: () => StoreKind | Backend,
  { gateways: count, slots = 'any', manners }: Staging,
  plays: readonly Play[],
  isClockManual: boolean,
): void {
  // A clock is moved for all that are there: one play at a time.
  describe(name, { concurrency: isClockManual ? 1 : CONCURRENCY }, () => {
    let gateways: TestGateways;
    let place: Place;
    before(async () => {
      gateways = await startGateways(count, { store: findStore(), isClockManual });
      place = toPlace(gateways, slots);
    });
    after(() => gateways.stop());
    for (const manner of manners) {
      for (const play of plays) {
        const { transport, packets } = manner;
        if (isElsewhere(play, manner)) continue;
        test(`${play.file} over ${transport}, ${packets}: ${play.title}`, async () => {
          const missing = findMissing(play, place, manner);
          if (missing) throw new Error(`needs ${missing}`);
          await perform(play, place, manner);
        });
      }
    }
  });
}

/** The play is of one transport, and this is the manner of the other. */
function isElsewhere({ needs }: Play, { transport }: Manner): boolean {
  return (needs.has('tcp') && transport !== 'tcp') || (needs.has('websocket') && transport !== 'websocket');
}
