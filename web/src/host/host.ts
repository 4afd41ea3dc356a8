/** Runs the client of one user for all tabs of this browser: answers what they ask, and reports what is different. */

import { Client } from '../../../protocol/client.ts';
import type { Change, Outcome, Storage, Update } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';
import { gatewayUrl, openLink } from '../connection/link.ts';
import type { Problem } from '../connection/account.ts';
import { describeDevice } from '../connection/timing.ts';
import type { Answer, Answers, Arguments, CommandName, Entry } from './commands.ts';
import { Intray, idOfMark } from './intray.ts';
import { dropNote, dropNotes } from './notes.ts';
import type { Note } from './notes.ts';
import { Reporter } from './reporter.ts';
import { ReportingStorage } from './saving.ts';
import type { Scene, SceneChange } from './scene.ts';
import { SignIn } from './sign-in.ts';
import { HostTiming } from './timing.ts';

/** A tab that hung for a while and lost the client to another one hears of it within this time. */
const DOUBT = 2_000;

/** Where the client keeps what must survive this tab. */
export interface Place {
  readonly storage: Storage;
  readonly kept: Iterable<readonly [string, unknown]>;
  /** It survives this tab. */
  readonly isLasting: boolean;
  /** How much of the log the client has in memory, in entries; all of it where absent. */
  readonly window?: number | undefined;
  /** Of what has lower numbers `kept` has only a part. */
  readonly floor?: number | undefined;
}

export interface HostOptions {
  /** The key of whose client it is. */
  readonly user: string;
  readonly place: Place;
  /** What the screens show that another tab cared for until now. */
  readonly inherited?: Scene | undefined;
  told(scene: Scene, change: SceneChange): void;
}

export class Host {
  readonly #options: HostOptions;
  readonly #client: Client;
  readonly #timing = new HostTiming();
  readonly #storage: ReportingStorage;
  readonly #reporter: Reporter;
  readonly #signIn: SignIn;
  readonly #intray: Intray;
  #wasCaughtUp = false;
  /** The gateway is about to end all sessions, and this one comes back by itself. */
  #isChanging = false;
  #isOver = false;

  readonly #answers: Answers = {
    take: (notes) => this.#take(notes),
    resend: (id) => this.#client.resend(id) !== undefined,
    discard: (id) => this.#client.discard(id),
    read: (name, upto) => this.#client.read(name, upto),
    typing: (name) => this.#client.typing(name),
    look: (name) => this.#reporter.look(toAsciiLower(name)),
    friend: (type, name) => new Promise((done) => this.#client.friend(type, name, done)),
    block: (name, isBlocked) => new Promise((done) => this.#client.block(name, isBlocked, done)),
    setStatus: (status) => this.#setStatus(status),
    loadOlder: () => new Promise((done) => this.#client.loadOlder(done)),
    logIn: (user, pass) => this.#logIn(user, pass),
    logOut: () => this.#logOut(),
    changePassword: (old, pass) => this.#changePassword(old, pass),
    token: () => this.#client.token,
    wake: () => this.#client.wake(),
  };

  constructor(options: HostOptions) {
    const { user, place, inherited } = options;
    this.#options = options;
    this.#storage = new ReportingStorage(place.storage, (changes) => this.#dropKeptNotes(changes));
    const kept = new Map(place.kept);
    this.#client = new Client(
      {
        open: (listener) => openLink(gatewayUrl(), listener),
        storage: this.#storage,
        timing: this.#timing,
        update: (update) => this.#updated(update),
      },
      { kept, label: describeDevice(), window: place.window, floor: place.floor },
    );
    this.#reporter = new Reporter(this.#client, inherited, (scene, change) => {
      if (!this.#isOver) options.told(scene, change);
    });
    this.#signIn = new SignIn(this.#client);
    this.#intray = new Intray(user, this.#client, this.#reporter, place.isLasting ? kept : undefined);
    this.#start();
  }

  get scene(): Scene {
    return this.#reporter.scene;
  }

