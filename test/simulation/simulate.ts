/** One run: a world from a seed, its troubles, its peace, and the judgement. */

import { act } from './actions.ts';
import { drawFaults, fail } from './faults.ts';
import { judge } from './judge.ts';
import { clearUp } from './weather.ts';
import { World } from './world.ts';

export interface Run {
  readonly seed: number;
  /** Empty where all is well. */
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  /** The same for the same seed. */
  readonly hash: number;
  readonly messages: number;
  readonly answers: number;
  /** Simulated milliseconds. */
  readonly time: number;
}

/** Milliseconds of trouble, between two things that happen, and until the world must be well again. */
const SHORTEST = 15_000;
const LONGEST = 60_000;
const PAUSES = [120, 300, 800];
const PATIENCE = 200_000;
const LOOK_EVERY = 10_000;

export async function simulate(seed: number): Promise<Run> {
  const world = new World(seed);
  const { clock, random, ledger } = world;
  const begun = clock.now();
  await world.begin();
  const faults = drawFaults(world);
  world.note(`faults: ${faults.map(([name]) => name).join(', ') || 'none'}; ${JSON.stringify(world.weather)}`);
  for (const device of world.devices) clock.after(random.int(3_000), () => device.boot());
  const end = begun + SHORTEST + random.int(LONGEST - SHORTEST);
  const pause = random.pick(PAUSES);
  while (clock.now() < end && !ledger.isOver) {
    await world.pass(random.int(2 * pause));
    act(world);
    if (faults.length > 0 && random.int(8 * Math.ceil(250 / pause)) === 0) fail(world, faults);
  }
  const found = ledger.isOver ? ledger.violations : await settle(world);
  return {
    ...{
      seed,
      violations: found,
      trace: world.trace,
      hash: world.hash,
      messages: ledger.written.size,
    },
    ...{ answers: ledger.answered, time: clock.now() - begun },
  };
}

/** Nothing goes wrong any more: the world gets well, or it never does. */
async function settle(world: World): Promise<readonly string[]> {
  world.note('peace');
  clearUp(world.weather);
  if (world.gateways.every(({ state }) => state !== 'serving')) world.addGateway();
  const until = world.clock.now() + PATIENCE;
  for (;;) {
    wakeAll(world);
    await world.pass(LOOK_EVERY);
    const violations = await judge(world);
    if (violations.length === 0 || world.ledger.isOver) return violations;
    if (world.clock.now() >= until) return violations;
  }
}

function wakeAll({ devices, classics }: World): void {
  for (const client of classics) client.start();
  for (const device of devices) {
    device.boot();
    const { client } = device;
    const isOut = client?.connection.state === 'out' && client.connection.why === 'stopped';
    if (isOut) client.start();
    if (client?.hasOlder === true) loadAll(device.client);
  }
}

function loadAll(client: World['devices'][number]['client']): void {
  client?.loadOlder((outcome) => {
    if (outcome === 'done' && client.hasOlder) loadAll(client);
  });
}
