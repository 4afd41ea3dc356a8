/** A device of a user: the real client with its host, its disk, and its deaths. */

import { Client } from '../../protocol/client.ts';
import type { Change, Link, LinkListener, Message, Update } from '../../protocol/client.ts';
import type { ClientDocument, MessageDocument } from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';
import { between } from './chance.ts';
import { MortalClock } from './clock.ts';
import { Disk } from './disk.ts';
import type { Wire } from './network.ts';
import type { World } from './world.ts';

/** The MD5 of everybody's password. */
export const PASS = '5f4dcc3b5aa765d61d8327deb882cf99';
/** Milliseconds until a host asks its user for the password. */
const ASK_AGAIN = 500;

export class SimulatedDevice {
  readonly user: string;
  /** For people: alice/1. */
  readonly name: string;
  /** Answers each message once. */
  readonly isBot: boolean;
  readonly transport: Wire['transport'];
  readonly #world: World;
  #client: Client | undefined;
  #disk: Disk | undefined;
  #life = new MortalClock({ now: () => 0, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) });
  #files: Map<string, unknown> = new Map();
  #wires: Wire[] = [];
  /** Texts that its user was told of, and those it wrote that were not answered when it was looked at last. */
  #news = new Set<string>();
  #unanswered = new Set<string>();

  constructor(world: World, user: string, name: string) {
    this.#world = world;
    this.user = user;
    this.name = name;
    this.isBot = world.random.int(8) === 0;
    this.transport = world.random.pick(['tcp', 'websocket'] as const);
  }

