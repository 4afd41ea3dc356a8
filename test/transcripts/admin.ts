/** What a play needs besides clients: accounts, and an administrator. Both over HTTP. */

import type { AdminAction } from './play.ts';

/** Makes an account with the MD5 of its password; throws when it can be neither made nor taken. */
export type AddAccount = (name: string, pass: string) => Promise<'added' | 'taken'>;

export interface Admin {
  /** Does this to the user; a new password needs `pass`. */
  act(action: AdminAction, user: string, pass?: string): Promise<void>;
  countSessions(user: string): Promise<number>;
}

export interface AdminAddress {
  readonly url: string;
  readonly token: string;
}

/** Accounts through `POST /api/accounts` of the gateway at this URL. */
export function createRegistration(url: string): AddAccount {
  return (user, pass) => postAccount(new URL('/api/accounts', url), { user, pass });
}

/** The admin listener at this address. */
export function createAdmin({ url, token }: AdminAddress): Admin {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, user: string, body?: object): Promise<Response> => {
    const target = new URL(`${path}?name=${encodeURIComponent(user)}`, url);
    const response = await fetch(target, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path} of ${user}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    async act(action, user, pass) {
      if (action === 'ends the sessions of') await ask('DELETE', '/sessions', user);
      else if (action === 'removes') await ask('DELETE', '/user', user);
      else if (action === 'gives a new password to') await ask('PATCH', '/user', user, { pass });
      else await ask('PATCH', '/user', user, { banned: action === 'bans' });
    },
    async countSessions(user) {
      const { sessions } = (await (await ask('GET', '/user', user)).json()) as { sessions: unknown[] };
      return sessions.length;
    },
  };
}

/** Accounts through the admin listener. */
export function createAdminRegistration({ url, token }: AdminAddress): AddAccount {
  return (user, pass) => postAccount(new URL('/users', url), { user, pass }, { authorization: `Bearer ${token}` });
}

async function postAccount(
  url: URL,
  account: object,
  headers: Record<string, string> = {},
): Promise<'added' | 'taken'> {
  const body = JSON.stringify(account);
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  if (response.status === 201) return 'added';
  if (response.status === 409) return 'taken';
  throw new Error(`POST ${url.pathname}: ${response.status} ${await response.text()}`);
}
