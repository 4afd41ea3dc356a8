/** The admin program: its command line, what it prints, its exit codes. */

import { Command, CommanderError } from 'commander';
import { AdminError, EXIT, findListener, type Ask } from './client.ts';
import * as commands from './commands.ts';
import type { Report } from './reports.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  npm run admin -- user add alice
  echo "$PASSWORD" | npm run -s admin -- user password alice --password-stdin
  npm run admin -- session end alice
  npm run -s admin -- user list --json

Settings: ADMIN_HOST and ADMIN_PORT find the gateway; ADMIN_TOKEN, or the file
admin-token in DATA_DIR, opens it.
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 gateway not reachable or token
refused.`;

const PASSWORD_STDIN = ['--password-stdin', 'read the password from standard input'] as const;

/** Runs one command line; gives the exit code. */
export async function runAdmin(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has printed its own.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (!(error instanceof AdminError)) throw error;
    const { message } = error;
    terminal.stderr.write(program.opts()['json'] ? `${JSON.stringify({ error: message })}\n` : `${message}\n`);
    return error.exitCode;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('npm run admin --')
    .description('Administers a running IMS gateway.')
    .version(VERSION)
    .option('--json', 'print JSON, for scripts')
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHelpWidth: () => widthOf(terminal),
      getErrHelpWidth: () => widthOf(terminal),
    })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  const run = (command: (context: commands.Context) => Promise<Report>) => runCommand(program, terminal, command);
  addUserCommands(program, run);
  addSessionCommands(program, run);
  program
    .command('status')
    .description('show the state of the gateway')
    .action(() => run(commands.showStatus));
  return program.addHelpText('after', EXAMPLES);
}

type Run = (command: (context: commands.Context) => Promise<Report>) => Promise<void>;

function addUserCommands(program: Command, run: Run): void {
  const user = program.command('user').description('accounts: add, list, show, ban, unban, remove, password');
  const add = (name: string, does: string) => user.command(`${name} <name>`).description(does);
  user
    .command('list')
    .description('list all users')
    .action(() => run(commands.listUsers));
  add('show', 'show a user with sessions and friends').action((name: string) =>
    run((context) => commands.showUser(context, name)),
  );
  add('add', 'make an account; asks for its password')
    .option(...PASSWORD_STDIN)
    .action((name: string, options) =>
      run((context) => commands.addUser(context, name, options.passwordStdin === true)),
    );
  add('password', 'set a new password; ends all sessions')
    .option(...PASSWORD_STDIN)
    .action((name: string, options) =>
      run((context) => commands.setPassword(context, name, options.passwordStdin === true)),
    );
  add('ban', 'end all sessions and refuse new ones').action((name: string) =>
    run((context) => commands.setBanned(context, name, true)),
  );
  add('unban', 'let a banned user log in again').action((name: string) =>
    run((context) => commands.setBanned(context, name, false)),
  );
  add('remove', 'remove an account for good; its name stays taken')
    .option('--yes', 'do not ask whether you are sure')
    .action((name: string, options) => run((context) => commands.removeUser(context, name, options.yes === true)));
}

function addSessionCommands(program: Command, run: Run): void {
  const session = program.command('session').description('sessions: list, end');
  session
    .command('list')
    .description('list all sessions, of all gateways on the store')
    .action(() => run(commands.listSessions));
  session
    .command('end <name> [session]')
    .description("end all of a user's sessions, or the one named")
    .action((name: string, id: string | undefined) => run((context) => commands.endSessions(context, name, id)));
}

async function runCommand(
  program: Command,
  terminal: Terminal,
  command: (context: commands.Context) => Promise<Report>,
): Promise<void> {
  // Looked for only when asked: wrong usage shows without a gateway.
  const ask: Ask = async (request) => (await findListener(terminal.env))(request);
  const { data, toText } = await command({ terminal, ask });
  const text = program.opts()['json'] ? JSON.stringify(data, undefined, 2) : toText(widthOf(terminal), terminal.now());
  terminal.stdout.write(`${text}\n`);
}

function widthOf({ stdout }: Terminal): number {
  return stdout.columns ?? 80;
}
