/** A log-in with a password, until one knows what became of it. */

import type { Client, Connection } from '../../../protocol/client.ts';
import type { Entry } from './commands.ts';

export class SignIn {
  readonly #client: Client;
  #tell: ((entry: Entry) => void) | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** One that is under way ends as the newer one does. */
  begin(user: string, pass: string): Promise<Entry> {
    const before = this.#tell;
    return new Promise((resolve) => {
      this.#tell = (entry) => {
        before?.(entry);
        resolve(entry);
      };
      this.#client.logIn(user, pass);
    });
  }

  /** The client's connection is different. */
  note(connection: Connection): void {
    const tell = this.#tell;
    const entry = tell && judge(connection);
    if (tell === undefined || entry === undefined) return;
    this.#tell = undefined;
    // Who does not get in now is to be asked again, not in a minute.
    if (entry.result === 'unreachable') this.#client.stop();
    tell(entry);
  }
}

/** Undefined: not decided yet. */
function judge(connection: Connection): Entry | undefined {
  if (connection.state === 'online') return { result: 'in' };
  const { reason } = connection;
  if (connection.state === 'out') return { result: 'out', why: connection.why, reason };
  return connection.retryAt === undefined ? undefined : { result: 'unreachable', reason };
}