  /** Never answered where the host is stopped meanwhile. */
  async ask<N extends CommandName>(name: N, args: Arguments<N>): Promise<Answer<N>> {
    const answer = this.#answers[name] as (...args: Arguments<N>) => Answer<N> | Promise<Answer<N>>;
    const result = await answer(...args);
    // First what it has changed.
    this.#reporter.flush();
    return this.#isOver && name !== 'logOut' ? new Promise(() => {}) : result;
  }

  /** Runs what is due: the timers of a hidden page are late. */
  tick(): void {
    if (!this.#isOver) this.#timing.tick();
  }

  /** Ends the connection; all is kept. Nothing is reported any more. */
  stop(): void {
    this.#isOver = true;
    this.#client.stop();
  }

  #start(): void {
    this.#intray.takeKept();
    if (this.#client.user !== '') this.#reporter.set({ isIn: this.#client.start() });
    else this.#reporter.set({ isIn: false });
    this.#reporter.flush();
  }

  #updated(update: Update): void {
    if (this.#isOver) return;
    if (update.kind === 'connection' && this.#isChanging && this.#client.connection.state === 'out') return;
    if (update.kind === 'connection' && this.#isDoubtful()) {
      setTimeout(() => this.#tell(update), DOUBT);
      return;
    }
    this.#tell(update);
  }

  /** Another tab may have taken over while this one hung: then the screens go on with that one. */
  #isDoubtful(): boolean {
    const { connection } = this.#client;
    return this.#options.place.isLasting && connection.state === 'out' && connection.why === 'replaced';
  }

  #tell(update: Update): void {
    if (this.#isOver) return;
    if (update.kind === 'connection') this.#connectionChanged();
    if (update.kind === 'status') this.#reporter.set({ status: update.status });
    else this.#reporter.take(update);
  }

  #connectionChanged(): void {
    const { connection } = this.#client;
    if (connection.state === 'out') this.#reporter.set({ isIn: false });
    if (connection.state === 'online') this.#reporter.set({ isIn: true });
    this.#signIn.note(connection);
    const isCaughtUp = connection.state === 'online' && connection.isCaughtUp;
    if (isCaughtUp && !this.#wasCaughtUp) this.#readStatus();
    this.#wasCaughtUp = isCaughtUp;
  }

  #readStatus(): void {
    this.#client.askStatus((status) => {
      if (status !== undefined) this.#reporter.set({ status });
    });
    this.#client.askStatuses((statuses) => {
      if (statuses !== undefined) this.#reporter.set({ statuses });
    });
  }

  /** A note goes from the screens when its message is there. */
  async #take(notes: readonly Note[]): Promise<readonly string[]> {
    const ids = this.#intray.take(notes);
    await this.#reporter.calmed;
    return ids;
  }

  async #setStatus(status: number): Promise<Outcome> {
    const outcome = await new Promise<Outcome>((done) => this.#client.setStatus(status, done));
    if (outcome === 'done') this.#reporter.set({ status });
    return outcome;
  }

  async #logIn(user: string, pass: string): Promise<Entry> {
    if (this.scene.isIn) return { result: 'in' };
    const entry = await this.#signIn.begin(user, pass);
    if (entry.result === 'in') this.#intray.takeKept();
    return entry;
  }

  async #changePassword(old: string, pass: string): Promise<Problem | undefined> {
    const loaded = await import('../connection/account.ts').catch(() => undefined);
    if (loaded === undefined) return 'offline';
    const { user, token } = this.#client;
    this.#isChanging = true;
    const { problem } = await new loaded.OwnAccount(() => Promise.resolve(token)).changePassword(old, pass);
    if (problem === undefined) this.#client.logIn(user, pass);
    this.#isChanging = false;
    // What ended the session meanwhile, if it was not this.
    this.#tell({ kind: 'connection' });
    return problem;
  }

  async #logOut(): Promise<void> {
    dropNotes(this.#options.user);
    this.#isOver = true;
    this.#client.logOut();
    await this.#storage.settle();
  }

  #dropKeptNotes(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      const id = idOfMark(key);
      if (id !== undefined && value !== undefined) dropNote(this.#options.user, id);
    }
  }
}
