/** Runs the admin program in this process: what it prints, what is typed, how it exits. */

import { PassThrough, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { runAdmin } from '../../gateway/admin/program.ts';
import { startAdmin } from './admin-parts.ts';
import { TOKEN } from './listening.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Typing {
  /** What standard input holds. */
  readonly input?: string;
  /** Standard input is a terminal, and this is typed at one question after the other. */
  readonly typed?: readonly string[];
  readonly columns?: number;
}

/** Runs a command line in `env`, a minute after the clock's start. */
export async function runIn(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  { input = '', typed, columns }: Typing = {},
): Promise<Run> {
  let out = '';
  let err = '';
  const stdin = Object.assign(new PassThrough(), typed && { isTTY: true });
  if (!typed) stdin.end(input);
  const left = [...(typed ?? [])];
  const stdout = new Writable({ write: (chunk, _encoding, done) => ((out += chunk), done()) });
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      err += chunk;
      // Each question ends so; readline reads what comes after it was asked.
      if (/(: |\[y\/N\] )$/.test(String(chunk))) setImmediate(() => stdin.write(left.shift() ?? ''));
      done();
    },
  });
  const terminal = {
    env,
    stdin,
    stdout: Object.assign(stdout, columns && { columns }),
    stderr,
    now: () => Date.UTC(2030, 0, 1, 0, 1),
  };
  const code = await runAdmin(args, terminal);
  return { code, out, err };
}

/** A listener, and a way to run command lines against it. */
export async function startRun(context: TestContext, change: Parameters<typeof startAdmin>[1] = {}) {
  const { parts, url } = await startAdmin(context, change);
  const env = { ADMIN_PORT: new URL(url).port, ADMIN_TOKEN: TOKEN };
  return { parts, env, run: (line: string, typing?: Typing) => runIn(env, line.split(' '), typing) };
}
