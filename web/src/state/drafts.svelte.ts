/**
 * What was typed and not sent, for each conversation: kept as one types, and the same in all tabs of the browser. A window
 * that someone is working with takes nothing over from others: there one writes.
 */

const DRAFT = 'ims.draft';

export class Drafts {
  readonly #prefix: string;
  readonly #storage: Storage | undefined;
  /** The storage is full: what is typed is in this tab alone. */
  #isFull = false;
  #byKey = $state.raw<ReadonlyMap<string, string>>(new Map());
  readonly #controller = new AbortController();

  /** `user`: the key of who writes; `isLasting`: whether drafts may outlive the tab. */
  constructor(user: string, isLasting: boolean) {
    this.#prefix = prefixOf(user);
    this.#storage = storageFor(isLasting);
    this.#read();
    const { signal } = this.#controller;
    const changed = ({ storageArea }: StorageEvent): void => {
      if (storageArea === this.#storage && !document.hasFocus()) this.#read();
    };
    addEventListener('storage', changed, { signal });
    addEventListener('focus', () => this.#read(), { signal });
  }

  get(key: string): string {
    return this.#byKey.get(key) ?? '';
  }

  set(key: string, text: string): void {
    const name = this.#prefix + key;
    this.#byKey = withText(this.#byKey, key, text);
    try {
      if (text === '') this.#storage?.removeItem(name);
      else this.#storage?.setItem(name, text);
    } catch {
      this.#isFull = true;
    }
  }

  /** Other tabs are not listened to any more. */
  stop(): void {
    this.#controller.abort();
  }

  /** All, as they are kept. */
  #read(): void {
    if (this.#storage === undefined || this.#isFull) return;
    const storage = this.#storage;
    const names = namesIn(storage, this.#prefix);
    const kept = new Map(names.map((name) => [name.slice(this.#prefix.length), storage.getItem(name) ?? '']));
    this.#byKey = kept;
  }
}

function withText(texts: ReadonlyMap<string, string>, key: string, text: string): ReadonlyMap<string, string> {
  return new Map([...texts, [key, text]]);
}

/** All of a user: of this tab, or of this browser. */
export function forgetDrafts(user: string, isLasting: boolean): void {
  const storage = storageFor(isLasting);
  for (const name of namesIn(storage, prefixOf(user))) storage?.removeItem(name);
}

function prefixOf(user: string): string {
  return `${DRAFT}/${user}/`;
}

function namesIn(storage: Storage | undefined, prefix: string): readonly string[] {
  return Object.keys(storage ?? {}).filter((name) => name.startsWith(prefix));
}

function storageFor(isLasting: boolean): Storage | undefined {
  try {
    return isLasting ? localStorage : sessionStorage;
  } catch {
    // The browser's settings forbid it.
    return undefined;
  }
}
