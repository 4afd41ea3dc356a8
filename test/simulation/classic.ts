/** A client that knows the seed alone: it is given messages, never says so, and comes and goes. */

import type { XmlElement } from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { writeDocument } from '../../protocol/writer.ts';
import type { Timer } from '../../gateway/clock.ts';
import { PASS } from './device.ts';
import type { SimulatedGateway } from './gateway.ts';
import type { Wire } from './network.ts';
import type { World } from './world.ts';

const ALIVE_EVERY = 5_000;
/** Milliseconds without anything from the gateway, which echoes each ALIVE, after which the connection is given up. */
const PATIENCE = 9_000;
const RETRY = 1_500;

interface Session {
  readonly gateway: SimulatedGateway;
  readonly wire: Wire;
  readonly received: Set<string>;
  readonly alive: Timer;
  isIn: boolean;
  isLeaving: boolean;
  heardAt: number;
  /** What is to be answered: one at a time. */
  asked: string | undefined;
}

export class ClassicClient {
  readonly user: string;
  readonly name: string;
  /** Whether it wants to be connected. */
  isOn = false;
  readonly #world: World;
  #session: Session | undefined;
  /** What sessions were given that ended in order: it must not come again. */
  readonly #done = new Map<string, Session>();
  /** Texts that it was given, ever. */
  readonly received = new Set<string>();

  constructor(world: World, user: string, name: string) {
    this.#world = world;
    this.user = user;
    this.name = name;
  }

  get isIn(): boolean {
    return this.#session?.isIn === true;
  }

  get isAsking(): boolean {
    return this.#session?.asked !== undefined;
  }

  start(): void {
    this.isOn = true;
    if (!this.#session) this.#connect();
  }

  /** In order, where it is connected. */
  logOut(): void {
    this.isOn = false;
    if (!this.#session?.isIn) return this.drop();
    this.#session.isLeaving = true;
    this.#write({ name: 'LOGOUT', user: this.user });
  }

  drop(): void {
    this.isOn = false;
    this.#session?.wire.drop();
    this.#end();
  }

  send(to: string, text: string): void {
    if (!this.#session?.isIn || this.#session.asked !== undefined) return;
    this.#world.ledger.write(this.user, to, text).isKept = false;
    this.#world.note(`${this.name} sends to ${to}: ${text}`);
    this.#session.asked = text;
    this.#write({ name: 'MESSAGE', from: this.user, to, text });
  }

  #connect(): void {
    const gateway = this.#world.balance();
    if (gateway === undefined) return this.#again();
    const reader = new DocumentReader();
    const client = {
      opened: () => this.#write({ name: 'LOGIN', user: this.user, pass: PASS }),
      received: (text: string) => {
        for (const { element } of reader.read(text).documents) this.#take(session, element);
      },
      closed: () => this.#closed(session),
    };
    const wire = gateway.connect(client, 'tcp');
    this.#world.own(wire, { user: this.user, device: '', isClassic: true });
    const { clock } = this.#world;
    const alive = clock.every(ALIVE_EVERY, () => this.#beat(session));
    const session: Session = {
      gateway,
      wire,
      received: new Set(),
      alive,
      isIn: false,
      isLeaving: false,
      heardAt: clock.now(),
      asked: undefined,
    };
    this.#session = session;
  }

  #write(document: Parameters<typeof writeDocument>[0]): void {
    this.#session?.wire.write(writeDocument(document));
  }

  #beat(session: Session): void {
    if (this.#session !== session) return session.alive.cancel();
    if (this.#world.clock.now() - session.heardAt > PATIENCE) {
      session.wire.drop();
      return this.#closed(session);
    }
    this.#write({ name: 'ALIVE' });
  }

  #take(session: Session, { name, attributes, text }: XmlElement): void {
    if (this.#session !== session) return;
    session.heardAt = this.#world.clock.now();
    const { result, from, to } = attributes;
    if (name === 'LOGIN' && result !== undefined) {
      session.isIn = result === '1';
      if (!session.isIn) this.#world.ledger.violate('out', `${this.name}: LOGIN ${result}`);
    }
    if (name === 'LOGOUT' && result === '1') this.#leave(session);
    if (name === 'MESSAGE' && result !== undefined) this.#answered(session, result);
    // An echo is from the user to another one.
    if (name === 'MESSAGE' && from !== undefined && to === this.user) this.#receive(session, from, text);
  }

  #answered(session: Session, result: string): void {
    const text = session.asked;
    session.asked = undefined;
    if (text !== undefined) this.#world.ledger.answer(text, result, undefined);
  }

  #receive(session: Session, from: string, text: string): void {
    const { ledger } = this.#world;
    this.#world.note(`${this.name} is given ${text}`);
    if (session.received.has(text) && !ledger.isLostTwice(text))
      ledger.violate('duplicate', `${text} came twice in a session of ${this.name}`);
    if (this.#isDone(text)) {
      ledger.violate('duplicate', `${text} came to ${this.name} after an orderly end`);
    }
    session.received.add(text);
    this.received.add(text);
    const n = this.#world.numberOf(this.user, from, text);
    if (n !== undefined) ledger.store(this.user, from, n);
  }

  /** Not where its gateway died before it could write that down, or the store did not hear of it. */
  #isDone(text: string): boolean {
    const session = this.#done.get(text);
    const { ledger, unconfirmed } = this.#world;
    const isDisturbed = session?.wire.wasDisturbed === true || session?.gateway.state === 'over';
    const mayBeUnknown = isDisturbed || unconfirmed.has(this.user) || ledger.hasFailedOver;
    return session !== undefined && !mayBeUnknown;
  }

  /** The end was asked for, and answered: nothing of this session comes again. */
  #leave(session: Session): void {
    if (!session.isLeaving) this.#world.ledger.violate('out', `${this.name}: LOGOUT unasked`);
    this.#world.note(`${this.name} left in order`);
    for (const text of session.received) this.#done.set(text, session);
    session.wire.close();
    this.#end();
    if (this.isOn) this.#again();
  }

  #closed(session: Session): void {
    if (this.#session !== session) return;
    this.#end();
    if (this.isOn) this.#again();
  }

  #end(): void {
    this.#session?.alive.cancel();
    this.#session = undefined;
  }

  #again(): void {
    this.#world.clock.after(RETRY, () => this.isOn && !this.#session && this.#connect());
  }
}
