/**
 * Brings the notes of the tabs to the client's outbox, each once, whatever dies: message and mark are kept in one step,
 * the note goes after that, the mark a day later.
 */

import type { Client } from '../../../protocol/client.ts';
import { dropNote, listNotes } from './notes.ts';
import type { Note } from './notes.ts';
import type { Reporter } from './reporter.ts';

/** A note that was taken is remembered at least for this long: what one tab removes, another may see for a moment. */
const MEMORY = 24 * 3_600_000;
const MARK = 'host/taken/';

export class Intray {
  /** Whose notes they are; undefined where nothing outlives the tab. */
  readonly #user: string | undefined;
  readonly #client: Client;
  readonly #reporter: Reporter;
  readonly #taken = new Set<string>();

  /** `kept`: what the storage has; undefined where it does not outlive the tab. */
  constructor(user: string, client: Client, reporter: Reporter, kept: ReadonlyMap<string, unknown> | undefined) {
    this.#user = kept && user;
    this.#client = client;
    this.#reporter = reporter;
    this.#restore(kept ?? new Map());
  }

  /** What tabs wrote that are not there any more, or had nobody to tell. */
  takeKept(): void {
    if (this.#user === undefined) return;
    const notes = listNotes(this.#user);
    for (const { id } of notes) {
      if (this.#taken.has(id)) dropNote(this.#user, id);
    }
    this.take(notes);
  }

  /** Answers with the ids of those that the client has now. */
  take(notes: readonly Note[]): readonly string[] {
    // They stay notes until somebody has logged in.
    if (this.#client.user === '') return [];
    const fresh = notes.filter(({ id }) => !this.#taken.has(id));
    this.#client.step(() => {
      for (const note of fresh) this.#send(note);
    });
    this.#reporter.noteTaken(notes.map(({ id }) => id));
    return notes.map(({ id }) => id);
  }

  #send({ id, to, text }: Note): void {
    this.#taken.add(id);
    try {
      this.#client.send(to, text);
    } catch (error) {
      // No message can be made of it, now or later: the place to write does not let such a text through.
      if (!(error instanceof RangeError)) throw error;
    }
    if (this.#user !== undefined) this.#client.keep(MARK + id, Date.now());
  }

  #restore(kept: ReadonlyMap<string, unknown>): void {
    const forgettable = Date.now() - MEMORY;
    for (const [key, time] of kept) {
      const id = idOfMark(key);
      if (id === undefined) continue;
      this.#taken.add(id);
      if (Number(time) < forgettable) this.#client.keep(key, undefined);
    }
  }
}

/** The id of the note that a storage's key remembers. */
export function idOfMark(key: string): string | undefined {
  return key.startsWith(MARK) ? key.slice(MARK.length) : undefined;
}
