/** Tells what comes over a connection apart: echoes, answers to what was asked, and what comes unasked. */

import { readDocument, writeDocument } from '../../../protocol/browser.ts';
import { toServerDocument } from '../../../protocol/server-documents.ts';
import type { ClientDocument, ServerDocument } from '../../../protocol/documents.ts';

/** The connection broke before the answer came: whether it was done is not known. */
export class LostError extends Error {
  constructor() {
    super('The connection broke before the answer came.');
    this.name = 'LostError';
  }
}

interface Question {
  readonly document: ClientDocument;
  readonly text: string;
  isEchoed: boolean;
  resolve(answer: ServerDocument): void;
  reject(error: LostError): void;
}

export class Exchange {
  readonly #open: Question[] = [];
  readonly #send: (text: string) => void;
  readonly #pushed: (document: ServerDocument) => void;

  constructor(send: (text: string) => void, pushed: (document: ServerDocument) => void) {
    this.#send = send;
    this.#pushed = pushed;
  }

  /** Sends a document that has an answer; rejects with {@link LostError} when the connection ends before it. */
  ask(document: ClientDocument): Promise<ServerDocument> {
    const text = writeDocument(document);
    const answer = new Promise<ServerDocument>((resolve, reject) => {
      this.#open.push({ document, text, isEchoed: false, resolve, reject });
    });
    this.#send(text);
    return answer;
  }

  /** A frame that came. */
  receive(text: string): void {
    const first = this.#open[0];
    if (first && !first.isEchoed && text === first.text) {
      first.isEchoed = true;
      return;
    }
    const document = toServerDocument(readDocument(text));
    if (document === undefined) return;
    if (first?.isEchoed && isAnswer(first.document, document)) this.#open.shift()?.resolve(document);
    else this.#pushed(document);
  }

  /** The connection is over: nothing that is still open will be answered. */
  end(): void {
    for (const question of this.#open.splice(0)) question.reject(new LostError());
  }
}

/**
 * Nothing comes between an echo and its answer, with two exceptions: a session that ends at that very moment,
 * and a message to oneself, which looks like the echo of the same message sent again.
 */
function isAnswer(question: ClientDocument, document: ServerDocument): boolean {
  if (document.name === 'LOGOUT') return question.name === 'LOGOUT';
  // FRIEND is answered by FRIEND or FRIENDS, STATUS by STATUS or STATUSLIST.
  return document.name.startsWith(question.name) && !('from' in document);
}
