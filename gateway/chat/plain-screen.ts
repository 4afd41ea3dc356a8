/** A screen for scripts: messages as lines `name: text` on standard output, all else on standard error. */

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Screen, ScreenListener } from './screen.ts';
import type { Shown } from './words.ts';

export class PlainScreen implements Screen {
  readonly isTerminal = false;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #errors: Writable;
  #close = (): void => {};

  constructor(input: Readable, output: Writable, errors: Writable) {
    this.#input = input;
    this.#output = output;
    this.#errors = errors;
  }

  listen(listener: ScreenListener): void {
    const lines = createInterface({ input: this.#input, crlfDelay: Infinity });
    lines.on('line', (line) => listener.entered(line));
    lines.once('close', () => listener.ended());
    this.#close = () => {
      lines.removeAllListeners('close');
      lines.close();
    };
  }

  show({ head, text }: Shown): void {
    // The script knows what it sends itself.
    if (head === '' || head.startsWith('you → ')) return;
    this.#output.write(`${head}: ${text.replace(/\n/g, '\n\t')}\n`);
  }

  mark(): void {}

  note(text: string): void {
    this.#errors.write(`${text}\n`);
  }

  warn(text: string): void {
    this.#errors.write(`${text}\n`);
  }

  head(): void {}

  stand(): void {}

  close(): void {
    this.#close();
  }
}
