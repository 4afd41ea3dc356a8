/** The admin program's side of the admin listener: finds it, asks it, tells a refusal from a failure. */

import { lookup } from 'node:dns/promises';
import { ConfigError, readSettings } from '../settings.ts';
import { readKeptToken, tokenFile } from './token.ts';

/** The admin program's exit codes. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** Why the program ends without having done it; `message` is one line for people. */
export class AdminError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'AdminError';
    this.exitCode = exitCode;
  }
}

export interface AdminRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Asks the listener and gives its answer; throws {@link AdminError}. */
export type Ask = <T>(request: AdminRequest) => Promise<T>;

/** Milliseconds for one answer: a new password may wait for others' logins. */
const PATIENCE = 30_000;

/** The listener that ADMIN_HOST, ADMIN_PORT, ADMIN_TOKEN and DATA_DIR name. Throws {@link AdminError}. */
export async function findListener(env: NodeJS.ProcessEnv): Promise<Ask> {
  const { ADMIN_HOST, ADMIN_PORT, ADMIN_TOKEN, DATA_DIR } = readAdminSettings(env);
  const token = ADMIN_TOKEN ?? readToken(DATA_DIR);
  const base = `http://${await findAddress(ADMIN_HOST)}:${ADMIN_PORT}`;
  return async <T>({ method = 'GET', path, query = {}, body }: AdminRequest) => {
    const url = new URL(`${path}?${new URLSearchParams(query)}`, base);
    const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) };
    const signal = AbortSignal.timeout(PATIENCE);
    const request = {
      method,
      headers,
      signal,
      redirect: 'error' as const,
      ...(body && { body: JSON.stringify(body) }),
    };
    const response = await fetch(url, request).catch((error: unknown) => failToReach(base, error));
    return readAnswer<T>(response, base);
  };
}

/** Only the settings that the program needs: a wrong TLS_CERT must not keep an administrator out. */
function readAdminSettings({ ADMIN_HOST, ADMIN_PORT, ADMIN_TOKEN, DATA_DIR }: NodeJS.ProcessEnv) {
  try {
    return readSettings({ ADMIN_HOST, ADMIN_PORT, ADMIN_TOKEN, DATA_DIR });
  } catch (error) {
    throw error instanceof ConfigError ? new AdminError(EXIT.usage, error.message) : error;
  }
}

function readToken(dataDir: string): string {
  const file = tokenFile(dataDir);
  try {
    const token = readKeptToken(dataDir);
    if (token !== undefined) return token;
  } catch (error) {
    throw new AdminError(EXIT.unreachable, `The token in ${file} cannot be read (${codeOf(error)}).`);
  }
  const advice = 'Start the gateway once, or set ADMIN_TOKEN or DATA_DIR as the gateway has it.';
  throw new AdminError(EXIT.unreachable, `There is no token in ${file}. ${advice}`);
}

/** An address, since the listener refuses names that are not its own. */
async function findAddress(host: string): Promise<string> {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  if (host === 'localhost') return host;
  try {
    const { address, family } = await lookup(host);
    return family === 6 ? `[${address}]` : address;
  } catch (error) {
    throw new AdminError(EXIT.unreachable, `ADMIN_HOST ${host} has no address (${codeOf(error)}).`);
  }
}

function failToReach(base: string, error: unknown): never {
  const { name, cause } = error as Error;
  const why = name === 'TimeoutError' ? 'no answer' : (codeOf(cause) ?? name);
  throw new AdminError(EXIT.unreachable, `No gateway can be reached at ${base} (${why}). Does it run?`);
}

async function readAnswer<T>(response: Response, base: string): Promise<T> {
  const answer = (await response.json().catch(() => undefined)) as { error?: unknown } | undefined;
  if (response.ok && answer !== undefined) return answer as T;
  if (typeof answer?.error !== 'string') {
    throw new AdminError(EXIT.unreachable, `What answers at ${base} is not a gateway's admin listener.`);
  }
  const { status } = response;
  // 429 and above: not that it may not be, but that it cannot be now.
  const isRefusal = status >= 400 && status < 429 && status !== 401 && status !== 403;
  throw new AdminError(isRefusal ? EXIT.refused : EXIT.unreachable, answer.error);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
