/** One connection of a client: its life from opening to its end, whether it is alive, and what was asked on it. */

import { CatchUp } from './catch-up.ts';
import type { ClientPorts, Link, Timing } from './ports.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

/** Milliseconds between a sign of life and the next ALIVE; the gateway allows 15 s of silence. */
export const BEAT = 5_000;
/** How long ALIVE may stay without anything received. */
export const PATIENCE = 8_000;
/** After a wake-up: a connection that is silent for so long is suspicious. */
export const SUSPICION = 1_500;
/** How long connecting and LOGIN may be silent: many may be waiting for their password to be checked. */
export const OPEN_PATIENCE = 20_000;

const ALIVE: ClientDocument = { name: 'ALIVE' };

/** Something asked on a line; answers to documents of one kind come in the order of asking. */
export interface Question {
  readonly document: ClientDocument;
  /** What its answer is called. */
  readonly answer: readonly ServerDocument['name'][];
  /** Undefined: the connection ended before. */
  answered(document: ServerDocument | undefined): void;
}

export interface LineWatcher {
  opened(line: Line): void;
  received(line: Line, documents: readonly ServerDocument[]): void;
  /** It is over, and not by {@link Line.close}. */
  lost(line: Line): void;
  /** It answered an ALIVE. */
  proven(line: Line): void;
  /** Silent after a wake-up. */
  suspected(line: Line): void;
}

export class Line {
  /** `open`: LOGIN is not sent yet; `entering`: it is not answered yet; `in`: it was let in. */
  phase: 'opening' | 'open' | 'entering' | 'in' | 'over' = 'opening';
  /** All that the gateway had at LOGIN has come. */
  isCaughtUp = false;
  /** Silent since a wake-up. */
  isSuspected = false;
  readonly catchUp = new CatchUp();
  /** How far it was when it was lost. */
  lastPhase: Line['phase'] = 'opening';
  readonly startedAt: number;
  readonly #link: Link;
  readonly #timing: Timing;
  readonly #watcher: LineWatcher;
  readonly #patience: number;
  readonly #questions: Question[] = [];
  #cancel = (): void => {};
  /** When the ALIVE was sent that nothing was received after. */
  #probedAt: number | undefined;

  /** `patience`: how long it may be silent before it is in. */
  constructor(ports: ClientPorts, watcher: LineWatcher, patience: number) {
    this.#timing = ports.timing;
    this.#watcher = watcher;
    this.#patience = patience;
    this.startedAt = this.#timing.now();
    this.#wait(patience, () => this.lose());
    this.#link = ports.open({
      opened: () => this.#opened(),
      received: (...documents) => this.#received(documents),
      closed: () => this.lose(),
    });
  }

  get isAsking(): boolean {
    return this.#questions.length > 0;
  }

  send(...documents: readonly ClientDocument[]): void {
    if (this.phase !== 'over' && documents.length > 0) this.#link.send(...documents);
  }

  enter(login: ClientDocument): void {
    this.phase = 'entering';
    this.#wait(this.#limit, () => this.lose());
    this.send(login);
  }

  /** LOGIN had result 1. */
  entered(): void {
    this.phase = 'in';
    this.#rest();
  }

  ask(question: Question): void {
    if (this.phase === 'over') {
      question.answered(undefined);
      return;
    }
    this.#questions.push(question);
    this.send(question.document);
  }

  /** Whether the document is the answer to the oldest question of its kind. */
  answer(document: ServerDocument): boolean {
    const index = this.#questions.findIndex(({ answer }) => answer.includes(document.name));
    if (index < 0) return false;
    this.#questions.splice(index, 1)[0]!.answered(document);
    return true;
  }

  /** The network may be another, or this device has slept: is it still there? */
  wake(): void {
    if (this.phase !== 'in') return;
    this.#probedAt = undefined;
    this.#probe();
    this.#wait(SUSPICION, () => {
      this.isSuspected = true;
      this.#wait(PATIENCE - SUSPICION, () => this.lose());
      this.#watcher.suspected(this);
    });
  }

  /** Ends it; the watcher hears nothing. */
  close(): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    this.#cancel();
    this.#link.close();
    for (const question of this.#questions.splice(0)) question.answered(undefined);
  }

  /** It is of no use any more. */
  lose(): void {
    if (this.phase === 'over') return;
    this.lastPhase = this.phase;
    this.close();
    this.#watcher.lost(this);
  }

  #opened(): void {
    if (this.phase !== 'opening') return;
    this.phase = 'open';
    this.#wait(this.#patience, () => this.lose());
    this.#watcher.opened(this);
  }

  #received(documents: readonly ServerDocument[]): void {
    if (this.phase === 'over') return;
    if (this.phase !== 'in') this.#wait(this.#limit, () => this.lose());
    else if (this.#probedAt !== undefined) {
      this.isSuspected = false;
      this.#rest();
      this.#watcher.proven(this);
    }
    this.#watcher.received(this, documents);
  }

  /** A LOGIN that is under way is given time in any case: another one would not be answered sooner. */
  get #limit(): number {
    return this.phase === 'entering' ? Math.max(this.#patience, PATIENCE) : this.#patience;
  }

  #rest(): void {
    this.#probedAt = undefined;
    this.#wait(BEAT, () => this.#probe());
  }

  #probe(): void {
    this.#probedAt ??= this.#timing.now();
    this.#wait(PATIENCE, () => this.lose());
    this.send(ALIVE);
  }

  #wait(ms: number, action: () => void): void {
    this.#cancel();
    this.#cancel = this.#timing.after(ms, action);
  }
}
