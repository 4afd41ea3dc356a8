/**
 * A device of a user: an IMS 2 client on real sockets with a disk of its own. It writes down what its screen shows, and can
 * lose its power at any time.
 */

import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { Client, type ClientPorts, type LinkListener, type Message, type Update } from '../../protocol/client.ts';
import type { Random } from '../helpers/random.ts';
import { passOf } from './classic-client.ts';
import { Disk } from './disk.ts';
import type { History, Operation, Session } from './history.ts';
import { Screen } from './screen.ts';
import type { SocketLog } from './socket-log.ts';
import { openWire, type Wire, type WireAddress } from './wire.ts';

export interface DeviceOptions {
  readonly history: History;
  readonly sockets: SocketLog;
  readonly random: Random;
  /** Where the gateway is now. */
  readonly where: () => WireAddress;
  /** How many times faster than real time its clock runs: between two faults it shall come back. 1 unless told. */
  readonly pace?: number;
  /** It comes when all is over: newer pages first, so that what it was given is written down by {@link Device.loadAll}. */
  readonly isNew?: boolean;
  /** Milliseconds between two looks at what changed; each change is looked at where absent. */
  readonly frame?: number;
  /** Its disk takes less than so many milliseconds to save something; next to nothing where absent. */
  readonly slowDisk?: number;
}

/** One run of the device's program, from switching it on to the loss of power. */
interface Run {
  readonly client: Client;
  readonly session: Session;
  readonly wires: Set<Wire>;
  readonly disk: { cut(): void };
  readonly timers: Set<NodeJS.Timeout>;
  /** Messages that wait for their answer, by their ids. */
  readonly open: Map<number, Operation>;
  /** Texts that were shown: a comparison may take one away for a while, and nobody is told of it again. */
  readonly received: Set<string>;
  /** With whom there is something to be looked at. */
  readonly due: Set<string>;
  isOff: boolean;
  /** The log is another one than before. */
  isComparing: boolean;
}

export class Device {
  readonly user: string;
  readonly name: string;
  readonly screen: Screen;
  readonly disk = new Disk();
  /** How often the log was compared because it was another one. */
  comparisons = 0;
  readonly #options: DeviceOptions;
  #run: Run | undefined;
  #epoch: string | undefined;
  /** Messages that the device has on its disk and that are not answered. */
  #open = new Map<number, Operation>();

  /** `name`: the user's name and what kind of device it is. */
  constructor(user: string, kind: string, options: DeviceOptions) {
    this.user = user;
    this.name = `${user}/${kind}`;
    this.#options = options;
    this.screen = new Screen(this.name);
  }

  get isOn(): boolean {
    return this.#run !== undefined;
  }

  get client(): Client {
    return this.#run!.client;
  }

