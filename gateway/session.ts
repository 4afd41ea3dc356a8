/** One connection: its documents strictly in order, each echoed and answered, and how it ends. */

import { setImmediate as turn } from 'node:timers/promises';
import { LOGIN_RESULT, ProtocolError } from '../protocol/documents.ts';
import { DocumentReader, type ReadDocument } from '../protocol/reader.ts';
import { writeDocument } from '../protocol/writer.ts';
import type { Timer } from './clock.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { dispatch } from './dispatch.ts';
import type { Answer } from './handlers/route.ts';
import { IdleTimer } from './idle-timer.ts';
import { Login } from './login.ts';
import type { Ending } from './metrics/metrics.ts';
import { Outlet } from './outlet.ts';
import { BusyError } from './passwords.ts';
import { SessionEnded } from './session-ended.ts';
import type { Services } from './services.ts';
import type { SessionId } from './store/store.ts';
import { CLOSE_CODE, type CloseCode, type Connection, type ConnectionListener } from './transport/connection.ts';

/** What is read at once: 65,000 documents fit in a frame, and none of them shall take memory before its turn. */
const SLICE = 1_024;
/** Bytes or characters that wait to be read, from which on no more is taken from the client. */
const READ_AHEAD = 16_384;
/** Documents after which other connections get a turn. */
const TURN = 16;
/** Characters of a refused name that are logged: it may be anything. */
const NAME_SHOWN = 32;

export class Session implements ConnectionListener {
  readonly #connection: Connection;
  readonly #services: Services;
  readonly #over: () => void;
  readonly #reader = new DocumentReader();
  readonly #outlet: Outlet;
  readonly #login: Login;
  readonly #idle: IdleTimer;
  readonly #pinging: Timer;
  /** What was received and not read: whole pieces, the first from #unreadFrom on. */
  readonly #unread: (Uint8Array | string)[] = [];
  #unreadFrom = 0;
  #unreadSize = 0;
  readonly #queue: ReadDocument[] = [];
  #isWorking = false;
  #isPaused = false;
  /** No document is taken and nothing is sent any more. */
  #isOver = false;
  /** What ends the connection once the documents before it are answered: an error, or the client's own end. */
  #last: ProtocolError | 'finished' | undefined;
  /** What follows once the connection is closed and its documents are done. */
  #farewell: (() => void) | undefined;
  #documentsBeforeLogin = 0;
  #failedLogins = 0;

