/** The terminal the admin program speaks to, and what it asks there: passwords unseen, and whether one is sure. */

import { createInterface, type Interface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';
import { AdminError, EXIT } from './client.ts';

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** For results alone. */
  readonly stdout: Writable & { readonly columns?: number };
  /** For questions and refusals. */
  readonly stderr: Writable;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A new password: from a hidden prompt, asked twice, or the whole of standard input. Throws {@link AdminError}. */
export async function askPassword(terminal: Terminal, name: string, fromStdin: boolean): Promise<string> {
  if (!fromStdin && !terminal.stdin.isTTY) {
    throw new AdminError(EXIT.usage, 'There is no terminal to ask for the password: use --password-stdin.');
  }
  const password = fromStdin ? await readPassword(terminal) : await promptPassword(terminal, name);
  if (password === '') throw new AdminError(EXIT.usage, 'The password is empty.');
  return password;
}

/** Whether the answer to the question is yes. Throws {@link AdminError} without a terminal. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  if (!terminal.stdin.isTTY)
    throw new AdminError(EXIT.usage, 'There is no terminal to ask whether you are sure: use --yes.');
  const [answer = ''] = await ask(terminal, [`${question} [y/N] `], terminal.stderr);
  return /^y(es)?$/i.test(answer.trim());
}

async function readPassword({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  try {
    const input = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
    // echo and files end a line that is no part of the password.
    return input.replace(/\r?\n$/, '');
  } catch {
    throw new AdminError(EXIT.usage, 'The password on standard input is not UTF-8.');
  }
}

async function promptPassword(terminal: Terminal, name: string): Promise<string> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const [first = '', second] = await ask(terminal, [`New password for ${name}: `, 'The same again: '], hidden);
  if (first !== second) throw new AdminError(EXIT.usage, 'The passwords differ; nothing was changed.');
  return first;
}

/** Asks one question after the other; what is typed shows on `echo`. */
async function ask(terminal: Terminal, questions: readonly string[], echo: Writable): Promise<string[]> {
  const lines = createInterface({ input: terminal.stdin, output: echo, terminal: true, historySize: 0 });
  const cancelled = whenCancelled(lines);
  const answers: string[] = [];
  try {
    for (const question of questions) {
      if (echo !== terminal.stderr) terminal.stderr.write(question);
      answers.push(await Promise.race([lines.question(echo === terminal.stderr ? question : ''), cancelled]));
      if (echo !== terminal.stderr) terminal.stderr.write('\n');
    }
    return answers;
  } catch (error) {
    terminal.stderr.write('\n');
    throw error;
  } finally {
    lines.close();
  }
}

/** Rejects at Ctrl-C, Ctrl-D and the end of input. */
function whenCancelled(lines: Interface): Promise<never> {
  const cancelled = new Promise<never>((_resolve, reject) => {
    const cancel = () => reject(new AdminError(EXIT.refused, 'Cancelled; nothing was changed.'));
    lines.once('SIGINT', cancel);
    lines.once('close', cancel);
  });
  // It closes after the answers too, when nobody waits for this.
  cancelled.catch(() => {});
  return cancelled;
}
