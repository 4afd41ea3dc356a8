/** A screen for a person: messages in the terminal's own scrollback, below them a line of state and the line that is typed. */

import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Screen, ScreenListener, Standing } from './screen.ts';
import { cutToWidth, widthOf, wrap } from './text.ts';
import { sayDay, sayTime, type Shown } from './words.ts';

type Style = Parameters<typeof styleText>[0];

const COLOURS = ['cyan', 'green', 'yellow', 'blue', 'magenta', 'red'] as const;
const PROMPT = '> ';
/** Columns of the time. */
const MARGIN = '00:00 '.length;
/** Columns that a mark may take after a text. */
const LONGEST_MARK = '  ✓✓ read'.length;
/** A second Ctrl-C within so many milliseconds leaves. */
const AGAIN = 2_000;

/** Where a mark is: the row, counted from the first that was written, and the column. */
interface Place {
  readonly row: number;
  readonly column: number;
}

export class TerminalScreen implements Screen {
  readonly isTerminal = true;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #hasColours: boolean;
  readonly #lines: Interface;
  #listener: ScreenListener | undefined;
  #standing: Standing = { to: undefined, details: [], alerts: [] };
  #day = '';
  /** Rows written above the line of state. */
  #rows = 0;
  readonly #places = new Map<string, Place>();
  /** Rows between the first of the prompt and the end of what was entered. */
  #enteredRows = 0;
  #interruptedAt = -Infinity;
  #isDrawn = false;
  #isClosed = false;

