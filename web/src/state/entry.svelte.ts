/** What somebody types to get in, and what is wrong with it. */

import { toUserKey } from '../../../protocol/documents.ts';
import { t } from '../texts/texts.svelte.ts';

export class Typed {
  user: string;
  password = $state('');
  /** Whether the browser keeps who is in. */
  isKept = $state(true);

  /** `user`: who was here last; empty for nobody. */
  constructor(user: string) {
    this.user = $state(user);
  }
}

/** A sentence for each field that has something wrong. */
export interface EntryErrors {
  user?: string;
  pass?: string;
}

export function checkEntry({ user, password }: Typed): EntryErrors {
  const found: EntryErrors = {};
  if (user === '') found.user = t.signIn.noName;
  else if (toUserKey(user) === undefined) found.user = t.signIn.badName;
  if (password === '') found.pass = t.signIn.noPassword;
  return found;
}
