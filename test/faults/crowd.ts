/** Users with several devices each, who write to each other without end, and whose devices lose their power at times. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../helpers/random.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { passOf, type Addresses } from './classic-client.ts';
import { Device, type DeviceOptions } from './device.ts';
import { History } from './history.ts';
import { isAllShown, judge, type Verdict } from './screen-check.ts';
import { SocketLog } from './socket-log.ts';
import type { WireAddress } from './wire.ts';

/** Milliseconds between two actions of a device, at most. */
const PAUSE = 60;
/** One action in so many is many messages at once, more than may be unanswered. */
const BURST_EVERY = 25;
const BURST = 40;
/** Messages not answered from which on a device waits. */
const MOST_WAITING = 60;
/** Milliseconds that a disk takes at most: power is lost while something is being saved. */
const SLOW = 10;
/** Milliseconds that a device without power stays off, at most. */
const OFF = 400;
/** Milliseconds in which everything is where it belongs once nothing breaks any more. */
const PATIENCE = 30_000;

export interface CrowdOptions {
  readonly random: Random;
  /** Where clients connect, by transport, now. */
  readonly where: () => Pick<Addresses, 'tcp' | 'ws'>;
  readonly pace?: number;
  /** Their names; fresh ones where a store is used twice. */
  readonly users?: readonly string[];
  /** Actions pause longer by this factor. */
  readonly calm?: number;
}

export class Crowd {
  readonly history = new History();
  readonly sockets = new SocketLog();
  readonly devices: Device[] = [];
  readonly users: readonly string[];
  /** How often a device lost its power. */
  losses = 0;
  readonly #options: CrowdOptions;
  #isStopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.users = options.users ?? ['ann', 'ben', 'cid'];
    for (const user of this.users) {
      this.devices.push(this.#createDevice(user, 'phone', 'tcp'), this.#createDevice(user, 'laptop', 'ws'));
    }
  }

  /** Messages that were answered. */
  get answered(): number {
    return this.history.count('ok');
  }

  /** Makes the accounts; resolves when all devices are logged in. */
  async enter({ http }: Pick<Addresses, 'http'>): Promise<void> {
    const addAccount = createRegistration(http);
    for (const user of this.users) await addAccount(user, passOf(user));
    for (const device of this.devices) device.turnOn();
    await this.#until(() => this.devices.every(({ isSettled }) => isSettled));
  }

  /** Everybody writes, until `settle`. */
  chat(): void {
    this.#isStopped = false;
    this.#running = Promise.all(this.devices.map((device) => this.#write(device)));
    this.#running.catch(() => undefined);
  }

  /** One of the devices loses its power; it is on again after a while. */
  async losePower(): Promise<void> {
    const { random } = this.#options;
    const device = random.pick(this.devices);
    if (!device.isOn) return;
    this.losses += 1;
    await device.losePower();
    await sleep(random.int(OFF));
    device.turnOn();
  }

  /** Resolves when so many messages more are answered. Rejects where that takes too long. */
  async goOn(count: number, patience = PATIENCE): Promise<void> {
    const goal = this.answered + count;
    if (await this.#until(() => this.answered >= goal, patience)) return;
    throw new Error(`${goal - this.answered} of ${count} messages were not answered in time: ${this.describe()}`);
  }

  /** Nobody writes any more, and all has time to come; then a new device of each user takes all that is in the log. */
  async settle(isMended = false): Promise<Verdict> {
    this.#isStopped = true;
    await this.#running;
    await this.#until(() => isAllShown(this.history, this.devices));
    for (const user of this.users) {
      const device = this.#createDevice(user, 'new', 'ws', true);
      this.devices.push(device);
      device.turnOn();
      await this.#until(() => device.isSettled);
      await device.loadAll();
    }
    await this.#until(() => isAllShown(this.history, this.devices));
    // What is shown is also on the disk, a moment later.
    await sleep(50);
    return judge(this.history, this.devices, isMended);
  }

  /** Ends everything, whatever became of it. */
  async leave(): Promise<void> {
    this.#isStopped = true;
    await this.#running.catch(() => undefined);
    for (const device of this.devices) if (device.isOn) await device.losePower();
  }

  describe(): string {
    const { history, losses, sockets, devices } = this;
    const states = (['ok', 'fail', 'invoked'] as const).map((state) => `${history.count(state)} ${state}`).join(', ');
    const comparisons = devices.reduce((sum, device) => sum + device.comparisons, 0);
    return `messages: ${states}; ${losses} devices lost power; ${sockets.describe()}; ${comparisons} comparisons`;
  }

  #createDevice(user: string, kind: string, transport: 'tcp' | 'ws', isNew = false): Device {
    const { random, where, pace } = this.#options;
    const address = (): WireAddress => (transport === 'tcp' ? where().tcp : { url: where().ws });
    const { history, sockets } = this;
    const options: DeviceOptions = {
      history,
      sockets,
      random,
      where: address,
      isNew,
      slowDisk: SLOW,
      ...(pace && { pace }),
    };
    return new Device(user, kind, options);
  }

  async #write(device: Device): Promise<void> {
    const { random, calm = 1 } = this.#options;
    const others = this.users.filter((user) => user !== device.user);
    while (!this.#isStopped) {
      await sleep(random.int(PAUSE * calm));
      if (!device.isOn || device.waiting > MOST_WAITING) continue;
      const to = random.pick(others);
      const count = random.int(BURST_EVERY) === 0 ? random.int(BURST) : 1;
      for (let i = 0; i < count; i++) device.send(to);
      if (random.chance(0.2)) device.read(random.pick(others));
    }
  }

  /** Whether it became so in time. */
  async #until(isSo: () => boolean, patience = PATIENCE): Promise<boolean> {
    for (const deadline = Date.now() + patience; !isSo();) {
      if (Date.now() > deadline) return false;
      await sleep(20);
    }
    return true;
  }
}
