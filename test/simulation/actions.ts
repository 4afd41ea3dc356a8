/** What people do: they write, read, make friends, block, come and go. */

import type { Random } from '../helpers/random.ts';
import type { SimulatedDevice } from './device.ts';
import type { World } from './world.ts';

type Action = (world: World, device: SimulatedDevice, other: string) => void;

const STATUSES = [0, 1, 2, 3];
/** Milliseconds that a client is stopped. */
const LONGEST_STOP = 20_000;

/** Each with how often it is done. */
const ACTIONS: readonly (readonly [number, Action])[] = [
  [40, write],
  [3, (world, device, other) => repeat(1 + world.random.int(9), () => write(world, device, other))],
  [3, (world, device) => write(world, device, device.user)],
  [1, (world, device) => write(world, device, 'nobody')],
  [14, (_world, device, other) => device.read(other)],
  [
    9,
    (world, device, other) =>
      device.client!.friend(world.random.pick(['add', 'add', 'accept', 'deny', 'delete']), other),
  ],
  [4, block],
  [4, (_world, device, other) => device.client!.typing(other)],
  [3, (world, device) => device.client!.setStatus(world.random.pick(STATUSES))],
  [3, (_world, device) => device.client!.loadOlder()],
  [3, (_world, device) => device.client!.wake()],
  [2, stop],
  [0.5, (world, device) => (world.note(`${device.name} logs out`), device.logOut())],
];

/** One thing that somebody does. */
export function act(world: World): void {
  const { random, devices, classics } = world;
  if (classics.length > 0 && random.int(8) === 0) return actClassic(world);
  const running = devices.filter(({ client }) => client !== undefined && client.user !== '');
  if (running.length === 0) return;
  const device = random.pick(running);
  const other = random.pick(world.users.filter((user) => user !== device.user));
  draw(random)(world, device, other);
}

function draw(random: Random): Action {
  let dice = random.int(10 * ACTIONS.reduce((sum, [weight]) => sum + weight, 0)) / 10;
  for (const [weight, action] of ACTIONS) if ((dice -= weight) < 0) return action;
  return write;
}

function write(world: World, device: SimulatedDevice, to: string): void {
  device.send(to, world.newText(device.name, to));
}

function block(world: World, device: SimulatedDevice, other: string): void {
  const isBlocked = world.random.chance();
  if (isBlocked) world.blocked.add(`${device.user}>${other}`);
  world.note(`${device.name} ${isBlocked ? 'blocks' : 'unblocks'} ${other}`);
  device.client!.block(other, isBlocked);
}

/** For a while it does not want to be connected. */
function stop(world: World, device: SimulatedDevice): void {
  const client = device.client!;
  client.stop();
  world.note(`${device.name} stops`);
  world.clock.after(world.random.int(LONGEST_STOP), () => {
    if (device.client === client && client.connection.state === 'out') client.start();
  });
}

function actClassic(world: World): void {
  const { random } = world;
  const client = random.pick(world.classics);
  const dice = random.int(10);
  if (!client.isOn) client.start();
  else if (dice === 0) client.logOut();
  else if (dice === 1) client.drop();
  else {
    const to = random.pick(world.users.filter((user) => user !== client.user));
    client.send(to, world.newText(client.name, to));
  }
}

function repeat(count: number, work: () => void): void {
  for (let done = 0; done < count; done += 1) work();
}
