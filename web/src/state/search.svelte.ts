/** Messages that have what was typed: looked for as one types, in all that this browser keeps, newest first. */

import { numberOf } from '../../../protocol/client.ts';
import type { HeldEntry } from '../../../protocol/client.ts';
import { toAsciiLower } from '../../../protocol/documents.ts';
import { toWords } from '../storage/words.ts';
import type { Session } from './session.svelte.ts';

/** Messages that are brought in one go. */
const PAGE = 30;
/** Who types on is waited for; ms. */
const PAUSE = 120;

export interface Found {
  /** No other one has it. */
  readonly key: string;
  /** The key and the name of whom it was written to or by. */
  readonly peer: string;
  readonly name: string;
  readonly isOwn: boolean;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of its place in the log. */
  readonly number: number;
}

export class MessageSearch {
  /** Of the text that was asked for last, or still of the one before while {@link isBusy}. */
  found = $state.raw<readonly Found[]>([]);
  hasMore = $state(false);
  isBusy = $state(false);
  readonly #session: Session;
  readonly #peer: string | undefined;
  #text = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #controller = new AbortController();

  /** `peer`: the key of the one in whose conversation is searched; all are where absent. */
  constructor(session: Session, peer?: string) {
    this.#session = session;
    this.#peer = peer;
  }

  /** Looks for another text. */
  look(text: string): void {
    this.stop();
    this.#text = text;
    this.isBusy = toWords(text).length > 0;
    if (this.isBusy) this.#timer = setTimeout(() => void this.#fetch([]), PAUSE);
    else this.#show([], false);
  }

  /** Those that are older than what was found. */
  async more(): Promise<void> {
    if (this.isBusy || !this.hasMore) return;
    this.isBusy = true;
    await this.#fetch(this.found);
  }

  /** Nobody waits for it any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
    this.#controller = new AbortController();
    this.isBusy = false;
  }

  async #fetch(before: readonly Found[]): Promise<void> {
    const { signal } = this.#controller;
    const archive = await this.#session.archive();
    const options = { peer: this.#peer, limit: PAGE + 1, before: before.at(-1)?.number, signal };
    const entries = (await archive?.search(this.#text, options)) ?? [];
    if (signal.aborted) return;
    const found = entries.slice(0, PAGE).flatMap((entry) => describe(entry, this.#session.user));
    this.#show([...before, ...found], entries.length > PAGE);
  }

  #show(found: readonly Found[], hasMore: boolean): void {
    this.found = found;
    this.hasMore = hasMore;
    this.isBusy = false;
  }
}

function describe(entry: HeldEntry, user: string): Found[] {
  if (entry.name !== 'MESSAGE') return [];
  const { at, from, to, text, time = '' } = entry;
  const isOwn = toAsciiLower(from) === toAsciiLower(user);
  const name = isOwn ? to : from;
  return [{ key: at, peer: toAsciiLower(name), name, isOwn, text, time: Date.parse(time), number: numberOf(at) }];
}
