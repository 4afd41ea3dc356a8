/** Where the chat starts: the process' own arguments, streams and exit code. */

import { hostname } from 'node:os';
import { Chat } from './chat.ts';
import type { ChatClient } from './chat-client.ts';
import { ClassicClient } from './classic.ts';
import { openKept } from './keeping.ts';
import { openLink } from './link.ts';
import { readOptions, type Options } from './options.ts';
import { askPassword } from './password.ts';
import { PlainScreen } from './plain-screen.ts';
import type { Screen } from './screen.ts';
import type { FileStorage } from './storage.ts';
import { TerminalScreen } from './terminal-screen.ts';
import { systemTiming as timing, toPassword } from './timing.ts';
import { sayOut } from './words.ts';
import { Client, MemoryStorage } from '../../protocol/client.ts';
import type { Connection, Update } from '../../protocol/client.ts';
import { toAsciiLower } from '../../protocol/documents.ts';

const { env, stdin, stdout, stderr } = process;
const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
const EXIT = { done: 0, refused: 1, usage: 2 } as const;

class Program {
  readonly #options: Options;
  readonly #storage: FileStorage | undefined;
  readonly #client: ChatClient;
  #chat: Chat | undefined;
  #screen: Screen | undefined;
  #isEnding = false;
  /** The password of the environment was tried. */
  #isEnvironmentUsed = false;

  constructor(options: Options, storage: FileStorage | undefined) {
    this.#options = options;
    this.#storage = storage;
    this.#client = this.#createClient();
  }

  async run(): Promise<void> {
    const { user } = this.#client;
    const isHeld = toAsciiLower(user) === toAsciiLower(this.#options.user) && this.#client.start();
    if (!isHeld && !(await this.#logIn())) return this.#end(EXIT.refused);
    this.#begin(isHeld);
  }

  #createClient(): ChatClient {
    const { address, isClassic } = this.#options;
    const update = (update: Update): void => this.#chat?.update(update);
    if (isClassic) return new ClassicClient({ address, timing, update });
    const storage = this.#storage ?? new MemoryStorage();
    const label = `Terminal on ${hostname()}`.replace(/[^\x20-\x7e]/g, '');
    return new Client(
      { open: (listener) => openLink(address, listener), storage, timing, update },
      { kept: storage.kept, label },
    );
  }

  #begin(isHeld: boolean): void {
    const { place, to } = this.#options;
    this.#screen = isTerminal ? new TerminalScreen(stdin, stdout, env) : new PlainScreen(stdin, stdout, stderr);
    this.#chat = new Chat({
      client: this.#client,
      screen: this.#screen,
      timing,
      place,
      to,
      out: (connection) => void this.#out(connection),
      left: () => void this.#end(this.#chat?.hasFailed && !isTerminal ? EXIT.refused : EXIT.done),
    });
    this.#chat.begin(isHeld);
  }

  /** Without a connection, and not by one's own wish. */
  async #out({ why, reason }: Extract<Connection, { state: 'out' }>): Promise<void> {
    if (this.#isEnding) return;
    if (why === 'credentials' && this.#tryEnvironment()) return;
    this.#screen?.close();
    stderr.write(`${sayOut(why, reason)}\n`);
    if (why !== 'credentials' || !isTerminal || !(await this.#logIn())) return this.#end(EXIT.refused);
    this.#begin(false);
  }

  /** With a password; false where there is none. */
  async #logIn(): Promise<boolean> {
    if (this.#tryEnvironment()) return true;
    const password = await this.#askPassword();
    if (password === undefined) return false;
    this.#client.logIn(this.#options.user, toPassword(password));
    return true;
  }

  /** Logs in with the password of the environment, once: what was entered goes on waiting meanwhile. */
  #tryEnvironment(): boolean {
    const password = env['IMS_PASSWORD'];
    if (!password || this.#isEnvironmentUsed) return false;
    this.#isEnvironmentUsed = true;
    this.#client.logIn(this.#options.user, toPassword(password));
    return true;
  }

  async #askPassword(): Promise<string | undefined> {
    const { user, place } = this.#options;
    if (isTerminal) return askPassword(stdin, stdout, `Password of ${user} at ${place}: `);
    stderr.write('There is no terminal to ask for the password: put it into IMS_PASSWORD.\n');
    return undefined;
  }

  async #end(code: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#screen?.close();
    const isGone = this.#client.connection.state === 'out' && this.#client.user === '';
    await (isGone ? this.#storage?.remove() : this.#storage?.close());
    process.exit(code);
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help' || options === 'wrong') process.exit(options === 'help' ? EXIT.done : EXIT.usage);
  const warn = ({ message }: Error): void => void stderr.write(`It cannot be kept: ${message}\n`);
  const storage = options.isKept ? await openKept(options.user, options.place, env, warn) : undefined;
  await new Program(options, storage).run();
}

// `… | head` closes its end early: that is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.refused));
try {
  await main();
} catch (error) {
  stderr.write(`${(error as Error).message}\n`);
  process.exit(EXIT.refused);
}