  /** Undefined while its process does not run. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** Starts the process: from what was kept. */
  boot(): void {
    if (this.#client) return;
    const { clock, random, weather } = this.#world;
    this.#life = new MortalClock(clock);
    const life = this.#life;
    const disk = new Disk({ life, random, weather, kept: (changes) => this.#noteKept(changes) }, this.#files);
    this.#disk = disk;
    const timing = {
      now: () => clock.now(),
      after: (ms: number, action: () => void) => {
        const timer = life.after(ms, action);
        return () => timer.cancel();
      },
      random: () => random.int(1_000_000) / 1_000_000,
    };
    const ports = {
      open: (listener: LinkListener) => this.#open(listener),
      storage: disk,
      timing,
      update: (update: Update) => life.isDead || this.#hear(update),
    };
    this.#client = new Client(ports, { kept: disk.files, label: this.name });
    if (!this.#client.start()) this.#client.logIn(this.user, PASS);
  }

  /** `isSilent`: the machine is gone, and nobody tells the gateway. */
  kill(isSilent: boolean): void {
    if (!this.#client || !this.#disk) return;
    this.#life.isDead = true;
    this.#client = undefined;
    for (const wire of this.#wires.splice(0)) {
      if (isSilent) wire.cut(false, false);
      wire.drop();
    }
    this.#files = this.#disk.copy();
    this.#forgetUnkept();
  }

  /** What it kept is gone; it must be dead. */
  wipe(): void {
    this.#files = new Map();
    this.#forgetUnkept();
  }

  logOut(): void {
    const client = this.#client;
    if (!client) return;
    client.logOut();
    for (const text of this.#unanswered) this.#world.ledger.written.get(text)!.isKept = false;
    this.#unanswered.clear();
    this.#news.clear();
    this.#life.after(1_000 + this.#world.random.int(4_000), () => client.logIn(this.user, PASS));
  }

  send(to: string, text: string): void {
    if (!this.#client) return;
    const { ledger } = this.#world;
    const written = ledger.write(this.user, to, text);
    this.#unanswered.add(text);
    const id = this.#client.send(to, text);
    this.#world.note(`${this.name} writes ${id} to ${to}: ${text}`);
    ledger.name(`${this.user}~${this.#client.device}`, id, written.text);
  }

  /** What is shown of own and others' messages with one user, without those on their way. */
  screen(peer: string): Message[] {
    const items = this.#client?.conversation(peer).items ?? [];
    return items.filter((item) => item.kind === 'message');
  }

  read(peer: string): void {
    const last = this.screen(peer)
      .filter(({ isOwn }) => !isOwn)
      .at(-1)?.n;
    if (last === undefined || !this.#client) return;
    this.#world.ledger.read(this.user, peer, last);
    this.#client.read(peer);
  }

  #open(listener: LinkListener): Link {
    const { random, weather } = this.#world;
    const gateway = this.#world.balance();
    const life = this.#life;
    if (gateway === undefined) {
      const timer = life.after(between(random, weather.latency) + 1, () => listener.closed());
      return { send: () => {}, close: () => timer.cancel() };
    }
    const reader = new DocumentReader();
    const received = (text: string): void => {
      const { documents, error } = reader.read(text);
      if (error) this.#world.ledger.violate('xml', `${this.name} read ${error.message}`);
      const known = documents.flatMap(({ element }) => toServerDocument(element) ?? []);
      if (known.length > 0) listener.received(...known);
    };
    const wire = gateway.connect(
      { opened: () => listener.opened(), received, closed: () => listener.closed() },
      this.transport,
    );
    this.#world.own(wire, { user: this.user, device: `${this.user}~${this.#client?.device ?? ''}`, isClassic: false });
    this.#wires = this.#wires.filter((each) => !each.isOver).concat(wire);
    return {
      send: (...documents) => {
        for (const document of documents) this.#judgeSending(document);
        wire.write(documents.map(writeDocument).join(''));
      },
      close: () => wire.close(),
    };
  }

  /** Nothing goes out that is not kept. */
  #judgeSending(document: ClientDocument): void {
    const { files } = this.#disk!;
    const { ledger } = this.#world;
    if (document.name === 'ACK' && !files.has(`entry/${document.at}`)) {
      ledger.violate('unkept', `${this.name} acknowledges ${document.at}, which is not kept`);
    }
    if (document.name === 'MESSAGE' && !files.has(`out/${document.id}`)) {
      ledger.violate('unkept', `${this.name} sends ${document.id}, which is not kept`);
    }
  }

  #hear(update: Update): void {
    if (update.kind === 'connection') this.#followConnection();
    if (update.kind !== 'message') return;
    const { message, isOld } = update;
    const { text, from } = message;
    if (this.#news.has(text) && !this.#world.ledger.isLostTwice(text))
      this.#world.ledger.violate('news', `${this.name} was told of ${text} again`);
    this.#news.add(text);
    if (this.isBot && !isOld && !text.startsWith('re ')) this.#answer(from, text);
  }

  /** A bot's answer is kept in one step with what it answers. Each is another text: also to what came once more. */
  #answer(from: string, text: string): void {
    const { ledger } = this.#world;
    let answer = `re ${this.name} ${text}`;
    for (; ledger.written.has(answer); answer += '!') {
      if (ledger.written.get(answer)!.isKept && !ledger.isLostTwice(text))
        ledger.violate('bot', `${this.name} wrote ${answer} once more`);
    }
    this.send(from, answer);
  }

  #followConnection(): void {
    const client = this.#client;
    if (client?.connection.state !== 'out') return;
    const { why, reason } = client.connection;
    if (why === 'left' || why === 'stopped') return;
    this.#world.note(`${this.name} is out: ${why} ${reason ?? ''}`);
    if (why !== 'credentials') this.#world.ledger.violate('out', `${this.name}: ${why} ${reason ?? ''}`);
    const life = this.#life;
    life.after(ASK_AGAIN, () => client.connection.state === 'out' && client.logIn(this.user, PASS));
  }

  #noteKept(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      const entry = key.startsWith('entry/') ? (value as MessageDocument | undefined) : undefined;
      if (entry?.name === 'MESSAGE' && entry.from !== this.user && entry.n !== undefined) {
        this.#world.ledger.store(this.user, entry.from, Number(entry.n));
      }
    }
  }

  /** What was not kept when the process died was never written, and may be news again. */
  #forgetUnkept(): void {
    const held = new Set<unknown>();
    const outgoing = new Set<unknown>();
    for (const [key, value] of this.#files) {
      if (key.startsWith('entry/')) held.add((value as MessageDocument).text);
      if (key.startsWith('gone/')) held.add(value);
      if (key.startsWith('out/')) outgoing.add((value as { text: string }).text);
    }
    for (const text of this.#news) if (!held.has(text)) this.#news.delete(text);
    for (const text of this.#unanswered) {
      const written = this.#world.ledger.written.get(text)!;
      if (!outgoing.has(text) && !held.has(text)) written.isKept = false;
      if (!outgoing.has(text)) this.#unanswered.delete(text);
    }
  }
}
