/** Making an account, over the gateway's HTTP side. */

import { doing } from '../texts/doing.svelte.ts';
import { t } from '../texts/texts.svelte.ts';

/** Why there is no account: a sentence for people, and the field it speaks of where it is one. */
export interface AccountProblem {
  readonly error: string;
  readonly field?: 'user' | 'pass' | undefined;
}

/** Makes an account; undefined when it was made. `pass` is the password's MD5 in hex. */
export async function createAccount(user: string, pass: string): Promise<AccountProblem | undefined> {
  const response = await fetch('/api/accounts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, pass }),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  if (response?.status === 409) return { error: doing.signUp.taken(user), field: 'user' };
  if (response?.status === 403) return { error: doing.signUp.closed };
  if (response?.status === 429) return { error: doing.signUp.tooMany };
  const problem = (await response?.json().catch(() => undefined)) as Partial<AccountProblem> | undefined;
  // What nobody should meet here has the gateway's own sentence.
  return { error: problem?.error ?? t.signIn.unreachable, field: problem?.field };
}
