/** The admin listener's express app: users, sessions, the state of the gateway. */

import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createJsonApp, endJsonApp, type Express } from '../json-http.ts';
import type { Load } from '../load.ts';
import type { Logger } from '../log.ts';
import type { Mended } from '../mending.ts';
import type { MetricsReport } from '../metrics/reports.ts';
import type { Passwords } from '../passwords.ts';
import type { Incarnation, Store, UserKey } from '../store/store.ts';
import { createGuard } from './guard.ts';
import { serveMetrics } from './metrics.ts';
import { serveSessions } from './sessions.ts';
import { serveStatus } from './status.ts';
import { serveUsers } from './users.ts';

/** What the listener cannot read from the store. */
export interface GatewayControl {
  status(): Promise<GatewayState>;
  /** Ends the user's friendships, then removes the account; false when there is none. */
  removeUser(user: UserKey): Promise<boolean>;
  /** Of all processes that are one gateway, this one first. */
  readMetrics(): Promise<readonly MetricsReport[]>;
  /** Absent where this process serves alone. */
  readWorkers?(): Promise<WorkersState>;
}

export interface WorkersState {
  readonly configured: number;
  /** Those that answered. */
  readonly running: readonly WorkerState[];
}

export interface WorkerState {
  readonly pid: number;
  readonly incarnation: Incarnation;
  readonly users: number;
  readonly sessions: number;
  readonly mended: Mended;
  readonly storeAwaySince?: number | undefined;
  readonly load: Load;
}

export interface GatewayState {
  readonly incarnation: Incarnation;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The incarnations that live, this one included. */
  readonly living: Iterable<Incarnation>;
  /** Users and sessions that are logged in at this process. */
  readonly users: number;
  readonly sessions: number;
  readonly mended: Mended;
  /** Milliseconds since the epoch; absent while the store answers this process. */
  readonly storeAwaySince?: number | undefined;
}

export interface AdminOptions {
  readonly config: Config;
  readonly token: string;
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gateway: GatewayControl;
}

/** The express app for ADMIN_PORT; each request needs the token. */
export function createAdmin(options: AdminOptions): Express {
  const { config, token, logger } = options;
  const app = createJsonApp();
  app.use(createGuard({ host: config.admin.host, token }));
  serveStatus(app, options);
  serveUsers(app, options);
  serveSessions(app, options);
  serveMetrics(app, options);
  endJsonApp(app, logger);
  return app;
}