  /** @param over called once, when the connection is closed. */
  constructor(id: SessionId, connection: Connection, services: Services, over: () => void) {
    const { clock, config } = services;
    this.#connection = connection;
    this.#services = services;
    this.#over = over;
    this.#outlet = new Outlet({
      connection,
      clock,
      limit: config.limits.buffered,
      stall: config.timing.stall,
      stalled: () => this.#fail(new ProtocolError('too-slow', 'what was sent is not being read')),
    });
    const ended = (): void => this.#end(CLOSE_CODE.done, 'ended');
    const fail = (error: ProtocolError): void => this.#fail(error);
    this.#login = new Login({ id, connection, outlet: this.#outlet, services, ended, fail });
    this.#idle = new IdleTimer(clock, config.timing.idle, () =>
      this.#fail(new ProtocolError('idle', `nothing was received for ${config.timing.idle / 1000} seconds`)),
    );
    this.#pinging = clock.every(config.timing.ping, () => this.#login.ping());
  }

  received(data: Uint8Array | string): void {
    this.#heard();
    if (this.#isOver || this.#last !== undefined) return;
    this.#unread.push(data);
    this.#unreadSize += data.length;
    void this.#work();
  }

  receivedBinary(): void {
    this.#last ??= new ProtocolError('not-text', 'a binary frame: IMS is text');
    void this.#work();
  }

  pong(): void {
    this.#heard();
    this.#login.pong();
  }

  drained(): void {
    this.#outlet.drained();
  }

  finished(): void {
    this.#last ??= 'finished';
    void this.#work();
  }

  closed(isOrderly: boolean): void {
    this.#login.disconnected();
    this.#farewell = () => void this.#login.closed(isOrderly).then(this.#over);
    if (this.#isOver) return this.#farewell();
    // What was received before is taken all the same, though nobody reads the answers.
    this.#last ??= 'finished';
    this.#outlet.close();
    void this.#work();
  }

  /** A client of version 2 moves by itself when it is asked. */
  get isServedOn(): boolean {
    return this.#login.isOpened && this.#login.owner?.device !== undefined;
  }

  /**
   * The gateway stops: a client of version 2 is asked to move within so many milliseconds, and served on; the connection of
   * another one is closed as by `shutDown`.
   */
  move(within: number): void {
    if (!this.isServedOn) return this.shutDown();
    const text = writeDocument({ name: 'RECONNECT', within: String(Math.floor(within / 1000)) });
    this.#outlet.push(() => this.#connection.send([text]));
  }

  /** The gateway stops: what was received is answered, then the connection is closed. */
  shutDown(): void {
    this.#last ??= new ProtocolError('restarting', 'the gateway restarts: connect again');
    void this.#work();
  }

  /** The gateway waits no longer. */
  cutOff(): void {
    this.#connection.destroy();
  }

  #heard(): void {
    this.#idle.received();
    this.#login.received();
  }

  async #work(): Promise<void> {
    this.#regulate();
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let count = 1; !this.#isOver; count += 1) {
      const next = this.#queue.shift() ?? this.#read();
      if (next === undefined) break;
      await this.#outlet.whenReady();
      // A client that waits for an answer need not say anything meanwhile: a hash and a store that is away take time.
      this.#idle.hold();
      if (!this.#isOver) await this.#take(next);
      this.#idle.release();
      if (count % TURN === 0) await turn();
    }
    this.#isWorking = false;
    if (this.#isOver) return;
    this.#regulate();
    if (this.#last === 'finished') this.#end(CLOSE_CODE.done, 'left');
    else if (this.#last !== undefined) this.#fail(this.#last);
  }

  /** The next document of what was received; undefined when there is no whole one. */
  #read(): ReadDocument | undefined {
    while (this.#queue.length === 0) {
      const [piece] = this.#unread;
      if (piece === undefined) return undefined;
      const slice = piece.slice(this.#unreadFrom, this.#unreadFrom + SLICE);
      this.#unreadFrom += slice.length;
      this.#unreadSize -= slice.length;
      if (this.#unreadFrom >= piece.length) {
        this.#unread.shift();
        this.#unreadFrom = 0;
      }
      const { documents, error } = this.#reader.read(slice);
      this.#queue.push(...documents);
      if (error !== undefined) this.#refuse(error);
    }
    return this.#queue.shift();
  }

  /** Nothing after this is read. */
  #refuse(error: ProtocolError): void {
    this.#last = error;
    this.#unread.length = 0;
    this.#unreadSize = 0;
  }

  /** A client cannot send faster than it is served. */
  #regulate(): void {
    if (!this.#isPaused && this.#unreadSize >= READ_AHEAD) {
      this.#isPaused = true;
      this.#connection.pause();
      this.#idle.hold();
    } else if (this.#isPaused && this.#unreadSize === 0) {
      this.#isPaused = false;
      this.#idle.release();
      this.#login.resumed();
      this.#connection.resume();
    }
  }

  /** IMS: each document is sent back, then its answer, with nothing in between. Version 2 has no echo. */
  async #take({ source, element }: ReadDocument): Promise<void> {
    const { clock, metrics } = this.#services;
    const begun = clock.now();
    const echo = this.#login.owner?.device === undefined ? [source] : [];
    this.#outlet.beginAnswer();
    try {
      const answer = await dispatch(element, this.#services, this.#login, this.#login.owner);
      // IMS LOGOUT: who has the answer is away.
      if (answer.next === 'log-out') await this.#login.leave();
      const { document, refusal } = answer;
      metrics.answered(element.name, clock.now() - begun, document, refusal);
      this.#noteRefusal(answer);
      if (this.#isOver) return;
      this.#outlet.answer(document === undefined ? echo : [...echo, writeDocument(document)]);
      await this.#follow(answer);
    } catch (error) {
      if (this.#outlet.isAnswering) this.#outlet.answer(echo);
      if (error instanceof SessionEnded) this.#login.endedElsewhere();
      else this.#fail(this.#explain(error));
    }
  }

  /** For a watchman like fail2ban: the address and the name as sent, cut. Never the password. */
  #noteRefusal({ document }: Answer): void {
    if (document?.name !== 'LOGIN' || document.result !== LOGIN_RESULT.refused) return;
    const { address, transport } = this.#connection;
    const name = document.user?.slice(0, NAME_SHOWN);
    this.#services.logger.info({ address, transport, name }, 'a login was refused');
  }

  /** What comes after an answer: the backlog, the end, or the end of patience. */
  async #follow({ document, next }: Answer): Promise<void> {
    if (next === 'log-out') return this.#end(CLOSE_CODE.done, 'logout');
    if (next !== undefined) return this.#login.start(next.start);
    const { documentsBeforeLogin, failedLogins } = this.#services.config.limits;
    if (document?.name === 'LOGIN' && document.result === LOGIN_RESULT.refused) this.#failedLogins += 1;
    if (this.#login.owner === undefined) this.#documentsBeforeLogin += 1;
    if (this.#failedLogins >= failedLogins) {
      this.#fail(new ProtocolError('too-many-logins', `${failedLogins} logins failed`));
    } else if (this.#documentsBeforeLogin >= documentsBeforeLogin) {
      this.#fail(new ProtocolError('not-logged-in', `${documentsBeforeLogin} documents and no login`));
    }
  }

  /** Nobody is told what became of the document: it might be a lie. */
  #explain(error: unknown): ProtocolError {
    if (error instanceof ProtocolError) return error;
    if (error instanceof BusyError) {
      this.#services.metrics.logins.add('busy');
      return new ProtocolError('busy', 'too many logins at once: try again soon');
    }
    const user = this.#login.owner?.user;
    this.#services.logger.error({ err: error, user }, 'a document could not be answered');
    if (user !== undefined) this.#services.finishing.later(user);
    return new ProtocolError('unavailable', 'the service cannot answer now: connect again');
  }

  #fail({ code, message }: ProtocolError): void {
    if (this.#isOver) return;
    this.#connection.send([writeDocument({ name: 'ERROR', code, text: message })]);
    this.#end(CLOSE_CODES[code], code);
  }

  #end(code: CloseCode, why: Ending): void {
    if (this.#isOver) return;
    this.#services.metrics.endings.add(why);
    this.#login.logEnd(why);
    this.#stop();
    this.#connection.end(code);
  }

  #stop(): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#unread.length = 0;
    this.#idle.stop();
    this.#pinging.cancel();
    this.#outlet.close();
    void this.#login.leave();
    this.#farewell?.();
  }
}
