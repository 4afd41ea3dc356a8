/** What keys, fingers and marks do in a list of messages: it comes a moment after the messages. */

import { tick } from 'svelte';
// A focus may get lost while something is drawn: Svelte's own way to listen allows for that.
import { on } from 'svelte/events';
import type { MessageRow, TimelineRow } from '../../state/timeline.ts';
import { copySelection } from './copying.ts';
import { findMarked, findMessage, keyAt } from './marking.ts';
import { Touching } from './touching.ts';

/** The list, as far as hands are concerned. */
export interface Handled {
  readonly list: HTMLElement;
  rows(): readonly TimelineRow[];
  /** The indexes of the first and the last row in view. */
  seen(): readonly [first: number, last: number];
  /** Rows that stay drawn wherever one scrolls. */
  keep(kept: Kept): void;
  openMenu(row: MessageRow, bubble: HTMLElement): void;
}

export interface Kept {
  /** Indexes of rows with marked text. */
  readonly marked: readonly number[];
  /** The key of the row that has the focus. */
  readonly focused: string | undefined;
}

export class MessageHands {
  readonly #handled: Handled;
  readonly #stops: readonly (() => void)[];
  readonly #touching = new Touching((bubble) => this.#choose(bubble));
  #kept: Kept = { marked: [], focused: undefined };

  constructor(handled: Handled) {
    this.#handled = handled;
    const { list } = handled;
    const touching = this.#touching;
    this.#stops = [
      on(document, 'selectionchange', () => this.#mark()),
      on(list, 'keydown', (key) => this.#pressed(key)),
      on(list, 'focusin', ({ target }) => this.#focus(keyAt(target as Element))),
      on(list, 'focusout', () => this.#focus(undefined)),
      on(list, 'copy', (event) => this.#copied(event)),
      on(list, 'pointerdown', touching.began),
      on(list, 'pointermove', touching.moved),
      on(list, 'pointerup', touching.ended),
      on(list, 'pointercancel', touching.ended),
      on(list, 'contextmenu', touching.asked),
    ];
  }

  stop(): void {
    this.#touching.ended();
    this.#stops.forEach((stop) => stop());
  }

  /** The focus to the message in view that is the last. */
  focusLast(): void {
    this.#step(undefined, -1);
  }

  #choose(bubble: HTMLElement): void {
    const row = this.#handled.rows().find(({ key }) => key === bubble.dataset['key']);
    if (row !== undefined && 'message' in row) this.#handled.openMenu(row, bubble);
  }

  /** What is marked stays drawn, wherever one scrolls. */
  #mark(): void {
    const { list, rows } = this.#handled;
    const marked = findMarked(list, rows());
    if (marked.length > 0 || this.#kept.marked.length > 0) this.#keep({ marked });
  }

  #focus(focused: string | undefined): void {
    this.#keep({ focused });
  }

  #keep(kept: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...kept };
    this.#handled.keep(this.#kept);
  }

  #copied(event: ClipboardEvent): void {
    const text = copySelection(this.#handled.list, this.#handled.rows());
    if (text === undefined) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  }

  #pressed(key: KeyboardEvent): void {
    const { list } = this.#handled;
    const bubble = (key.target as Element).closest<HTMLElement>('[data-key]');
    const isMenu = key.key === 'ContextMenu' || (key.key === 'F10' && key.shiftKey);
    if (bubble === key.target && bubble !== null && (isMenu || key.key === 'Enter' || key.key === ' ')) {
      key.preventDefault();
      this.#choose(bubble);
    } else if ((key.key === 'ArrowUp' || key.key === 'ArrowDown') && (bubble === key.target || key.target === list)) {
      key.preventDefault();
      this.#step(bubble?.dataset['key'], key.key === 'ArrowUp' ? -1 : 1);
    }
  }

  /** To the message before or after; from the list itself to one in view. */
  #step(from: string | undefined, by: 1 | -1): void {
    const { list, rows, seen } = this.#handled;
    const [first, last] = seen();
    const start = from === undefined ? (by === 1 ? first : last) : rows().findIndex(({ key }) => key === from) + by;
    const row = findMessage(rows(), start, by);
    if (row === undefined) return;
    this.#focus(row.key);
    void tick().then(() => {
      const bubble = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`);
      bubble?.focus({ preventScroll: true });
      bubble?.scrollIntoView({ block: 'nearest' });
    });
  }
}
