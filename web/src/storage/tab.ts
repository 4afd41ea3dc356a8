/** What survives a reload of this tab; above all who is logged in: in this tab, else in this browser. */

import { toAsciiLower } from '../../../protocol/documents.ts';

const USER = 'ims.user';
const ALONE = 'ims.alone';

export interface KnownUser {
  /** Empty where there is none. */
  readonly user: string;
  /** Whether the browser may keep more than the name. */
  readonly isKept: boolean;
}

export function recallUser(): KnownUser {
  const own = recall(USER);
  const isKept = recall(ALONE) === undefined;
  return { user: own ?? attempt(() => localStorage.getItem(USER)) ?? '', isKept };
}

export function rememberUser({ user, isKept }: KnownUser): void {
  attempt(() => {
    sessionStorage.setItem(USER, user);
    if (isKept) sessionStorage.removeItem(ALONE);
    else sessionStorage.setItem(ALONE, 'yes');
  });
  if (isKept) attempt(() => localStorage.setItem(USER, user));
}

/** Also in the browser, where it was kept there, and unless someone else logged in since. */
export function forgetUser({ user, isKept }: KnownUser): void {
  attempt(() => {
    sessionStorage.removeItem(USER);
    sessionStorage.removeItem(ALONE);
  });
  if (!isKept) return;
  attempt(() => {
    if (toAsciiLower(localStorage.getItem(USER) ?? '') === toAsciiLower(user)) localStorage.removeItem(USER);
  });
}

/** Tells when somebody logs in in another tab. */
export function onOtherLogIn(action: (user: string) => void): void {
  addEventListener('storage', ({ key, newValue }: StorageEvent) => {
    if (key === USER && newValue !== null) action(newValue);
  });
}

/** Short notes that survive a reload of this tab; without effect where the browser forbids it. */
export function remember(key: string, value: string): void {
  attempt(() => sessionStorage.setItem(key, value));
}

export function recall(key: string): string | undefined {
  return attempt(() => sessionStorage.getItem(key)) ?? undefined;
}

// Where the browser's settings forbid storage, the mere look at it throws; where it is full, writing does.
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
