/** The terminal chat as a person and a script meet it: in a terminal of 80 by 24, and on pipes. */

import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openLink, type Address } from '../../gateway/chat/link.ts';
import { systemTiming } from '../../gateway/chat/timing.ts';
import { Client, MemoryStorage } from '../../protocol/client.ts';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../gateway/chat/cli.js', import.meta.url));
const PATIENCE = 15_000;

export const PASSWORD = 'secret';
export const PASS = createHash('md5').update(PASSWORD).digest('hex');

export async function waitFor(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await isSo()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

export async function addAccounts(http: string, ...users: readonly string[]): Promise<void> {
  for (const user of users) {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ user, pass: PASS });
    const { status } = await fetch(`${http}/api/accounts`, { method: 'POST', headers, body });
    if (status !== 201 && status !== 409) throw new Error(`no account for ${user}: ${status}`);
  }
}

export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-chat-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A client in this process, logged in. */
export async function startClient(t: TestContext, address: Address, user: string): Promise<Client> {
  const client = new Client({
    open: (listener) => openLink(address, listener),
    storage: new MemoryStorage(),
    timing: systemTiming,
    update: () => {},
  });
  t.after(() => client.stop());
  client.logIn(user, PASS);
  await waitFor(() => client.connection.state === 'online' && client.connection.isCaughtUp, `${user} online`);
  return client;
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The chat on pipes, with these lines as its whole input. */
export async function runScript(input: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const script = startScript(args, env);
  script.stdin.end(input);
  return script.ended;
}

export function startScript(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = CLI) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, IMS_PASSWORD: PASSWORD, ...env },
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (printed.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (printed.stderr += data.toString()));
  const ended = new Promise<Run>((resolve) => child.once('close', (code) => resolve({ code, ...printed })));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { stdin: child.stdin, printed, ended, kill };
}

/** The chat in a terminal of its own, which tmux draws. */
export class Terminal {
  readonly #tmux: string;

  private constructor(tmux: string) {
    this.#tmux = tmux;
  }

  static async start(
    t: TestContext,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Terminal> {
    const terminal = new Terminal(`ims-${randomBytes(6).toString('hex')}`);
    t.after(() => terminal.#run('kill-server').catch(() => {}));
    const settings = Object.entries({ NODE_NO_WARNINGS: '1', ...env }).map(([name, value]) => `${name}=${value}`);
    // Should the test be killed, it ends by itself.
    const program = [
      'timeout',
      '--foreground',
      '120',
      'env',
      '-u',
      'TMUX',
      '-u',
      'IMS_PASSWORD',
      ...settings,
      process.execPath,
      CLI,
      ...args,
    ];
    // What it printed, and how it ended, stays to be seen.
    const command = `${program.map((word) => `'${word}'`).join(' ')}; echo "EXIT $?"; sleep 120`;
    await terminal.#run('-u', 'new-session', '-d', '-x', '80', '-y', '24', command);
    return terminal;
  }

  /** All rows so far, also those that left the screen. */
  async read(): Promise<string> {
    return (await this.#run('capture-pane', '-p', '-S', '-')).replace(/\n+$/, '\n');
  }

  async type(text: string): Promise<void> {
    await this.#run('send-keys', '-l', text);
  }

  /** Keys by the names that tmux has for them. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run('send-keys', ...keys);
  }

  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.press('Enter');
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async see(what: RegExp): Promise<string> {
    let screen = '';
    const isThere = async (): Promise<boolean> => what.test((screen = await this.read()));
    await waitFor(isThere, String(what)).catch((error: Error) => {
      throw new Error(`${error.message} on\n${screen}`);
    });
    return screen;
  }

  async #run(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-L', this.#tmux, '-f', '/dev/null', ...args]);
    return stdout;
  }
}
