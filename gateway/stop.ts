/** How a process ends: asked once it drains and closes, asked twice it closes at once, and it ends in any case. */

import type { Logger } from './log.ts';
import type { AdminPort, ClientPorts } from './server.ts';

/** Milliseconds that closing may take. */
const CLOSE_TIME = 9_000;

export interface Stoppable {
  /** Moves the sessions; resolves early with `close`. */
  drain(): Promise<void>;
  /** Closes everything. Called once. */
  close(): Promise<void>;
}

/** A gateway that runs, in one process or in several. */
export interface Started {
  readonly ports: ClientPorts & AdminPort;
  /** What the store is, for people. */
  readonly store: string;
  readonly what: Stoppable;
}

export interface StopOptions {
  readonly what: Stoppable;
  /** Milliseconds that draining takes. */
  readonly drainTime: number;
  readonly logger: Logger;
  /** Ends the process with this code. */
  readonly exit: (code: number) => void;
}

/** What is called for each request to stop, with who asks: a signal's name, or `primary`. */
export type Stop = (cause: string) => void;

/** Milliseconds. Ctrl-C under `npm start` arrives twice: from the terminal, and passed on by npm. */
const ECHO_TIME = 1_000;

/** Asks to stop for each signal; those that follow within a second are the same one. */
export function stopOnSignals(stop: Stop): void {
  let last = -Infinity;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - last < ECHO_TIME) return;
      last = now;
      stop(signal);
    });
  }
}

export function createStop({ what, drainTime, logger, exit }: StopOptions): Stop {
  let asked = 0;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= what.close());
  const finish = async (): Promise<void> => {
    await what.drain();
    await close();
    logger.info('stopped');
    exit(0);
  };
  const fail = (error: unknown): void => {
    logger.error({ err: error }, 'stopping failed');
    exit(1);
  };
  return (cause) => {
    asked += 1;
    if (asked > 2) return;
    // Not by the clock: whatever hangs, the process ends.
    setTimeout(() => exit(1), (asked === 1 ? drainTime : 0) + CLOSE_TIME).unref();
    if (asked === 1) {
      logger.info(
        { cause, seconds: drainTime / 1000 },
        'stopping: sessions are moved first; asked again, it stops at once',
      );
      finish().catch(fail);
    } else {
      logger.info({ cause }, 'stopping at once');
      close().catch(fail);
    }
  };
}
