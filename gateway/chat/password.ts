/** Asks for a password at the terminal, unseen. */

import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';

/** What was entered; undefined for Ctrl-C and Ctrl-D. */
export function askPassword(input: Readable, output: Writable, question: string): Promise<string | undefined> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: hidden, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve) => {
    const end = (password?: string): void => {
      output.write('\n');
      lines.removeAllListeners('close');
      lines.close();
      resolve(password);
    };
    lines.once('line', end);
    lines.once('SIGINT', () => end());
    lines.once('close', () => end());
  });
}
