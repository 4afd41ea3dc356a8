/** One tab in a play: somebody writes in it, and everything it shows is written down. */

import type { Page, WebSocket } from 'playwright-core';
import type { Operation, Session } from '../faults/history.ts';
import type { Observation } from './history-lens.ts';
import { TabScreen } from './history-screen.ts';
import { isTaken, isThere, type Ticks } from './history-ticks.ts';
import { readTexts } from './reading.ts';
import { freeze } from './tab-stage.ts';

/** How long a page may take to be there, in milliseconds. */
const PATIENCE = 20_000;

export interface TabOptions {
  readonly user: string;
  /** Whom the conversation is with. */
  readonly peer: string;
  readonly name: string;
  readonly page: Page;
  readonly session: Session;
  readonly ticks: Ticks;
  /** What was written, by its text. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** It runs the client now. */
  readonly leads: (tab: Tab) => void;
}

export class Tab {
  readonly user: string;
  readonly peer: string;
  readonly name: string;
  readonly page: Page;
  readonly screen: TabScreen;
  /** How many documents it had so far. */
  documents = 0;
  readonly #options: TabOptions;
  readonly #received = new Set<string>();
  /** Resolves when the browser lets it run again. */
  #awake: Promise<void> = Promise.resolve();

  constructor(options: TabOptions) {
    this.#options = options;
    ({ user: this.user, peer: this.peer, name: this.name, page: this.page } = options);
    this.screen = new TabScreen(this.name);
    this.page.on('websocket', (socket) => this.#listen(socket));
  }

  /** What was shown, in the order in which it was. */
  take(observation: Observation): void {
    if (observation.kind === 'begun') {
      this.documents += 1;
      this.screen.turnOff();
    } else if (observation.kind === 'seen') {
      for (const text of observation.texts) this.#options.ticks.noteSeen(text, observation.at);
    } else this.#look(observation);
  }

  /** Writes as fast as the page takes it. The message is unknown where the page goes meanwhile. */
  async write(): Promise<Operation> {
    await this.#awake;
    const message = this.#options.session.invoke(this.peer);
    (this.#options.operations as Map<string, Operation>).set(message.text, message);
    const isTakenHere = await this.page.evaluate(type, message.text).catch(() => undefined);
    // Before the page was there: nothing has happened.
    if (isTakenHere === false) message.fail();
    if (isTakenHere === undefined) message.unknown();
    return message;
  }

  /** The browser puts it aside, until what is answered is called. Nobody writes in it meanwhile. */
  async freeze(): Promise<() => Promise<void>> {
    let wake = (): void => {};
    this.#awake = new Promise((resolve) => (wake = resolve));
    const thaw = await freeze(this.page);
    return async () => {
      await thaw();
      wake();
    };
  }

  /** Loads it anew; resolves when one can write in it. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'commit' });
    await this.awaitReady();
  }

  async awaitReady(): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Message to/ }).waitFor({ timeout: PATIENCE });
  }

  /** Everything of these is shown, and every own one of them reached the other one. */
  hasAll(texts: Iterable<string>): boolean {
    const rows = new Map(this.screen.rows(this.peer).map((row) => [row.text, row]));
    return [...texts].every((text) => {
      const row = rows.get(text);
      return row !== undefined && (!row.isOwn || isThere(row.state));
    });
  }

  /** The texts of the conversation, from the first to the last. */
  async read(): Promise<readonly string[]> {
    const { peer, screen } = this;
    return screen.isWhole(peer) ? screen.rows(peer).map(({ text }) => text) : readTexts(this.page);
  }

  /** All that it shows was received: for a device that came when all was over. */
  async drain(): Promise<void> {
    const ownTexts = new Set(this.screen.rows(this.peer).flatMap(({ text, isOwn }) => (isOwn ? [text] : [])));
    for (const text of await readTexts(this.page)) if (!ownTexts.has(text)) this.#receive(text);
    this.#options.session.drain();
  }

  #look(look: Extract<Observation, { kind: 'look' }>): void {
    const heard = Date.now();
    const before = new Map(this.screen.rows(look.peer).map(({ text, state }) => [text, state]));
    for (const { text, isOwn } of this.screen.look(look)) if (!isOwn) this.#receive(text);
    for (const { text, isOwn, state } of look.rows) {
      if (!isOwn || before.get(text) === state) continue;
      this.#options.ticks.note(text, state, before.get(text), this.name, look.at, heard);
      if (isTaken(state)) this.#options.operations.get(text)?.ok();
    }
  }

  /** Each tab shows a message once more with each document: it came once. */
  #receive(text: string): void {
    if (this.#received.has(text)) return;
    this.#received.add(text);
    this.#options.session.receive(text);
  }

  #listen(socket: WebSocket): void {
    if (!socket.url().endsWith('/ims')) return;
    socket.on('framereceived', ({ payload }) => {
      const document = payload.toString();
      if (document.startsWith('<LOGIN') && document.includes('result="1"')) this.#options.leads(this);
      for (const [, from, to, number] of document.matchAll(/>(\w+)(?:>|&gt;)(\w+)#(\d+)</g)) {
        if (to === this.user) this.#options.ticks.noteArrived(`${from}>${to}#${number}`, Date.now());
      }
    });
  }
}

/** In the page: writes a text and presses Enter, in one go. False where there is no place to write yet. */
function type(text: string): boolean {
  const composer = document.querySelector('textarea');
  if (composer === null || composer.disabled) return false;
  composer.value = text;
  composer.dispatchEvent(new Event('input', { bubbles: true }));
  composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  return true;
}
