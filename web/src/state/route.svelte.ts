/**
 * Which conversation is open: kept in the address (`#/bob`), so that the browser's Back leads to the list. On a phone the
 * list is always the entry before.
 */

import { toUserKey } from '../../../protocol/documents.ts';
import { markOfNow } from '../hands/history.ts';
import { isNarrow } from '../hands/narrow.ts';

export class Route {
  /** The other user's key; undefined while the list is shown. */
  key = $state(readKey());
  readonly #controller = new AbortController();

  constructor() {
    if (this.key !== undefined && isNarrow()) putListUnder(this.key);
    addEventListener('hashchange', () => this.#changed(), { signal: this.#controller.signal });
  }

  /** `isStep`: on the way to another one, and nothing to come back to. */
  open(key: string, isStep = false): void {
    if (key === this.key) return;
    const { list, layers } = markOfNow();
    const isInPlace = this.key !== undefined && (isStep || isNarrow());
    if (isInPlace || layers !== undefined) this.#replace(key, layers === undefined ? list : this.key === undefined);
    else location.hash = `/${key}`;
  }

  /** To the list. */
  close(): void {
    if (markOfNow().list === true) history.back();
    else location.hash = '/';
  }

  /** The address is not watched any more. */
  stop(): void {
    this.#controller.abort();
  }

  /** In the place of this entry, which may be a dialog's. */
  #replace(key: string, list = false): void {
    history.replaceState({ list }, '', `#/${key}`);
    this.key = key;
  }

  #changed(): void {
    const key = readKey();
    const isFromList = this.key === undefined && key !== undefined;
    if (isFromList) history.replaceState({ ...markOfNow(), list: true }, '');
    this.key = key;
  }
}

/** Takes the name out of the address. */
export function clearAddress(): void {
  history.replaceState(null, '', location.pathname);
}

/** The page was opened at a conversation, by a notification or again. */
function putListUnder(key: string): void {
  if (markOfNow().list === true) return;
  history.replaceState(null, '', '#/');
  history.pushState({ list: true }, '', `#/${key}`);
}

function readKey(): string | undefined {
  return toUserKey(location.hash.replace(/^#\//, ''));
}
