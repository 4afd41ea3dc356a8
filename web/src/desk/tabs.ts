/**
 * The tabs of one user in one browser: one of them runs the client, the others follow it; when it goes, hangs or is frozen
 * the next one goes on, with the same device.
 */

import { makeId } from '../connection/timing.ts';
import { Host } from '../host/host.ts';
import { awaitLease, stealLease } from '../host/lease.ts';
import type { Lease } from '../host/lease.ts';
import { openPlace } from '../host/place.ts';
import type { LastingPlace } from '../host/place.ts';
import { applyChange } from '../host/scene.ts';
import type { Arguments, CommandName } from '../host/commands.ts';
import type { FromHost, Question, Reign, ToHost, Word } from '../host/words.ts';
import type { Archive } from '../storage/archive.ts';
import type { Ask } from './asks.ts';
import type { Desk, Floor } from './desk.ts';
import { Watch } from './watch.ts';

/** This tab's time as the one that runs the client. */
interface Throne {
  readonly lease: Lease;
  readonly reign: Reign;
  /** Undefined while what is kept is being read. */
  held?: { readonly place: LastingPlace; readonly host: Host } | undefined;
}

export class Tabs implements Floor {
  readonly #desk: Desk;
  readonly #name: string;
  readonly #seat = makeId();
  #archive: Promise<Archive> | undefined;
  readonly #channel: BroadcastChannel;
  readonly #controller = new AbortController();
  #watch: Watch | undefined;
  /** Ends the waiting for the lease. */
  #turn: AbortController | undefined;
  #throne: Throne | undefined;
  /** Who runs the client, as far as this tab has heard. */
  #reign: Reign | undefined;
  /** Of the last change in that reign. */
  #number = 0;
  /** The browser keeps nothing: this tab goes on without the others. */
  readonly #giveUp: () => void;

  constructor(desk: Desk, giveUp: () => void) {
    this.#desk = desk;
    this.#giveUp = giveUp;
    this.#name = `ims/${desk.user}`;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#heard(data as Word);
    const { signal } = this.#controller;
    // A page that is put aside gives everything to the others, and comes back as one that follows.
    document.addEventListener('freeze', () => this.#rest(), { signal });
    addEventListener('pagehide', () => this.#rest(), { signal });
    document.addEventListener('resume', () => this.#join(), { signal });
    addEventListener('pageshow', () => this.#join(), { signal });
    this.#join();
  }

  archive(): Promise<Archive> {
    this.#archive ??= import('../storage/archive.ts').then(({ openArchive }) => openArchive(this.#desk.user));
    return this.#archive;
  }

  put(ask: Ask): boolean {
    // Who asks is not put aside.
    this.#join();
    if (this.#throne) return this.#putHere(ask, this.#throne);
    this.#watch?.expect();
    if (this.#reign === undefined) return false;
    this.#post({ kind: 'question', from: this.#seat, ...ask });
    return true;
  }

  close(): void {
    this.#rest();
    this.#controller.abort();
    this.#channel.close();
    void this.#archive?.then((archive) => archive.close());
  }

  #putHere({ id, name, args }: Ask, { held }: Throne): boolean {
    if (held === undefined) return false;
    void this.#run(held.host, name, args).then((answer) => this.#desk.answer(id, answer));
    return true;
  }

  async #run(host: Host, name: CommandName, args: readonly unknown[]): Promise<unknown> {
    const answer = await host.ask(name, args as Arguments<CommandName>);
    if (name === 'logOut') await this.#end();
    return answer;
  }

  /** Takes part: waits to run the client, and follows who does. */
  #join(): void {
    if (this.#turn || this.#controller.signal.aborted) return;
    const turn = new AbortController();
    this.#turn = turn;
    this.#follow();
    awaitLease(this.#name, turn.signal).then(
      (lease) => this.#rule(lease, turn),
      // It has the lease already, or does not want it any more.
      () => {},
    );
  }

  #follow(): void {
    this.#watch?.stop();
    this.#post({ kind: 'join', from: this.#seat });
    this.#watch = new Watch({
      ping: () => this.#post({ kind: 'ping' }),
      giveUp: () => void this.#usurp(),
    });
  }

  /** Takes no part any more. */
  #rest(): void {
    this.#turn?.abort();
    this.#turn = undefined;
    this.#watch?.stop();
    this.#abdicate();
  }

