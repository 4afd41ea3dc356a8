/** Performs all plays at gateways of our own, as tests: on one store, in the manners asked for. */

import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, type StoreKind, type TestGateway } from '../helpers/gateway.ts';
import { createAdmin } from './admin.ts';
import { findMissing, perform, type Manner, type Place } from './perform.ts';
import { loadPlays } from './plays.ts';
import type { Play } from './play.ts';

/** Plays performed at once. */
const CONCURRENCY = 8;
/** Real milliseconds for what a second of the manual clock sets off: pings and their answers. */
const SECOND = 5;

const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** Every transport with one document a packet; and the other ways to cut a stream, over each transport. */
export const ALL_MANNERS: readonly Manner[] = [
  { transport: 'tcp', packets: 'documents' },
  { transport: 'websocket', packets: 'documents' },
  { transport: 'mixed', packets: 'documents' },
  { transport: 'tcp', packets: 'bytes' },
  { transport: 'websocket', packets: 'bytes' },
  { transport: 'tcp', packets: 'joined' },
  { transport: 'websocket', packets: 'joined' },
];

function toPlace(gateway: TestGateway): Place {
  const { clock, store } = gateway;
  return {
    tcp: [gateway.tcp],
    ws: [gateway.ws],
    admin: createAdmin(gateway.admin),
    hasDefaults: true,
    // Straight into the store and with a cheap hash: a play is about something else.
    addAccount: async (name, pass) => store.addAccount({ name, pass: await hash(pass, CHEAP), op: randomUUID() }),
    ...(clock && {
      async pass(seconds) {
        for (let second = 0; second < seconds; second++) {
          clock.advance(1000);
          await sleep(SECOND);
        }
      },
    }),
  };
}

/** Defines a test for each play and manner. Plays in which time passes have a gateway whose clock stands still. */
export async function describePlays(store: StoreKind, manners: readonly Manner[]): Promise<void> {
  const plays = await loadPlays();
  describePart(
    `plays on ${store}`,
    store,
    false,
    plays.filter(({ needs }) => !needs.has('time')),
    manners,
  );
  describePart(
    `plays with time on ${store}`,
    store,
    true,
    plays.filter(({ needs }) => needs.has('time')),
    manners,
  );
}

function describePart(
  name: string,
  store: StoreKind,
  isClockManual: boolean,
  plays: readonly Play[],
  manners: readonly Manner[],
): void {
  // A clock is moved for all that are there: one play at a time.
  describe(name, { concurrency: isClockManual ? 1 : CONCURRENCY }, () => {
    let gateway: TestGateway;
    let place: Place;
    before(async () => {
      gateway = await startGateway({ store, isClockManual });
      place = toPlace(gateway);
    });
    after(() => gateway.stop());
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
