/** A connection that is logged in, and comes back by itself until it is stopped. */

import { writeDocument } from '../../../protocol/browser.ts';
import { LOGIN_RESULT } from '../../../protocol/documents.ts';
import type { ClientDocument, ServerDocument } from '../../../protocol/documents.ts';
import { Exchange, LostError } from './exchange.ts';
import { Monitor } from './monitor.ts';
import { openSocket } from './socket.ts';
import type { Socket } from './socket.ts';

const ALIVE = writeDocument({ name: 'ALIVE' });

export interface LinkListener {
  /** LOGIN had result 1: now, and again after each loss. */
  entered(): void;
  /** The connection broke or could not be made; `reason` is the gateway's own, where it gave one. */
  lost(reason: string | undefined): void;
  /** LOGIN had another result: the link has stopped. */
  refused(result: string): void;
  /** Came unasked. */
  pushed(document: ServerDocument): void;
}

export interface Credentials {
  readonly user: string;
  /** The MD5 of the password in hex. */
  readonly pass: string;
}

export class Link {
  readonly #url: string;
  readonly #listener: LinkListener;
  readonly #monitor = new Monitor({
    open: () => this.#open(),
    probe: () => this.#socket?.send(ALIVE),
    drop: () => this.#drop(),
  });
  #credentials: Credentials = { user: '', pass: '' };
  #socket: Socket | undefined;
  #exchange: Exchange | undefined;
  #reason: string | undefined;

  constructor(url: string, listener: LinkListener) {
    this.#url = url;
    this.#listener = listener;
  }

  /** Connects and logs in, now and after each loss, until {@link stop} or a refusal. */
  start(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#monitor.start();
  }

  /** Ends the connection and forgets the password. */
  stop(): void {
    this.#monitor.stop();
    this.#credentials = { user: '', pass: '' };
    this.#end();
  }

  /** Sends a document that has an answer; rejects with LostError when the connection ends before it. */
  ask(document: ClientDocument): Promise<ServerDocument> {
    return this.#exchange?.ask(document) ?? Promise.reject(new LostError());
  }

  /** The network is back, or someone looks at the page again. */
  wake(): void {
    this.#monitor.wake();
  }

  #open(): void {
    const socket = openSocket(this.#url, {
      opened: () => void this.#logIn(),
      received: (text) => this.#received(text),
      closed: () => {
        this.#monitor.lost();
        this.#drop();
      },
    });
    this.#socket = socket;
    this.#exchange = new Exchange(socket.send, (document) => this.#pushed(document));
  }

  async #logIn(): Promise<void> {
    const answer = await this.ask({ name: 'LOGIN', ...this.#credentials }).catch(() => undefined);
    if (answer?.name !== 'LOGIN') return;
    if (answer.result !== LOGIN_RESULT.in) {
      this.stop();
      this.#listener.refused(answer.result);
      return;
    }
    this.#monitor.ready();
    this.#listener.entered();
  }

  #received(text: string): void {
    this.#monitor.heard();
    if (text !== ALIVE) this.#exchange?.receive(text);
  }

  #pushed(document: ServerDocument): void {
    if (document.name === 'ERROR') this.#reason = document.text;
    else this.#listener.pushed(document);
  }

  #drop(): void {
    this.#end();
    const reason = this.#reason;
    this.#reason = undefined;
    this.#listener.lost(reason);
  }

  #end(): void {
    this.#socket?.close();
    this.#socket = undefined;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.end();
  }
}
