/** A classic IMS client that writes down what it does and sees: it sends, and receives at any time. */

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTcp, connectWebSocket, type Client, type TcpAddress } from '../transcripts/client.ts';
import type { History, Operation, Session } from './history.ts';

/** Where a gateway can be reached. */
export interface Addresses {
  readonly http: string;
  readonly ws: string;
  readonly tcp: TcpAddress;
}

/** How long an answer may take, in milliseconds: longer than a gateway waits for its store. */
const PATIENCE = 20_000;
/** How long the inbox is waited for at a time, in milliseconds: each wait leaves a timer behind. */
const LOOK = 1_000;

interface Awaited {
  readonly document: string;
  readonly hasAnswer: boolean;
  readonly since: number;
  readonly resolve: (answer: string | undefined) => void;
}

export class ClassicClient {
  readonly user: string;
  readonly session: Session;
  /** What it was sent as ERROR, e.g. `busy`. */
  error: string | undefined;
  readonly #client: Client;
  readonly #awaited: Awaited[] = [];
  /** The first one's echo is here: the next document is its answer. */
  #isEchoed = false;
  readonly #invitations = new Set<string>();
  readonly #reading: Promise<void>;

  private constructor(user: string, session: Session, client: Client) {
    this.user = user;
    this.session = session;
    this.#client = client;
    this.#reading = this.#read();
  }

  /** Sends LOGIN; gives the client with the answer, or undefined where the connection ended before. */
  static async open(
    history: History,
    user: string,
    client: Client,
  ): Promise<{ client: ClassicClient; answer: string | undefined }> {
    const classic = new ClassicClient(user, history.begin(user), client);
    return { client: classic, answer: await classic.ask(`<LOGIN user="${user}" pass="${passOf(user)}"/>`) };
  }

  get isOver(): boolean {
    return this.session.ended !== undefined;
  }

  /** Who has invited the user, as far as this session was told. */
  get invitations(): ReadonlySet<string> {
    return this.#invitations;
  }

