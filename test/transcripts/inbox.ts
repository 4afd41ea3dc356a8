/** What a client received and nobody has looked at yet. */

import { once, EventEmitter } from 'node:events';
import { headOf, toPattern } from './values.ts';

/** What the gateway sends is no deeper than a list. */
const DOCUMENT = /^<(\w+)[^>]*?(?:\/>|>.*?<\/\1>)/s;

/** How the gateway ended the connection; the code is a WebSocket's. */
export interface Ending {
  readonly code?: number;
}

export class Inbox {
  /** WebSocket: one document a frame. TCP: one piece, the stream. */
  readonly #isFramed: boolean;
  readonly #changes = new EventEmitter();
  #pieces: string[] = [];
  #ending: Ending | undefined;
  #overlooked: readonly string[] = [];
  #taken = '';

  constructor(isFramed: boolean) {
    this.#isFramed = isFramed;
  }

  add(text: string): void {
    if (this.#isFramed || this.#pieces.length === 0) this.#pieces.push(text);
    else this.#pieces[0] += text;
    this.#changes.emit('change');
  }

  end(ending: Ending): void {
    this.#ending ??= ending;
    this.#changes.emit('change');
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** What lies there, for people. */
  describe(): string {
    const rest = this.#pieces.map((piece) => (piece.length > 600 ? `${piece.slice(0, 600)}…` : piece)).join('\n    ');
    const end = this.#ending && `(closed${this.#ending.code === undefined ? '' : ` with ${this.#ending.code}`})`;
    return [rest || undefined, end].filter(Boolean).join('\n    ') || '(nothing)';
  }

  /** Documents of these names are as if they had not come. */
  overlook(names: readonly string[]): void {
    this.#overlooked = names;
  }

  /** What was taken last, as it came. */
  get taken(): string {
    return this.#taken;
  }

  /** All of it. */
  get text(): string {
    return this.#pieces.join('');
  }

  get isEmpty(): boolean {
    this.#skip();
    return this.#pieces.length === 0;
  }

  /**
   * Takes the next document when it is one of these, and says which; `"*"` and `{a}` stand for any value.
   * Undefined: something else is there, or nothing came within `patience` milliseconds.
   */
  async take(documents: readonly string[], patience: number): Promise<string | undefined> {
    const deadline = Date.now() + patience;
    for (;;) {
      this.#skip();
      const taken = documents.find((document) => this.#takeNow(document));
      if (taken !== undefined || this.#ending || !documents.some((document) => this.#mayBecome(document))) return taken;
      if (!(await this.#changed(deadline))) return undefined;
    }
  }

  /** Takes the next whole document, whatever it is; undefined when none comes within `patience` milliseconds. */
  async next(patience: number): Promise<string | undefined> {
    const deadline = Date.now() + patience;
    for (;;) {
      this.#skip();
      const document = DOCUMENT.exec(this.#pieces[0] ?? '')?.[0];
      if (document !== undefined) {
        this.#cut(document);
        return document;
      }
      if (this.#ending || !(await this.#changed(deadline))) return undefined;
    }
  }

  /** Waits until the connection is over; false when it is not within `patience` milliseconds. */
  async waitForEnd(patience: number): Promise<boolean> {
    const deadline = Date.now() + patience;
    while (!this.#ending) if (!(await this.#changed(deadline))) return false;
    return true;
  }

  #takeNow(document: string): boolean {
    const piece = this.#pieces[0];
    const match = piece === undefined ? undefined : toPattern(document).exec(piece)?.[0];
    if (match === undefined || (this.#isFramed && match.length !== piece!.length)) return false;
    this.#cut(match);
    return true;
  }

  /** Takes this off the front. */
  #cut(text: string): void {
    const piece = this.#pieces[0]!;
    if (text.length === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.slice(text.length);
    this.#taken = text;
  }

  #skip(): void {
    if (this.#overlooked.length === 0) return;
    for (;;) {
      const match = DOCUMENT.exec(this.#pieces[0] ?? '');
      if (!match || !this.#overlooked.includes(match[1]!)) return;
      this.#cut(match[0]);
    }
  }

  #mayBecome(document: string): boolean {
    const piece = this.#pieces[0];
    if (piece === undefined) return true;
    if (this.#isFramed) return false;
    const heads = [headOf(document), ...this.#overlooked.map((name) => `<${name}`)];
    return heads.some((head) => {
      const length = Math.min(head.length, piece.length);
      return head.slice(0, length) === piece.slice(0, length);
    });
  }

  async #changed(deadline: number): Promise<boolean> {
    const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
    return once(this.#changes, 'change', { signal }).then(
      () => true,
      () => false,
    );
  }
}
