/** Accounts in Redis. */

import { randomUUID } from 'node:crypto';
import { toAsciiLower } from '../../protocol/documents.ts';
import { NAMES, userKeys } from './keys.ts';
import type { Link } from './redis-link.ts';
import type { AccountSummary, Store, UserKey } from './store.ts';

type AccountStore = Pick<Store, 'addAccount' | 'readAccount' | 'changeAccount' | 'removeAccount' | 'listAccounts'>;

export function createAccounts(link: Link): AccountStore {
  /** Undefined for an account that was removed: it has no generation. */
  async function readAccount(user: UserKey) {
    const fields = ['name', 'pass', 'banned', 'generation', 'status', 'created'] as const;
    const values = await link.ask((redis) => redis.hmget(userKeys(user).account, ...fields));
    const [name, pass, banned, generation, status, created] = values as string[];
    if (!generation) return undefined;
    return {
      name: name!,
      pass: pass!,
      banned: banned === '1',
      generation: Number(generation),
      status: Number(status),
      createdAt: Number(created),
    };
  }

  async function readSummary(user: UserKey): Promise<AccountSummary | undefined> {
    const account = await readAccount(user);
    if (!account) return undefined;
    const { name, banned, status, createdAt } = account;
    return { user, name, banned, status, createdAt };
  }

  return {
    readAccount,

    async addAccount({ name, pass, op }) {
      const user = toAsciiLower(name);
      await link.ask((redis) => redis.zadd(NAMES, 0, user));
      return (await link.run('add-account', [userKeys(user).account], [name, pass, op])) === 1 ? 'added' : 'taken';
    },

    async changeAccount(user, { banned, pass }) {
      const { account, push } = userKeys(user);
      const change = [banned === undefined ? '' : Number(banned), pass ?? ''];
      return (await link.run('change-account', [account, push], [randomUUID(), ...change])) === 1;
    },

    async removeAccount(user) {
      const { account, log, peers, friends, devices, push } = userKeys(user);
      const keys = [account, log, peers, friends, devices, push];
      const isRemoved = (await link.run('remove-account', keys, [randomUUID()])) === 1;
      if (isRemoved) await link.ask((redis) => redis.zrem(NAMES, user));
      return isRemoved;
    },

    async listAccounts(after, limit) {
      let start = after;
      for (;;) {
        const from = start === '' ? '-' : `(${start}`;
        const users = await link.ask((redis) => redis.zrange(NAMES, from, '+', 'BYLEX', 'LIMIT', 0, limit));
        const accounts = (await Promise.all(users.map(readSummary))).filter((account) => account !== undefined);
        // Names without an account may fill a page, and an empty page would be the last.
        if (accounts.length > 0 || users.length === 0) return accounts;
        start = users.at(-1)!;
      }
    },
  };
}
