/** What this process takes and how busy it is: memory, and how late its timers come. */

import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Load {
  /** Bytes. */
  readonly memory: { readonly rss: number; readonly heapUsed: number };
  /** Milliseconds by which timers came late since the last time somebody asked. */
  readonly eventLoopDelay: { readonly mean: number; readonly p99: number; readonly max: number };
}

/** Milliseconds between the measurements of the event loop. */
const RESOLUTION = 20;

/** Measures from now on; what it gives reads what was measured since the last time. */
export function watchLoad(): () => Load {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  // Node measures from tick to tick, so the resolution is no delay; before the first tick there is NaN.
  const toDelay = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e5 - RESOLUTION * 10) / 10) || 0;
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    const { mean, max, count } = histogram;
    const p99 = histogram.percentile(99);
    histogram.reset();
    const delay =
      count === 0 ? { mean: 0, p99: 0, max: 0 } : { mean: toDelay(mean), p99: toDelay(p99), max: toDelay(max) };
    return { memory: { rss, heapUsed }, eventLoopDelay: delay };
  };
}

/** Of several processes: the sum of their memory, and the delays of the one that is latest. */
export function addLoads(loads: readonly Load[]): Load {
  const sum = (read: (load: Load) => number) => loads.reduce((total, load) => total + read(load), 0);
  const most = (read: (load: Load) => number) => loads.reduce((highest, load) => Math.max(highest, read(load)), 0);
  return {
    memory: { rss: sum(({ memory }) => memory.rss), heapUsed: sum(({ memory }) => memory.heapUsed) },
    eventLoopDelay: {
      mean: most(({ eventLoopDelay }) => eventLoopDelay.mean),
      p99: most(({ eventLoopDelay }) => eventLoopDelay.p99),
      max: most(({ eventLoopDelay }) => eventLoopDelay.max),
    },
  };
}
