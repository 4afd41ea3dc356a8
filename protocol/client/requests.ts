/** What the host asks of the gateway: sent when the connection is free for it, each answered once. */

import type { Line, Question } from './line.ts';
import type { Lines } from './lines.ts';
import type { Outcome } from './view.ts';
import { DONE_RESULT } from '../documents.ts';
import type { ClientDocument, ServerDocument } from '../documents.ts';

/** A question whose document is made when it is sent. */
export interface Request {
  document(): ClientDocument;
  readonly answer: Question['answer'];
  answered(document: ServerDocument | undefined): void;
}

export class Requests {
  readonly #lines: Lines;
  /** Not sent yet: the connection is not caught up, or is about to be left. */
  #waiting: Request[] = [];

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Answered with undefined where there is no connection. */
  ask(request: Request): void {
    if (this.#lines.main === undefined) request.answered(undefined);
    else this.#waiting.push(request);
  }

  /** The line may take them now. */
  send(line: Line): void {
    for (const { document, answer, answered } of this.#waiting.splice(0)) {
      line.ask({ document: document(), answer, answered });
    }
  }

  /** There is no connection any more. */
  fail(): void {
    for (const { answered } of this.#waiting.splice(0)) answered(undefined);
  }
}

/** What an answer with a result says. */
export function toOutcome(document: ServerDocument | undefined): Outcome {
  if (document === undefined || !('result' in document)) return 'unknown';
  return document.result === DONE_RESULT.done ? 'done' : 'refused';
}
