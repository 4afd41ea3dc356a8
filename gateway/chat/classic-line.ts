/** A connection of classic IMS: each document comes back as it was sent, then its answer; what comes besides is a push. */

import { MAX_BYTES, type Address } from './link.ts';
import { openSocket, type Socket } from './socket.ts';
import type { Timing } from '../../protocol/client/ports.ts';
import type { ClientDocument, ServerDocument } from '../../protocol/documents.ts';
import { DocumentReader, type ReadDocument } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';

export interface ClassicListener {
  opened(): void;
  pushed(document: ServerDocument): void;
  /** It broke; after everything that was asked was answered with undefined. */
  closed(): void;
}

/** A document whose echo, or answer, has not come. */
interface Pending {
  readonly source: string;
  isEchoed: boolean;
  /** Undefined for ALIVE, of which only the echo comes. */
  readonly answered: ((answer: ServerDocument | undefined) => void) | undefined;
}

/** The gateway allows 15 seconds of silence. */
const BEAT = 5_000;
/** Nothing, not even an echo, for so long: it is broken. */
const PATIENCE = 15_000;

export class ClassicLine {
  readonly #socket: Socket;
  readonly #timing: Timing;
  readonly #listener: ClassicListener;
  readonly #reader = new DocumentReader(MAX_BYTES);
  readonly #pending: Pending[] = [];
  #heardAt: number;
  #isOver = false;
  #cancel = (): void => {};

  constructor(address: Address, timing: Timing, listener: ClassicListener) {
    this.#timing = timing;
    this.#listener = listener;
    this.#heardAt = timing.now();
    this.#socket = openSocket(address, {
      opened: () => {
        this.#beat();
        listener.opened();
      },
      received: (data) => this.#receive(data),
      closed: () => this.#lose(),
    });
  }

  ask(document: ClientDocument, answered?: (answer: ServerDocument | undefined) => void): void {
    if (this.#isOver) {
      answered?.(undefined);
      return;
    }
    const source = writeDocument(document);
    this.#pending.push({ source, isEchoed: false, answered });
    this.#socket.write([source]);
  }

  close(): void {
    this.#isOver = true;
    this.#cancel();
    this.#socket.close();
    for (const { answered } of this.#pending.splice(0)) answered?.(undefined);
  }

  #receive(data: Uint8Array): void {
    this.#heardAt = this.#timing.now();
    const { documents, error } = this.#reader.read(data);
    for (const document of documents) if (!this.#isOver) this.#take(document);
    if (error) this.#lose();
  }

  #take({ source, element }: ReadDocument): void {
    const [first] = this.#pending;
    if (first && !first.isEchoed && first.source === source) {
      first.isEchoed = true;
      if (first.answered === undefined) this.#pending.shift();
      return;
    }
    const document = toServerDocument(element);
    if (document === undefined) return;
    // IMS: between an echo and its answer nothing else comes; but ERROR ends the connection.
    if (!first?.isEchoed || document.name === 'ERROR') this.#listener.pushed(document);
    else this.#pending.shift()!.answered?.(document);
  }

  #lose(): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.closed();
  }

  #beat(): void {
    this.#cancel = this.#timing.after(BEAT, () => {
      if (this.#timing.now() - this.#heardAt > PATIENCE) return this.#lose();
      this.ask({ name: 'ALIVE' });
      this.#beat();
    });
  }
}
