/** A twenty-year-old client: a socket, and text that is looked through. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { md5, PASSWORD } from './stage.ts';

export class NativeClient {
  #received = '';
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (this.#received += text));
    socket.on('error', () => {});
  }

  /** Connects and logs in. */
  static async enter({ host, port }: { host: string; port: number }, user: string): Promise<NativeClient> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    const client = new NativeClient(socket);
    await client.send(`<LOGIN user="${user}" pass="${md5(PASSWORD)}"/>`, /<LOGIN [^>]*result="1"/);
    return client;
  }

  /** Sends, and waits for something that comes. */
  async send(document: string, awaited: RegExp): Promise<string> {
    this.#socket.write(document);
    return this.find(awaited);
  }

  /** Waits up to 5 s for something to come; what was found is not found again. */
  async find(awaited: RegExp): Promise<string> {
    const signal = AbortSignal.timeout(5_000);
    for (;;) {
      const match = awaited.exec(this.#received);
      if (match) {
        this.#received = this.#received.slice(match.index + match[0].length);
        return match[0];
      }
      await once(this.#socket, 'data', { signal }).catch((cause: unknown) => {
        throw new Error(`expected ${awaited}, got ${this.#received || 'nothing'}`, { cause });
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
