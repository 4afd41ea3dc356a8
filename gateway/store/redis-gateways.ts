/** The gateways that there are, in Redis, and the servers that held the data. */

import type { Redis } from 'ioredis';
import { CLAIMS, INCARNATIONS, SERVERS, usersKey } from './keys.ts';
import type { Link } from './redis-link.ts';
import type { Incarnation, Store } from './store.ts';

export interface Gateways {
  readonly store: Pick<Store, 'beat' | 'leave' | 'claim' | 'bury'>;
  /** When the last failover was that a beat told of; 0 for none. */
  readonly failoverAt: () => number;
}

/** `aliveFor`: milliseconds after its last beat when an incarnation is dead. */
export function createGateways(link: Link, aliveFor: number): Gateways {
  let failoverAt = 0;
  const store: Gateways['store'] = {
    async beat(incarnation) {
      const answer = await link.run('beat', [INCARNATIONS, SERVERS], [incarnation, aliveFor]);
      const [living, dead, isBack, at] = answer as [Incarnation[], Incarnation[], number, string];
      failoverAt = Number(at);
      return { living: new Set(living), dead, isBack: isBack === 1, failoverAt };
    },

    async leave(incarnation) {
      const left = await link.ask((redis) => redis.scard(usersKey(incarnation)));
      if (left === 0) await link.ask((redis) => redis.zrem(INCARNATIONS, incarnation));
      else await link.ask((redis) => redis.zadd(INCARNATIONS, 'XX', 0, incarnation));
    },

    async claim(dead, by) {
      return (await link.run('claim', [INCARNATIONS, CLAIMS], [dead, by, aliveFor])) === 1;
    },

    async bury(dead) {
      const isBuried = (await link.run('bury', [INCARNATIONS, CLAIMS], [dead, aliveFor])) === 1;
      if (isBuried) await link.ask((redis) => redis.del(usersKey(dead)));
    },
  };
  return { store, failoverAt: () => failoverAt };
}

/** Writes down what server this is, by its replication id, which is a new one after each failover and restart. */
export async function noteServer(link: Link, server: Redis): Promise<void> {
  const id = /^master_replid:(\w+)/m.exec(await server.info('replication'))?.[1];
  if (id !== undefined) await link.run('note-server', [SERVERS], [id]);
}
