/** What was typed and not sent, for each conversation; carried over a reload of the tab. */

import { SvelteMap } from 'svelte/reactivity';
import { forget, recall, remember } from '../storage/tab.ts';

const DRAFTS = 'ims.drafts';

interface Kept {
  readonly user: string;
  readonly drafts: readonly [string, string][];
}

export class Drafts {
  readonly #byKey = new SvelteMap<string, string>();

  /** Takes up what a reload left of this user's. */
  constructor(user: string) {
    const kept = JSON.parse(recall(DRAFTS) ?? 'null') as Kept | null;
    if (kept?.user !== user) return;
    for (const [key, text] of kept.drafts) this.set(key, text);
  }

  get(key: string): string {
    return this.#byKey.get(key) ?? '';
  }

  set(key: string, text: string): void {
    if (text === '') this.#byKey.delete(key);
    else this.#byKey.set(key, text);
  }

  /** Keeps what a reload would lose. */
  save(user: string): void {
    if (this.#byKey.size === 0) forget(DRAFTS);
    else remember(DRAFTS, JSON.stringify({ user, drafts: [...this.#byKey] } satisfies Kept));
  }
}

export function forgetDrafts(): void {
  forget(DRAFTS);
}
