/** The gateways that there are, in Redis, and the servers that held the data. */

import type { Redis } from 'ioredis';
import { CLAIMS, INCARNATIONS, SERVERS, usersKey } from './keys.ts';
import type { Link } from './redis-link.ts';
import type { Incarnation, Store } from './store.ts';

export interface Gateways {
  /** Writes down what server this is, by its replication id, which is a new one after each failover and restart. */
  readonly note: (server: Redis) => Promise<void>;
  readonly store: Pick<Store, 'beat' | 'leave' | 'claim' | 'bury'>;
  /** When the last failover was that a beat told of; 0 for none. */
  readonly failoverAt: () => number;
}

/** `aliveFor`: milliseconds after its last beat when an incarnation is dead. */
export function createGateways(link: Link, aliveFor = 12_000): Gateways {
  let failoverAt = 0;
  /** Replication ids that are not written down yet. */
  const unnoted = new Set<string>();

  async function noteAll(): Promise<void> {
    for (const id of [...unnoted]) {
      await link.run('note-server', [SERVERS], [id]);
      unnoted.delete(id);
    }
  }

  const store: Gateways['store'] = {
    async beat(incarnation) {
      await noteAll();
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
  return {
    store,
    failoverAt: () => failoverAt,
    async note(server) {
      const id = /^master_replid:(\w+)/m.exec(await server.info('replication'))?.[1];
      if (id === undefined) return;
      unnoted.add(id);
      // Its channels do not wait for it. What fails now is written with the next heartbeat.
      noteAll().catch(() => undefined);
    },
  };
}