  constructor(input: ReadStream, output: WriteStream, env: NodeJS.ProcessEnv) {
    this.#input = input;
    this.#output = output;
    this.#hasColours = output.hasColors(env) && !env['NO_COLOR'];
    this.#lines = createInterface({
      input,
      output,
      terminal: true,
      historySize: 200,
      completer: (line: string) => this.#complete(line),
    });
    // Before readline's own, so that it is known how many rows an entered line had.
    input.prependListener('keypress', this.#pressed);
    this.#lines.on('line', (line) => this.#entered(line));
    this.#lines.on('SIGINT', () => this.#interrupted());
    this.#lines.on('SIGCONT', () => this.#lose());
    this.#lines.once('close', () => this.#ended());
    // Before readline's own, and after it.
    output.prependListener('resize', this.#resizing);
    output.on('resize', this.#resized);
  }

  listen(listener: ScreenListener): void {
    this.#listener = listener;
    this.#drawPrompt();
  }

  show(shown: Shown): void {
    this.#showDay(shown.time);
    const head = shown.head === '' ? '' : `${shown.head}: `;
    const room = this.#columns - MARGIN - 1;
    const rows = wrap(head + shown.text, room);
    if (shown.mark !== '' && widthOf(rows.at(-1)!) + LONGEST_MARK > room) rows.push('');
    const column = MARGIN + widthOf(rows.at(-1)!);
    const [first = '', ...rest] = rows;
    const name = shown.head === '' ? 'dim' : colourOf(shown.name);
    const styled = first.startsWith(head)
      ? this.#style(name, head.trimEnd()) + first.slice(head.trimEnd().length)
      : first;
    const lines = [
      `${this.#style('dim', sayTime(shown.time))} ${shown.head === '' ? this.#style('dim', first) : styled}`,
      ...rest.map((row) => ' '.repeat(MARGIN) + row),
    ];
    lines.push(lines.pop()! + this.#sayMark(shown.mark));
    this.#write(lines);
    if (shown.mark !== '') this.#places.set(shown.key, { row: this.#rows - 1, column });
  }

  mark(key: string, mark: string): void {
    const place = this.#places.get(key);
    if (!place || this.#isClosed) return;
    const up = this.#rows - place.row + this.#lines.getCursorPos().rows;
    if (up >= this.#output.rows) {
      this.#places.delete(key);
      return;
    }
    // Save the cursor, up to the row, the mark instead of the one before, and back.
    this.#output.write(`\x1b7\x1b[${up}A\x1b[${place.column + 1}G${this.#sayMark(mark)}\x1b[K\x1b8`);
  }

  note(text: string): void {
    this.#writeWords(text, 'dim');
  }

  warn(text: string): void {
    this.#writeWords(text, 'yellow');
  }

  head(text: string): void {
    this.#write([this.#style('dim', this.#rule(text))]);
  }

  stand(standing: Standing): void {
    this.#standing = standing;
    if (this.#listener) this.#drawPrompt();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#erasePrompt();
    this.#isClosed = true;
    this.#input.off('keypress', this.#pressed);
    this.#output.off('resize', this.#resizing);
    this.#output.off('resize', this.#resized);
    this.#lines.close();
  }

  get #columns(): number {
    return this.#output.columns || 80;
  }

  readonly #pressed = (_text: string | undefined, key: { name?: string; ctrl?: boolean } | undefined): void => {
    if (key?.name === 'return' || key?.name === 'enter') {
      this.#lines.write(null as unknown as string, { ctrl: true, name: 'e' });
      this.#enteredRows = this.#lines.getCursorPos().rows;
      return;
    }
    if (key?.ctrl && key.name === 'l') this.#lose();
    // What it did to the line is seen after it.
    setImmediate(() => {
      if (!this.#isClosed) this.#listener?.typed(this.#lines.line);
    });
  };

  /** The terminal has broken the line of state anew, and readline would leave a part of it. */
  readonly #resizing = (): void => {
    this.#lose();
    this.#erasePrompt();
    const { prevRows = 0 } = this.#lines as { prevRows?: number };
    this.#output.write('\n'.repeat(prevRows));
  };

  readonly #resized = (): void => {
    if (this.#listener) this.#drawPrompt();
  };

  /** The rows are not where they were: marks stay as they are. */
  #lose(): void {
    this.#places.clear();
  }

  #entered(line: string): void {
    // What was typed makes room for what becomes of it.
    moveCursor(this.#output, 0, -(this.#enteredRows + 1));
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    this.#lines.prompt();
    this.#listener?.entered(line);
  }

  #interrupted(): void {
    const now = Date.now();
    if (now - this.#interruptedAt < AGAIN) {
      this.#lines.close();
      return;
    }
    this.#interruptedAt = now;
    this.#lines.write(null as unknown as string, { ctrl: true, name: 'e' });
    this.#lines.write(null as unknown as string, { ctrl: true, name: 'u' });
    this.note('Ctrl-C again leaves, and you stay logged in here; /quit logs out.');
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#output.write('\n');
    this.#listener?.ended();
  }

  #complete(line: string): [string[], string] {
    const [hits, part] = this.#listener?.complete(line) ?? [[], line];
    // The list of them is written by readline.
    if (hits.length > 1) this.#lose();
    return [[...hits], part];
  }

  #showDay(time: number): void {
    const day = sayDay(time);
    if (day === this.#day) return;
    this.#day = day;
    this.head(day);
  }

  #writeWords(text: string, style: Style): void {
    const rows = wrap(text, this.#columns - 3);
    this.#write(rows.map((row, index) => this.#style(style, `${index === 0 ? '*' : ' '} ${row}`)));
  }

  #write(rows: readonly string[]): void {
    if (this.#isClosed) {
      this.#output.write(`${rows.join('\n')}\n`);
      return;
    }
    const cursorRows = this.#listener ? this.#lines.getCursorPos().rows : 0;
    if (this.#listener) this.#erasePrompt();
    // Readline goes up by the rows it knows of before it draws its prompt.
    this.#output.write(`${rows.join('\n')}\n${'\n'.repeat(cursorRows)}`);
    this.#rows += rows.length;
    if (this.#listener) this.#lines.prompt(true);
  }

  #erasePrompt(): void {
    if (this.#isClosed || !this.#listener) return;
    moveCursor(this.#output, 0, -this.#lines.getCursorPos().rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
  }

  #drawPrompt(): void {
    if (this.#isClosed) return;
    const { to, details, alerts } = this.#standing;
    const talk = to === undefined ? 'no conversation yet: /to NAME, or /help' : [to, ...details].join(' · ');
    const width = this.#columns - 2;
    const alert = cutToWidth(alerts.join(' · '), Math.floor(width * 0.6));
    const left = cutToWidth(`── ${talk} `, width - widthOf(alert) - 2);
    const line = '─'.repeat(Math.max(1, width - widthOf(left) - widthOf(alert) - 1));
    const right = alert === '' ? this.#style('dim', '─') : ` ${this.#style(['bold', 'yellow'], alert)}`;
    const prompt = `${this.#style('dim', left + line)}${right}\n${PROMPT}`;
    if (prompt === this.#lines.getPrompt() && this.#isDrawn) return;
    this.#isDrawn = true;
    this.#lines.setPrompt(prompt);
    this.#lines.prompt(true);
  }

  #rule(text: string): string {
    const left = `── ${text} `;
    return left + '─'.repeat(Math.max(2, this.#columns - 1 - widthOf(left)));
  }

  #sayMark(mark: string): string {
    if (mark === '') return '';
    const style: Style = mark === '✗' ? 'red' : mark === '✓✓ read' ? 'green' : 'dim';
    return `  ${this.#style(style, mark)}`;
  }

  #style(style: Style, text: string): string {
    return this.#hasColours ? styleText(style, text) : text;
  }
}

/** A name has always the same colour. */
function colourOf(name: string): Style {
  if (name === 'you') return 'bold';
  let sum = 0;
  for (const character of name.toLowerCase()) sum = (sum * 31 + character.codePointAt(0)!) >>> 0;
  return COLOURS[sum % COLOURS.length]!;
}
