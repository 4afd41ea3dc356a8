/** The gateway's HTTP side: making an account, and what the gateway allows. */

import { md5 } from 'js-md5';

/** Why there is no account: a sentence for people, and the field it speaks of where it is one. */
export interface AccountProblem {
  readonly error: string;
  readonly field?: 'user' | 'pass' | undefined;
}

/** IMS LOGIN: the password as the wire carries it. */
export function hashPassword(password: string): string {
  return md5.hex(password);
}

/** Makes an account; undefined when it was made. `pass` is the password's MD5 in hex. */
export async function createAccount(user: string, pass: string): Promise<AccountProblem | undefined> {
  const response = await fetch('/api/accounts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, pass }),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  if (response?.status === 409) return { error: `The name “${user}” is taken. Choose another one.`, field: 'user' };
  const problem = (await response?.json().catch(() => undefined)) as Partial<AccountProblem> | undefined;
  return { error: problem?.error ?? 'The server cannot be reached. Try again in a moment.', field: problem?.field };
}

/** Whether the gateway lets people make accounts; true when that cannot be found out, since it will say so later. */
export async function isRegistrationOpen(): Promise<boolean> {
  const response = await fetch('/api/settings').catch(() => undefined);
  const settings = (await response?.json().catch(() => undefined)) as { registration?: string } | undefined;
  return settings?.registration !== 'closed';
}
