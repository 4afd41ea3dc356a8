/** A tab's side of the client, whichever tab runs it: what is shown, what was just sent, and what is asked. */

import type { Message } from '../../../protocol/client.ts';
import type { Answer, Arguments, CommandName } from '../host/commands.ts';
import { makeId } from '../connection/timing.ts';
import { dropNote, keepNote } from '../host/notes.ts';
import type { Note } from '../host/notes.ts';
import type { Scene, SceneChange } from '../host/scene.ts';
import type { Archive } from '../storage/archive.ts';
import { Asks } from './asks.ts';
import type { Ask } from './asks.ts';

/** What a desk tells; its getters say how it is now. */
export interface Screen {
  /** The scene is different, or what was just sent. */
  changed(): void;
  /** Messages of others came. */
  arrived(messages: readonly Message[]): void;
  /** The user has logged out, here or in another tab. */
  left(): void;
}

/** What a desk stands on: it brings asks to the client. */
export interface Floor {
  /** False where nobody runs the client for the moment. */
  put(ask: Ask): boolean;
  /** The log that is kept. */
  archive(): Promise<Archive>;
  /** This tab does not take part any more; all is kept. */
  close(): void;
}

export class Desk {
  /** The key of whose desk it is. */
  readonly user: string;
  /** What it has survives the tab. */
  isLasting: boolean;
  /** The client runs in this tab. */
  isLeader = false;
  readonly #screen: Screen;
  readonly #asks = new Asks((ask) => this.#floor?.put(ask) ?? false);
  #floor: Floor | undefined;
  #scene: Scene | undefined;
  #notes: readonly Note[] = [];
  #lastTime = 0;

  constructor(user: string, isLasting: boolean, screen: Screen) {
    this.user = user;
    this.isLasting = isLasting;
    this.#screen = screen;
  }

  /** Undefined until it is known. */
  get scene(): Scene | undefined {
    return this.#scene;
  }

  /** What was sent here and is no item of its conversation yet. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** What is kept of the log, to be read; it ends with the desk. Undefined when that is closed. */
  archive(): Promise<Archive> | undefined {
    return this.#floor?.archive();
  }

  ask<N extends CommandName>(name: N, ...args: Arguments<N>): Promise<Answer<N>> {
    return this.#asks.ask(name, args);
  }

  /** Sends a message; when this returns it is kept, also where nobody runs the client and the tab is closed at once. */
  send(to: string, text: string): void {
    // Two notes of one millisecond keep their order.
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    const note: Note = { id: makeId(), to, text, time: this.#lastTime };
    if (this.isLasting) keepNote(this.user, note);
    this.#notes = [...this.#notes, note];
    void this.ask('take', [note]).then((ids) => this.#drop(ids));
    if (this.#notes.includes(note)) this.#screen.changed();
  }

  /** The tab goes on without this user; what is kept stays. */
  close(): void {
    this.#floor?.close();
    this.#floor = undefined;
  }

  /** For who puts the desk there. */
  stand(floor: Floor): void {
    this.#floor = floor;
  }

  /** Another one runs the client now, and this is what it shows. */
  begin(scene: Scene, isLeader: boolean): void {
    this.isLeader = isLeader;
    this.show(scene);
    this.#asks.repeat();
  }

  show(scene: Scene): void {
    this.#scene = scene;
    this.#screen.changed();
  }

  /** The scene as it is after that change. */
  change(scene: Scene, { arrivals, taken }: SceneChange): void {
    this.#scene = scene;
    this.#notes = this.#notes.filter(({ id }) => !taken.includes(id));
    this.#screen.changed();
    if (arrivals.length > 0) this.#screen.arrived(arrivals);
  }

  answer(id: number, answer: unknown): void {
    this.#asks.answer(id, answer);
  }

  leave(): void {
    this.#notes.forEach(({ id }) => dropNote(this.user, id));
    this.#screen.left();
  }

  #drop(ids: readonly string[]): void {
    if (!this.#notes.some(({ id }) => ids.includes(id))) return;
    this.#notes = this.#notes.filter(({ id }) => !ids.includes(id));
    this.#screen.changed();
  }
}
