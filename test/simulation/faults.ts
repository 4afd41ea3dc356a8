/** What goes wrong: connections, processes, the store, and a failover that loses the end of some users' logs. */

import type { World } from './world.ts';

type Fault = (world: World) => void;

/** Milliseconds. */
const LONGEST_STALL = 14_000;
/** What a classic TCP client sends 5 s after a message was flushed proves that it has it, unless the network is slower. */
const LONGEST_CLASSIC_STALL = 3_000;
const LONGEST_DEATH = 25_000;
const LONGEST_OUTAGE = 8_000;
const LONGEST_TAIL = 3_000;

/** Each with how often it happens, where it happens in a run at all. */
const FAULTS: readonly (readonly [string, number, Fault])[] = [
  ['cuts', 14, cut],
  ['stalls', 5, stall],
  ['deaths', 5, killDevice],
  ['wipes', 1, wipeDevice],
  ['gateway deaths', 2, killGateway],
  ['drains', 2, drainGateway],
  ['outages', 2, outage],
  ['deafness', 2, deafen],
  ['failovers', 2, failOver],
];

/** Those of a run. */
export function drawFaults({ random }: World): readonly (readonly [string, number, Fault])[] {
  const isCalm = random.int(12) === 0;
  return FAULTS.filter(([name]) => !isCalm && random.int(name === 'failovers' ? 3 : 2) === 0);
}

export function fail(world: World, faults: ReturnType<typeof drawFaults>): void {
  let dice = world.random.int(faults.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [, weight, fault] of faults) if ((dice -= weight) < 0) return fault(world);
}

function cut(world: World): void {
  const wires = world.wires();
  if (wires.length === 0) return;
  const { random } = world;
  const [byClient, byGateway] = [random.int(4) > 0, random.int(4) > 0];
  world.note(`a connection is cut, noticed by ${byClient ? 'the client' : ''} ${byGateway ? 'the gateway' : ''}`);
  random.pick(wires).cut(byClient, byGateway);
}

function stall(world: World): void {
  const wires = world.wires();
  if (wires.length === 0) return;
  const wire = world.random.pick(wires);
  const ms = world.random.int(world.isClassic(wire) ? LONGEST_CLASSIC_STALL : LONGEST_STALL);
  world.note(`a connection stalls for ${ms} ms`);
  wire.stall(ms);
}

function killDevice(world: World): void {
  const { random } = world;
  const device = random.pick(world.devices.length > 0 ? world.devices : [undefined]);
  if (!device?.client) return;
  world.note(`${device.name} dies`);
  device.kill(random.int(3) === 0);
  world.clock.after(random.int(random.pick([500, LONGEST_DEATH])), () => device.boot());
}

function wipeDevice(world: World): void {
  const device = world.random.pick(world.devices.length > 0 ? world.devices : [undefined]);
  if (!device?.client) return;
  world.note(`${device.name} dies, and what it kept is gone`);
  device.kill(false);
  device.wipe();
  world.clock.after(world.random.int(LONGEST_DEATH), () => device.boot());
}

function killGateway(world: World): void {
  const { random } = world;
  const living = world.gateways.filter(({ state }) => state !== 'over');
  if (living.length === 0) return;
  const gateway = random.pick(living);
  world.note(`${gateway.name} dies`);
  gateway.kill(random.int(3) === 0);
  replaceGateway(world);
}

function drainGateway(world: World): void {
  const serving = world.gateways.filter(({ state }) => state === 'serving');
  if (serving.length === 0) return;
  const gateway = world.random.pick(serving);
  world.note(`${gateway.name} is drained`);
  if (world.random.int(3) > 0) world.addGateway();
  else replaceGateway(world);
  void gateway.drain();
}

function replaceGateway(world: World): void {
  world.clock.after(world.random.int(world.random.pick([10, LONGEST_DEATH])), () => world.addGateway());
}

function outage(world: World): void {
  const { random } = world;
  const ms = random.int(LONGEST_OUTAGE);
  const some = random.chance() ? world.gateways : [random.pick(world.gateways)];
  world.note(`the store is away for ${ms} ms from ${some.map(({ name }) => name).join(' ')}`);
  for (const { link } of some) {
    if (random.chance()) link.breakCalls();
    link.goAway(ms);
    if (random.chance()) link.goDeaf(ms + random.int(500));
  }
}

function deafen(world: World): void {
  const gateway = world.random.pick(world.gateways);
  world.note(`${gateway.name} hears no pushes`);
  gateway.link.goDeaf(world.random.int(3_000));
}

/** A replica takes over that lacks the end of some users' slots; who was connected to the old one notices. */
function failOver(world: World): void {
  const { random, clock, ledger, users } = world;
  const chosen = new Set(random.int(4) === 0 ? users : random.shuffle(users).slice(0, 1 + random.int(2)));
  const arePairsLost = random.chance();
  const tail = random.int(LONGEST_TAIL);
  const before = new Map([...chosen].map((user) => [user, world.textsIn(user)]));
  world.engine.loseSince(clock.now() - tail, (key) => {
    const [kind, name = ''] = key.split('/');
    return kind === 'user' || kind === 'account' ? chosen.has(name) : arePairsLost;
  });
  ledger.noteFailover();
  world.failoverAt = clock.now();
  for (const [user, texts] of before) {
    const now = new Set(world.textsIn(user));
    const gone = [...texts].filter((text) => !now.has(text));
    const lost = ledger.lost.get(user) ?? new Set();
    ledger.lost.set(user, lost);
    for (const text of gone) lost.add(text);
    world.note(`a failover takes ${tail} ms from ${user}: ${gone.join(', ') || 'no message'}`);
  }
  for (const { link } of world.gateways) {
    if (random.int(4) > 0) link.breakCalls();
    const ms = random.int(2_000);
    link.goAway(ms);
    link.goDeaf(ms + 1);
  }
}
