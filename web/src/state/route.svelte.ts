/** Which conversation is open: kept in the address (`#/bob`), so that the browser's Back leads to the list. */

import { toUserKey } from '../../../protocol/documents.ts';

export class Route {
  /** The other user's key; undefined while the list is shown. */
  key = $state(readKey());
  #cameFromList = false;
  readonly #controller = new AbortController();

  constructor() {
    addEventListener('hashchange', () => this.#changed(), { signal: this.#controller.signal });
  }

  open(key: string): void {
    location.hash = `/${key}`;
  }

  /** To the list. */
  close(): void {
    if (this.#cameFromList) history.back();
    else location.hash = '/';
  }

  /** Takes the name out of the address. */
  clear(): void {
    history.replaceState(null, '', location.pathname);
  }

  /** The address is not watched any more. */
  stop(): void {
    this.#controller.abort();
  }

  #changed(): void {
    const key = readKey();
    this.#cameFromList = this.key === undefined && key !== undefined;
    this.key = key;
  }
}

function readKey(): string | undefined {
  return toUserKey(location.hash.replace(/^#\//, ''));
}