  #abdicate(): void {
    const throne = this.#throne;
    this.#throne = undefined;
    this.#desk.isLeader = false;
    throne?.held?.host.stop();
    throne?.held?.place.close();
    throne?.lease.release();
  }

  /** Who ran the client does not answer. */
  async #usurp(): Promise<void> {
    const turn = this.#turn;
    const lease = await stealLease(this.#name).catch(() => undefined);
    if (lease === undefined) this.#watch?.expect();
    else if (turn === undefined) lease.release();
    else {
      turn.abort();
      await this.#rule(lease, turn);
    }
  }

  async #rule(lease: Lease, turn: AbortController): Promise<void> {
    if (turn !== this.#turn) return lease.release();
    this.#watch?.stop();
    const throne: Throne = {
      lease,
      reign: { term: Math.max(Date.now(), (this.#reign?.term ?? 0) + 1), seat: this.#seat },
    };
    this.#throne = throne;
    // Another one may be about to relieve the same tab.
    this.#post({ kind: 'alive', reign: throne.reign });
    const lost = (): void => {
      if (this.#throne === throne) this.#fall();
    };
    void lease.lost.then(lost);
    const place = await openPlace(this.#desk.user, lost);
    if (this.#throne !== throne) place?.close();
    else if (place) this.#begin(throne, place);
    else this.#beAlone();
  }

  #begin(throne: Throne, place: LastingPlace): void {
    const { reign } = throne;
    const host = new Host({
      user: this.#desk.user,
      place,
      inherited: this.#desk.scene,
      told: (scene, change) => {
        if (this.#throne !== throne || throne.held === undefined) return;
        this.#number += 1;
        this.#post({ kind: 'change', reign, number: this.#number, change });
        this.#desk.change(scene, change);
      },
    });
    throne.held = { place, host };
    this.#reign = reign;
    this.#number = 0;
    this.#post({ kind: 'whole', reign, number: 0, scene: host.scene });
    this.#desk.begin(host.scene, true);
  }

  /** Another tab runs the client now. */
  #fall(): void {
    this.#rest();
    this.#join();
  }

  #beAlone(): void {
    this.close();
    this.#giveUp();
  }

  #post(word: Word): void {
    if (!this.#controller.signal.aborted) this.#channel.postMessage(word);
  }

  #heard(word: Word): void {
    if (this.#turn === undefined) return;
    if ('reign' in word) this.#heardHost(word);
    else if (this.#throne) this.#heardTab(word, this.#throne);
  }

  #heardTab(word: ToHost, { reign, held }: Throne): void {
    held?.host.tick();
    if (word.kind === 'ping') this.#post({ kind: 'alive', reign });
    else if (held === undefined) return;
    else if (word.kind === 'question') void this.#answer(word, held.host, reign);
    else this.#post({ kind: 'whole', reign, to: word.from, number: this.#number, scene: held.host.scene });
  }

  async #answer({ from, id, name, args }: Question, host: Host, reign: Reign): Promise<void> {
    const answer = await this.#run(host, name, args);
    this.#post({ kind: 'answer', reign, to: from, id, answer });
  }

  #heardHost(word: FromHost): void {
    // One that hung, and does not know yet that another one has taken over.
    const known = this.#throne?.reign ?? this.#reign;
    if (known && isBefore(word.reign, known)) return;
    if (word.kind === 'left') return this.#heardLeft(word.reign);
    if (this.#throne) return this.#fall();
    this.#watch?.heard();
    const isNew = this.#reign === undefined || !isSame(word.reign, this.#reign);
    if (word.kind === 'whole' && (word.to ?? this.#seat) === this.#seat) this.#take(word, isNew);
    else if (isNew) this.#post({ kind: 'join', from: this.#seat });
    else if (word.kind === 'change') this.#change(word);
    else if (word.kind === 'answer' && word.to === this.#seat) this.#desk.answer(word.id, word.answer);
  }

  /** Not what this tab never showed: that of a log-in before. */
  #heardLeft(reign: Reign): void {
    if (this.#reign && isSame(reign, this.#reign)) this.#leave();
  }

  #take({ reign, number, scene }: FromHost & { kind: 'whole' }, isNew: boolean): void {
    this.#reign = reign;
    this.#number = number;
    if (isNew) this.#desk.begin(scene, false);
    else this.#desk.show(scene);
  }

  #change({ number, change }: FromHost & { kind: 'change' }): void {
    if (number <= this.#number) return;
    const { scene } = this.#desk;
    if (scene === undefined || number !== this.#number + 1) {
      // Something did not come: a page that was put aside.
      this.#post({ kind: 'join', from: this.#seat });
      return;
    }
    this.#number = number;
    this.#desk.change(applyChange(scene, change), change);
  }

  /** The user has logged out: what this browser kept goes, and all tabs are told. */
  async #end(): Promise<void> {
    const throne = this.#throne;
    if (throne === undefined) return;
    this.#post({ kind: 'left', reign: throne.reign });
    await throne.held?.place.remove();
    this.#leave();
  }

  #leave(): void {
    this.close();
    this.#desk.leave();
  }
}

function isSame(a: Reign, b: Reign): boolean {
  return a.term === b.term && a.seat === b.seat;
}

function isBefore(a: Reign, b: Reign): boolean {
  return a.term === b.term ? a.seat < b.seat : a.term < b.term;
}