  /**
   * The answer that follows the echo, or the echo of what has no answer. Undefined when the connection ended before;
   * this client ends it itself when it has to wait too long.
   */
  ask(document: string, hasAnswer = true): Promise<string | undefined> {
    if (this.isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#awaited.push({ document, hasAnswer, since: Date.now(), resolve });
      void this.#client.send(Buffer.from(document));
    });
  }

  /** Resolves when the message is answered, or never will be. Several may be on their way at once. */
  async send(to: string): Promise<Operation> {
    const message = this.session.invoke(to);
    const answer = await this.ask(`<MESSAGE from="${this.user}" to="${to}">${message.text}</MESSAGE>`);
    const result = /^<MESSAGE result="(-?\d)"\/>$/.exec(answer ?? '')?.[1];
    if (result === undefined) message.unknown();
    else if (result === '0') message.fail();
    else message.ok();
    return message;
  }

  /** Sends a document that changes a fact to this value; resolves when it is answered, or never will be. */
  async change(fact: string, value: string, document: string): Promise<Operation> {
    const write = this.session.write(fact, value);
    const result = / result="(\d)"\/>$/.exec((await this.ask(document)) ?? '')?.[1];
    if (result === undefined) write.unknown();
    else if (result === '1') write.ok();
    else write.fail();
    return write;
  }

  /** Sets the own status. */
  setStatus(code: string): Promise<Operation> {
    const { user } = this;
    return this.change(`status of ${user}`, code, `<STATUS user="${user}" type="set" code="${code}"/>`);
  }

  /** Asks for the own status. */
  async readStatus(): Promise<void> {
    const read = this.session.read(`status of ${this.user}`);
    const answer = await this.ask(`<STATUS user="${this.user}" type="get"/>`);
    const code = /result="(-?\d+)"/.exec(answer ?? '')?.[1];
    if (code === undefined) read.unknown();
    else read.ok(code);
  }

  /** Keeps the connection alive; in order behind what waited at LOGIN. False when the connection ended before. */
  async alive(): Promise<boolean> {
    return (await this.ask('<ALIVE/>', false)) !== undefined;
  }

  /** Takes all that waited at LOGIN; throws when the connection ends before. */
  async drain(): Promise<void> {
    if (!(await this.alive())) throw new Error(`${this.user}: no echo of ALIVE${this.#describe()}`);
    this.session.drain();
  }

  /** Ends in order; throws when the gateway does not. */
  async logOut(): Promise<void> {
    const answer = await this.ask(`<LOGOUT user="${this.user}"/>`);
    const isClosed = await this.#client.inbox.waitForEnd(PATIENCE);
    if (answer !== '<LOGOUT result="1"/>' || !isClosed) {
      throw new Error(`${this.user} cannot log out: ${answer}${this.#describe()}`);
    }
    await this.#reading;
  }

  /** Closes without a word; what arrived before is written down. */
  async drop(): Promise<void> {
    this.#client.drop();
    await this.#reading;
  }

  /** Reads no more: what is sent stays in the system's buffers. */
  pause(): void {
    this.#client.pause();
  }

  /** Breaks the connection, unread bytes and all. */
  async reset(): Promise<void> {
    this.#client.reset();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { inbox } = this.#client;
    let isOrderly = false;
    for (let isOpen = true; isOpen;) {
      const document = await inbox.next(LOOK);
      if (document !== undefined) isOrderly = this.#take(document) || isOrderly;
      else isOpen = inbox.ending === undefined;
      if ((this.#awaited[0]?.since ?? Infinity) < Date.now() - PATIENCE) this.#client.drop();
    }
    this.session.end(isOrderly ? 'orderly' : 'broken');
    for (const { resolve } of this.#awaited.splice(0)) resolve(undefined);
  }

  /** Whether it was LOGOUT's answer. */
  #take(document: string): boolean {
    const [first] = this.#awaited;
    this.error ??= /^<ERROR code="([^"]*)"/.exec(document)?.[1];
    if (first !== undefined && !this.#isEchoed && document === first.document) {
      if (first.hasAnswer) this.#isEchoed = true;
      else this.#awaited.shift()!.resolve(document);
    } else if (first !== undefined && this.#isEchoed) {
      this.#isEchoed = false;
      this.#awaited.shift()!.resolve(document);
      return document === '<LOGOUT result="1"/>';
    } else {
      this.#receive(document);
    }
    return false;
  }

  #receive(document: string): void {
    const text = /^<MESSAGE [^>]*>([^<]*)<\/MESSAGE>$/.exec(document)?.[1];
    if (text !== undefined) this.session.receive(text.replace('&gt;', '>'));
    const inviter = /^<FRIEND type="invite" to="[^"]*" from="([^"]*)"\/>$/.exec(document)?.[1];
    if (inviter !== undefined) this.#invitations.add(inviter);
  }

  #describe(): string {
    return this.error === undefined ? '' : ` (ERROR ${this.error})`;
  }
}

export function passOf(user: string): string {
  return createHash('md5').update(`the password of ${user}`).digest('hex');
}

/** Over TCP or as a WebSocket; rejects when nobody listens there. */
export function connectOver(transport: Client['transport'], { tcp, ws }: Addresses): Promise<Client> {
  return transport === 'tcp' ? connectTcp(tcp) : connectWebSocket(ws);
}

/** Users with an even last digit come over TCP. */
export function transportOf(user: string): Client['transport'] {
  return /[02468]$/.test(user) ? 'tcp' : 'websocket';
}

/** Logs in, and tries again for a while as long as nobody listens or the store is not back. */
export async function logIn(
  history: History,
  user: string,
  addresses: Addresses,
  { transport = transportOf(user), patience = PATIENCE } = {},
): Promise<ClassicClient> {
  const deadline = Date.now() + patience;
  for (;;) {
    const connection = await connectOver(transport, addresses).catch(() => undefined);
    const opened = connection && (await ClassicClient.open(history, user, connection));
    if (opened?.answer === `<LOGIN user="${user}" result="1"/>`) return opened.client;
    await opened?.client.drop();
    if (Date.now() > deadline) {
      throw new Error(`${user} cannot log in: ${opened?.client.error ?? opened?.answer ?? 'no connection'}`);
    }
    await sleep(100);
  }
}
