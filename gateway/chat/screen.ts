/** What the chat writes on, and where its lines come from: a terminal with a person, or the streams of a script. */

import type { Shown } from './words.ts';

export interface ScreenListener {
  /** A line was entered. */
  entered(line: string): void;
  /** Somebody is there: a key was pressed; `line` is what stands there now. */
  typed(line: string): void;
  /** What a line can be continued with: whole lines, and the part of this one that they replace. */
  complete(line: string): readonly [readonly string[], string];
  /** There will be no more lines. */
  ended(): void;
}

/** The state that is always in sight: to whom the next line goes, and what is to be known of it. */
export interface Standing {
  readonly to: string | undefined;
  /** Of the other one and of the last own message. */
  readonly details: readonly string[];
  /** What there is besides: unread conversations, no connection. */
  readonly alerts: readonly string[];
}

export interface Screen {
  /** Whether messages that are written on it are seen by a person, who leaves and comes back. */
  readonly isTerminal: boolean;
  listen(listener: ScreenListener): void;
  /** A message, or a change of a friendship. */
  show(shown: Shown): void;
  /** What became of a message that was shown. */
  mark(key: string, mark: string): void;
  /** A word of the program's own. */
  note(text: string): void;
  /** The same, where something went wrong. */
  warn(text: string): void;
  /** A heading within what is shown. */
  head(text: string): void;
  stand(standing: Standing): void;
  close(): void;
}
