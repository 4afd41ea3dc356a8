/** A gateway in the simulation: the real services and sessions over a faulty store, with its life, its drain and its death. */

import { createServices } from '../../gateway/create-services.ts';
import type { Config } from '../../gateway/config.ts';
import { Drain } from '../../gateway/drain.ts';
import type { Logger } from '../../gateway/log.ts';
import { OpenSessions } from '../../gateway/open-sessions.ts';
import type { PasswordQueue } from '../../gateway/passwords.ts';
import type { Services } from '../../gateway/services.ts';
import type { Store } from '../../gateway/store/store.ts';
import type { Random } from '../helpers/random.ts';
import { MortalClock, type SimulatedClock } from './clock.ts';
import { StoreLink, type Hub, type StoreLinkParts } from './faulty-store.ts';
import { Wire, type ClientEnd, type NetworkParts } from './network.ts';
import type { Weather } from './weather.ts';

/** Milliseconds that closing connections may take. */
const CLOSE_WITHIN = 5_000;

/** A password is its own hash here. */
const passwords: PasswordQueue = {
  waiting: 0,
  hash: async (pass) => pass,
  verify: async (pass, known) => pass === known,
};

export interface GatewayParts {
  readonly name: string;
  readonly config: Config;
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly weather: Weather;
  readonly network: NetworkParts;
  readonly done: (method: string, args: readonly unknown[], answer: unknown) => void;
  readonly lost: StoreLinkParts['lost'];
  readonly note: (text: string) => void;
  /** What the gateway sends to a session. */
  readonly sent: (session: string, wire: Wire, documents: readonly string[]) => void;
}

export class SimulatedGateway {
  readonly name: string;
  readonly link: StoreLink;
  readonly services: Services;
  readonly wires: Wire[] = [];
  state: 'serving' | 'draining' | 'over' = 'serving';
  readonly #parts: GatewayParts;
  readonly #life: MortalClock;
  readonly #sessions: OpenSessions;
  readonly #drain: Drain;
  #accepted = 0;

  constructor(parts: GatewayParts) {
    const { name, config, store, hub, clock, random, weather, done, lost, note } = parts;
    this.name = name;
    this.#parts = parts;
    this.#life = new MortalClock(clock);
    this.link = new StoreLink({ name, store, hub, clock, life: this.#life, random, weather, done, lost, note });
    const own = { config, store: this.link.store, clock: this.#life, logger: createLogger(name, note) };
    this.services = { ...createServices(own), passwords };
    this.#sessions = new OpenSessions(this.services);
    const { drain: time } = config.timing;
    this.#drain = new Drain({ clock: this.#life, time, sessions: this.#sessions, isWatched: () => true });
  }

  async start(): Promise<void> {
    const { presence, pushWatch, rounds } = this.services;
    for (;;) {
      const isUp = await presence.start().then(
        () => true,
        () => false,
      );
      if (isUp) break;
      await new Promise<void>((resolve) => this.#life.after(1_000, resolve));
    }
    pushWatch.start();
    rounds.start();
  }

  /** A new connection from a client. */
  connect(client: ClientEnd, transport: Wire['transport']): Wire {
    const wire = new Wire(this.#parts.network, transport, client, this.#life);
    this.wires.push(wire);
    wire.connect((connection) => {
      this.#accepted += 1;
      const session = `${this.services.presence.incarnation}.${this.#accepted}`;
      wire.sent = (documents) => this.#parts.sent(session, wire, documents);
      return this.#sessions.accept(connection);
    });
    return wire;
  }

  /** As by `kill -9`, or by a cable that is pulled: `isSilent`: then nobody is told. */
  kill(isSilent: boolean): void {
    this.state = 'over';
    this.#life.isDead = true;
    this.link.cut();
    for (const wire of this.wires) wire.cut(!isSilent, false);
  }

  /** As by SIGTERM. */
  async drain(): Promise<void> {
    this.state = 'draining';
    await this.#drain.run();
    await this.stop();
  }

  /** As the server does it. */
  async stop(): Promise<void> {
    const { pushWatch, rounds, messaging, marks, presence } = this.services;
    this.state = 'draining';
    this.#drain.skip();
    pushWatch.stop();
    rounds.stop();
    await this.#sessions.closeAll(CLOSE_WITHIN);
    await messaging.settleAll();
    await marks.settleAll();
    await presence.stop();
    this.kill(false);
  }
}

function createLogger(name: string, note: (text: string) => void): Logger {
  const write =
    (level: string) =>
    (fields: { err?: unknown; why?: unknown; user?: unknown; session?: unknown }, text: string): void => {
      const { err, why, user = '' } = fields;
      const reason = err instanceof Error ? `: ${isBug(err) ? err.stack : err.message}` : why ? `: ${String(why)}` : '';
      note(`${name} ${level} ${String(user)} ${text}${reason}`);
    };
  const quiet = (): void => {};
  return { trace: quiet, debug: quiet, info: quiet, warn: write('warn'), error: write('ERROR') } as unknown as Logger;
}

function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
