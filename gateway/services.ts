/** What a session and its handlers work with. */

import type { Announcing } from './announcing.ts';
import type { Authors } from './authors.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { Finishing } from './finishing.ts';
import type { Friendships } from './friendships.ts';
import type { Healing } from './healing.ts';
import type { Logger } from './log.ts';
import type { Marks } from './marks.ts';
import type { Mending } from './mending.ts';
import type { Messaging } from './messaging.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { PasswordQueue } from './passwords.ts';
import type { Presence } from './presence.ts';
import type { PushWatch } from './push-watch.ts';
import type { Rounds } from './rounds.ts';
import type { Store } from './store/store.ts';

export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  /** Quiet about what fails while the store is away. */
  readonly logger: Logger;
  readonly store: Store;
  readonly passwords: PasswordQueue;
  readonly presence: Presence;
  readonly delivery: Delivery;
  readonly directory: Directory;
  readonly messaging: Messaging;
  readonly friendships: Friendships;
  readonly finishing: Finishing;
  readonly authors: Authors;
  readonly marks: Marks;
  readonly announcing: Announcing;
  readonly mending: Mending;
  readonly healing: Healing;
  readonly rounds: Rounds;
  readonly pushWatch: PushWatch;
  readonly metrics: Metrics;
}
