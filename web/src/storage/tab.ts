/** Short notes that survive a reload of this tab; without effect where the browser forbids it. */

export function remember(key: string, value: string): void {
  attempt(() => sessionStorage.setItem(key, value));
}

export function recall(key: string): string | undefined {
  return attempt(() => sessionStorage.getItem(key)) ?? undefined;
}

export function forget(key: string): void {
  attempt(() => sessionStorage.removeItem(key));
}

const USER = 'ims.user';

/** Who logged in: in this tab, else in this browser. */
export function recallUser(): string {
  return recall(USER) ?? attempt(() => localStorage.getItem(USER)) ?? '';
}

export function rememberUser(user: string): void {
  remember(USER, user);
  attempt(() => localStorage.setItem(USER, user));
}

/** Also in the browser, unless someone else logged in there since. */
export function forgetUser(user: string): void {
  forget(USER);
  attempt(() => {
    if (localStorage.getItem(USER) === user) localStorage.removeItem(USER);
  });
}

// Where the browser's settings forbid storage, the mere look at it throws; where it is full, writing does.
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
