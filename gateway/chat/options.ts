/** The chat's command line. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Address } from './link.ts';
import { toUserKey } from '../../protocol/documents.ts';

export interface Options {
  readonly user: string;
  readonly address: Address;
  /** The gateway, for people and for the name of a file. */
  readonly place: string;
  readonly to?: string | undefined;
  readonly isKept: boolean;
  readonly isClassic: boolean;
}

interface Given {
  readonly user: string;
  readonly host: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly url?: string;
  readonly to?: string;
  readonly keep: boolean;
  readonly classic?: boolean;
}

const PORT = 5190;
const TLS_PORT = 5191;

const MORE = `
Examples:
  npm run chat -- --user alice --host chat.example
  npm run chat -- --user alice --url wss://chat.example/ims
  echo "bob: Lunch?" | IMS_PASSWORD=secret npm run -s chat -- --user alice

In a script (standard input is no terminal) each line "bob: text" is sent, and
what comes is printed in the same form; it ends when all was answered.
The password is asked for, or comes in IMS_PASSWORD; after the first time a
token takes its place, kept with the messages in ~/.local/state/ims-chat
(XDG_STATE_HOME). /quit removes both.
Exit codes: 0 done, 1 refused or not sent, 2 wrong usage.`;

/** The options; what is wrong is printed. `help`: they ask for nothing else. */
export function readOptions(args: readonly string[]): Options | 'help' | 'wrong' {
  try {
    return toOptions(createProgram().parse(args, { from: 'user' }).opts<Given>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 'help' : 'wrong';
    throw error;
  }
}

function toOptions(given: Given): Options {
  const { user, to, url } = given;
  const host = given.host.replace(/^\[(.*)\]$/, '$1');
  const port = given.port ?? (given.tls ? TLS_PORT : PORT);
  const address: Address = url === undefined ? { host, port, isTls: given.tls === true } : { url };
  const place = url ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { user, address, place, to, isKept: given.keep && !given.classic, isClassic: given.classic === true };
}

function createProgram(): Command {
  return new Command('npm run chat --')
    .description('Chats over IMS in a terminal.')
    .requiredOption('--user <name>', 'who you are', readName)
    .option('--host <host>', 'the gateway', '127.0.0.1')
    .option('--port <port>', `its port (default: ${PORT}, with --tls ${TLS_PORT})`, readPort)
    .option('--tls', 'encrypt')
    .addOption(
      new Option('--url <url>', 'the gateway as a WebSocket instead, ws:// or wss://')
        .argParser(readUrl)
        .conflicts(['host', 'port', 'tls']),
    )
    .option('--to <name>', 'with whom to begin', readName)
    .option('--no-keep', 'keep nothing on this machine')
    .option('--classic', 'speak classic IMS alone, as in the original text')
    .addHelpText('after', MORE)
    .allowExcessArguments(false)
    .exitOverride();
}

function readName(name: string): string {
  if (toUserKey(name) !== undefined) return name;
  throw new InvalidArgumentError('A name has 1 to 32 of a-z, 0-9, ".", "_" and "-".');
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}

function readUrl(text: string): string {
  const url = URL.parse?.(text) ?? (URL.canParse(text) ? new URL(text) : undefined);
  if (url && /^wss?:$/.test(url.protocol) && url.hash === '') return url.href;
  throw new InvalidArgumentError('It begins with ws:// or wss://.');
}
