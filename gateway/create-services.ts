/** Puts together what sessions and their handlers work with. */

import { randomBytes } from 'node:crypto';
import { Announcing } from './announcing.ts';
import { Authors } from './authors.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { Delivery } from './delivery.ts';
import { Directory } from './directory.ts';
import { Finishing } from './finishing.ts';
import { Friendships } from './friendships.ts';
import { Healing } from './healing.ts';
import { quietenOutages, type Logger } from './log.ts';
import { Marks } from './marks.ts';
import { Mending } from './mending.ts';
import { Messaging } from './messaging.ts';
import { Metrics } from './metrics/metrics.ts';
import { createPasswords } from './passwords.ts';
import { Presence } from './presence.ts';
import { PushWatch } from './push-watch.ts';
import { Rounds } from './rounds.ts';
import type { Services } from './services.ts';
import type { Pulse, Store } from './store/store.ts';
import { Survivors } from './survivors.ts';

export interface ServicesOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Services of a new incarnation; nothing runs until its presence, its rounds and its watch are started. */
export function createServices({ config, store, clock, logger: loud }: ServicesOptions): Services {
  const pushWatch = new PushWatch(store, clock, loud);
  const logger = quietenOutages(loud, pushWatch);
  const incarnation = randomBytes(8).toString('hex');
  const { statuses, timing, limits } = config;
  const metrics = new Metrics();
  const directory = new Directory(store);
  const announcing = new Announcing(store, logger);
  const delivery = new Delivery({ store, clock, logger, away: (user) => void announcing.announce(user) });
  const marks = new Marks({ store, clock, logger });
  const authors = new Authors(delivery);
  const mending = new Mending(store, logger);
  const messaging = new Messaging({ store, directory, authors, mending, clock, logger });
  const friendships = new Friendships(store, directory, authors, clock);
  const rounds = new Rounds({ store, delivery, incarnation, clock, logger, every: timing.round });
  store.onPushGap(() => metrics.pushGaps.add());
  const onBeat = ({ dead, isBack, failoverAt }: Pulse): void => {
    // Others may have taken this gateway for dead and closed its sessions.
    if (isBack) void rounds.comeBack();
    if (healing.noteFailover(failoverAt)) metrics.failovers.add();
    metrics.countGateways(presence.living.size, dead.length);
    void survivors.cleanUp(dead);
  };
  const { beat: beatInterval, alive: aliveFor } = timing;
  const presence = new Presence({ store, incarnation, clock, logger, beatInterval, aliveFor, onBeat, statuses });
  const finishing = new Finishing({ store, presence, messaging, friendships, marks, clock, logger });
  const healing = new Healing({ store, mending, finishing, friendships, delivery, logger });
  const survivors = new Survivors({ store, incarnation, finishing, announcing, logger });
  const passwords = createPasswords({ concurrency: limits.hashes, queue: limits.hashQueue });
  return {
    config,
    clock,
    logger,
    store,
    passwords,
    presence,
    delivery,
    directory,
    messaging,
    friendships,
    finishing,
    authors,
    marks,
    announcing,
    mending,
    healing,
    rounds,
    pushWatch,
    metrics,
  };
}
