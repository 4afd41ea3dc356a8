/** Making accounts and setting passwords: what a name and a password must be, in words for people. */

import { createHash, randomUUID } from 'node:crypto';
import { toPass, toUserKey } from '../protocol/documents.ts';
import { askStore, HttpError } from './json-http.ts';
import type { Passwords } from './passwords.ts';
import type { Store } from './store/store.ts';

/** A name as it shall be registered, and the MD5 of a password in lower case hex, as LOGIN carries it. */
export interface NewAccount {
  readonly user: string;
  readonly pass: string;
}

const EMPTY_PASS = createHash('md5').update('').digest('hex');

/** The account a JSON body asks for; throws {@link HttpError} 422. */
export function readNewAccount(body: unknown): NewAccount {
  const user = readField(body, 'user');
  if (toUserKey(user) === undefined) {
    const rule = 'A name has 1 to 32 characters: letters from a to z, digits, dots, hyphens and underscores.';
    throw new HttpError(422, rule, { field: 'user' });
  }
  return { user: user!, pass: readPass(body) };
}

/** The password in a JSON body, as its MD5; throws {@link HttpError} 422. */
export function readPass(body: unknown, field = 'pass'): string {
  const pass = toPass(readField(body, field));
  if (pass === undefined) {
    throw new HttpError(422, 'The password must come as its MD5 in hex, 32 digits.', { field });
  }
  if (pass === EMPTY_PASS) throw new HttpError(422, 'The password is empty.', { field });
  return pass;
}

/** Makes the account; throws {@link HttpError} 409 when the name has one or had one, 503 when the store fails. */
export async function makeAccount(
  { store, passwords }: { store: Store; passwords: Passwords },
  { user, pass }: NewAccount,
): Promise<void> {
  const hash = await passwords.hash(pass);
  const outcome = await askStore(store.addAccount({ name: user, pass: hash, op: randomUUID() }));
  if (outcome === 'taken') throw new HttpError(409, `The name ${user} is taken.`);
}

function readField(body: unknown, name: string): string | undefined {
  const value: unknown =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