  /** How many messages it has that are not answered. */
  get waiting(): number {
    return (this.#run?.open ?? this.#open).size;
  }

  /** Everything there is has come, and everything was answered. */
  get isSettled(): boolean {
    const connection = this.#run?.client.connection;
    return connection?.state === 'online' && connection.isCaughtUp && this.waiting === 0;
  }

  /** Starts its program with what is on its disk; with a password where there is nothing. */
  turnOn(): void {
    const { history } = this.#options;
    const { random, slowDisk = 1 } = this.#options;
    const disk = this.disk.connect(() => random.int(slowDisk));
    const run: Run = {
      session: history.begin(this.user),
      wires: new Set(),
      disk,
      timers: new Set(),
      open: this.#open,
      received: new Set(),
      due: new Set(),
      isOff: false,
      isComparing: false,
      client: new Client(
        {
          open: (listener) => this.#openLink(run, listener),
          storage: disk,
          timing: this.#timing(() => run),
          update: (update) => this.#update(run, update),
        },
        { kept: structuredClone(this.disk.kept), label: this.name },
      ),
    };
    this.#run = run;
    for (const conversation of run.client.conversations) this.#look(run, conversation.name);
    if (this.#isKnown) run.client.start();
    else run.client.logIn(this.user, passOf(this.user));
  }

  /** Its power is gone: connections end without a word, what was not on its disk is lost. */
  async losePower(): Promise<void> {
    const run = this.#run!;
    this.#run = undefined;
    run.isOff = true;
    run.disk.cut();
    for (const timer of run.timers) clearTimeout(timer);
    for (const wire of run.wires) wire.cut();
    run.session.end('broken');
    this.screen.turnOff();
    // What was not kept was never sent.
    for (const [id, message] of run.open) {
      if (this.disk.kept.has(`out/${id}`) || this.#hasEntry(id)) continue;
      message.fail();
      run.open.delete(id);
    }
    await turn();
  }

  /** Ends its connections in order; what it shows stays. */
  stop(): void {
    this.#run?.client.stop();
  }

  /** Writes a message and leaves it to the client. */
  send(to: string): Operation {
    const run = this.#run!;
    const message = run.session.invoke(to);
    run.open.set(run.client.send(to, message.text), message);
    return message;
  }

  /** The user looks at a conversation. */
  read(peer: string): void {
    this.#run!.client.read(peer);
  }

  /** Loads all that is older than what the device has, and writes down what a new one then shows. */
  async loadAll(): Promise<void> {
    const { client, session } = this.#run!;
    while (client.hasOlder) {
      const outcome = await new Promise((resolve) => client.loadOlder(resolve));
      if (outcome === 'unknown') throw new Error(`${this.name}: an older page did not come`);
    }
    for (const { isOwn, text } of this.screen.messages) if (!isOwn) session.receive(text);
    session.drain();
  }

  /** The places of the entries that are on its disk, in order. */
  get places(): readonly string[] {
    const keys = [...this.disk.kept.keys()].filter((key) => key.startsWith('entry/'));
    return keys.map((key) => key.slice('entry/'.length)).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  }

  /** It has a token. */
  get #isKnown(): boolean {
    const account = this.disk.kept.get('account') as { readonly token?: string } | undefined;
    return account?.token !== undefined;
  }

  #hasEntry(id: number): boolean {
    const device = this.disk.kept.get('account') as { readonly device: string } | undefined;
    return [...this.disk.kept].some(([key, value]) => {
      const entry = value as { readonly device?: string; readonly id?: string };
      return key.startsWith('entry/') && entry.device === device?.device && entry.id === String(id);
    });
  }

  #openLink(run: Run, listener: LinkListener): Wire {
    const { sockets, where } = this.#options;
    const guard = (report: () => void): void => void (run.isOff || report());
    const wire = openWire(
      where(),
      {
        opened: () => guard(() => listener.opened()),
        closed: () => guard(() => (run.wires.delete(wire), listener.closed())),
        received: (...documents) =>
          guard(() => {
            for (const document of documents) {
              if (document.name === 'LOGIN') this.#noteEpoch(run, document.epoch);
              // After it the client compares, whatever the epoch is.
              if (document.name === 'ERROR' && document.code === 'epoch') this.#epoch = '';
            }
            listener.received(...documents);
          }),
      },
      sockets.begin(this.name),
    );
    run.wires.add(wire);
    return wire;
  }

  #noteEpoch(run: Run, epoch: string | undefined): void {
    if (epoch === undefined) return;
    if (this.#epoch !== undefined && epoch !== this.#epoch) {
      run.isComparing = true;
      this.comparisons += 1;
    }
    this.#epoch = epoch;
  }

  #update(run: Run, update: Update): void {
    if (run.isOff) return;
    if (update.kind === 'conversation') this.#lookSoon(run, update.with);
    if (update.kind === 'message') this.screen.tell(update.message);
    if (update.kind !== 'connection') return;
    const { connection } = run.client;
    if (connection.state === 'out' && connection.why !== 'stopped') this.screen.fault('out', connection.why);
    const isCaughtUp = connection.state === 'online' && connection.isCaughtUp;
    // What the comparison changed is told with this.
    if (isCaughtUp && run.isComparing) void turn().then(() => (run.isComparing = false));
  }

  #lookSoon(run: Run, peer: string): void {
    const { frame } = this.#options;
    if (frame === undefined) return this.#look(run, peer);
    if (run.due.size === 0) {
      const timer = setTimeout(() => {
        run.timers.delete(timer);
        const peers = [...run.due];
        run.due.clear();
        for (const each of peers) this.#look(run, each);
      }, frame);
      run.timers.add(timer);
    }
    run.due.add(peer);
  }

  #look(run: Run, peer: string): void {
    const conversation = run.client.conversation(peer);
    for (const message of this.screen.look(conversation, run.isComparing)) {
      if (message.isOwn || this.#options.isNew || run.received.has(message.text)) continue;
      run.received.add(message.text);
      run.session.receive(message.text);
    }
    for (const item of conversation.items) if (item.kind === 'message') this.#noteState(run, item);
  }

  #noteState({ open }: Run, { id, state, text }: Message): void {
    const message = id === undefined ? undefined : open.get(id);
    if (message === undefined || message.text !== text || state === 'queued') return;
    open.delete(id!);
    if (state === 'failed' || state === 'refused') message.fail();
    else message.ok();
  }

  #timing(get: () => Run): ClientPorts['timing'] {
    const { pace = 1, random } = this.#options;
    return {
      now: () => performance.timeOrigin + performance.now() * pace,
      after(ms, action) {
        const { timers, isOff } = get();
        if (isOff) return () => {};
        const timer = setTimeout(() => (timers.delete(timer), action()), ms / pace);
        timers.add(timer);
        return () => (clearTimeout(timer), void timers.delete(timer));
      },
      random: () => random.int(1 << 30) / (1 << 30),
    };
  }
}
