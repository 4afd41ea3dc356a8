/** A user's entries as a gateway learns them: by pushes, and from the log where a push is missing. */

import assert from 'node:assert/strict';
import type { Entry, Push, Store, UserKey } from '../../gateway/store/store.ts';
import { numberOf } from '../contract/store-stage.ts';
import type { CutStage } from './cut-stage.ts';
import { waitUntil } from './cut-stage.ts';

export class Feed {
  readonly entries: Entry[] = [];
  readonly #store: Store;
  readonly #user: UserKey;
  #forget: () => void = () => undefined;
  /** Reads of the log, one after the other. */
  #reading: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(store: Store, user: UserKey) {
    this.#store = store;
    this.#user = user;
  }

  async open(stage: CutStage): Promise<void> {
    this.#forget = stage.onPushGap(this.#store, () => this.#catchUp());
    await this.#store.subscribe(this.#user, (push) => this.#take(push));
    this.#catchUp();
  }

  /** Waits until all is there that the log has: nobody tells this feed to look. */
  async waitFor(head: number): Promise<void> {
    await waitUntil(`entry ${head} of ${this.#user}, which a push or a gap should have told`, () => {
      if (this.#failure) throw this.#failure;
      return this.entries.length >= head;
    });
    assert.equal(this.entries.length, head);
  }

  /** Confirms what it has, to the last entry or to the one at `count`. */
  async confirm(count = this.entries.length, store = this.#store): Promise<void> {
    if (count > 0) await store.confirm(this.#user, this.entries[count - 1]!.place);
  }

  async close(): Promise<void> {
    this.#forget();
    await this.#store.unsubscribe(this.#user);
    await this.#reading;
    if (this.#failure) throw this.#failure;
  }

  #take(push: Push): void {
    if (push.kind !== 'entry') return;
    const next = this.entries.length + 1;
    if (numberOf(push.entry) === next) this.entries.push(push.entry);
    else if (numberOf(push.entry) > next) this.#catchUp();
  }

  #catchUp(): void {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => {
        this.#failure ??= error as Error;
      });
  }

  async #read(): Promise<void> {
    for (;;) {
      const { entries } = await this.#store.readLog(this.#user, this.entries.length);
      // Pushes may have come meanwhile.
      const news = entries.filter((entry) => numberOf(entry) > this.entries.length);
      this.entries.push(...news);
      if (entries.length === 0) return;
    }
  }
}
