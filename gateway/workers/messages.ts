/** What the primary process and its workers tell each other. */

import type { WorkerState } from '../admin/listener.ts';
import type { MetricsReport } from '../metrics/reports.ts';
import type { ClientPorts } from '../server.ts';

/** What all workers know of each other; told when it changes. */
export interface GroupState {
  /** Why the gateway as a whole cannot serve; absent when it can. */
  readonly why?: string;
  /** Whether any worker was asked for readiness. */
  readonly isWatched: boolean;
}

export type ToWorker =
  | { readonly type: 'group'; readonly state: GroupState }
  /** How are you? Answered with `report`. */
  | { readonly type: 'ask' }
  /** What have you counted? Answered with `measured`. */
  | { readonly type: 'measure' }
  | { readonly type: 'drain' }
  /** Wait for no drain. */
  | { readonly type: 'close' };

export type ToPrimary =
  | { readonly type: 'listening'; readonly ports: ClientPorts; readonly state: WorkerState }
  /** It cannot start; the worker exits. `isSetting`: a setting is wrong, and the line names it. */
  | { readonly type: 'failed'; readonly message: string; readonly isSetting: boolean }
  | { readonly type: 'report'; readonly state: WorkerState }
  | { readonly type: 'measured'; readonly metrics: MetricsReport }
  /** A balancer asked for readiness for the first time. */
  | { readonly type: 'watched' };
