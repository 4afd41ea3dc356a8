/** Asks Redis: runs the scripts of gateway/store/scripts, and keeps what was asked out of error texts. */

import type { Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreLimits } from './store.ts';

/** All scripts, as their files are called. */
export const SCRIPTS = [
  'add-account',
  'change-account',
  'remove-account',
  'open-session',
  'reopen-session',
  'leave-session',
  'close-sessions',
  'close-incarnation',
  'end-sessions',
  'set-status',
  'set-block',
  'read-presence',
  'tell-typing',
  'read-devices',
  'touch-device',
  'set-token',
  'revoke-device',
  'send',
  'receive',
  'settle',
  'confirm',
  'read',
  'mark',
  'note-told',
  'read-marks',
  'read-log',
  'read-log-back',
  'note-lost',
  'look',
  'mend',
  'read-peers',
  'mark-compared',
  'read-unfinished',
  'begin-friendship',
  'decide-friendship',
  'tell-friendship',
  'restore-friendship',
  'beat',
  'claim',
  'bury',
  'note-server',
  'probe',
] as const;
export type ScriptName = (typeof SCRIPTS)[number];

/** Asks by commands of ioredis; rejects with a text for people, without what was asked. */
export type Ask = <T>(command: (redis: Redis) => Promise<T>) => Promise<T>;

export interface Link {
  readonly ask: Ask;
  /** Runs a script. What it takes and answers stands in its file; rejects as {@link Ask} does. */
  run(script: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

interface Script {
  readonly source: string;
  readonly sha: string;
}

/** What stands before each script, in this order. */
const PRELUDES = ['prelude', 'prelude-log', 'prelude-peers'];

/** Reads the scripts, with `limits` as the table LIMIT before each. */
function readScripts(limits: StoreLimits): ReadonlyMap<ScriptName, Script> {
  const read = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
  const { logEntries, logAge, logBytes, ...rest } = limits;
  const limit = { entries: logEntries, age: logAge, bytes: logBytes, ...rest };
  const table = Object.entries(limit).map(
    ([name, value]) => `${name} = ${Number.isFinite(value) ? value : 'math.huge'}`,
  );
  const start = [`local LIMIT = { ${table.join(', ')} }`, ...PRELUDES.map(read)].join('\n');
  return new Map(
    SCRIPTS.map((name) => {
      // A line `#!lua flags=…` must stay the first: allow-oom, for what frees memory or ends a session.
      const source = read(name).replace(/^(?:#!.*\n)?/, (flags: string) => flags + start);
      return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
    }),
  );
}

/** What passes: the server is away, starts, fails over, or the slot is on its way to another. */
const PASSING =
  /^(Connection is closed|Command timed out|Socket timeout|Stream isn't writeable|Reached the max retries|Command aborted|LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|MOVED|ASK |Too many Cluster redirections|None of startup nodes|Failed to refresh slots|All sentinels|getaddrinfo|connect E|read E|write E)/;
/** Milliseconds before a command is given again. */
const AGAIN_AFTER = 100;

export interface Patience {
  /** Milliseconds for which a command that a passing trouble rejected is given again: every change can be repeated. */
  readonly patience: number;
  /** True when the store was closed: nothing is given again. */
  readonly isClosed: () => boolean;
}

/** `place` is what the address is called, for the errors' texts. */
export function createAsk(redis: Redis, place: string, { patience, isClosed }: Patience): Ask {
  async function persist<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const deadline = performance.now() + patience;
    for (;;) {
      // A cluster's client may leave what it is asked then without an answer.
      if (isClosed()) throw new Error('Connection is closed.');
      const left = deadline - performance.now();
      try {
        // What waits for a connection has no timeout in ioredis, in a cluster.
        return await (redis.status === 'ready' ? command(redis) : inTime(command(redis), Math.max(left, 1)));
      } catch (error) {
        const isPassing = PASSING.test((error as Error).message) && !isClosed();
        if (!isPassing || performance.now() + AGAIN_AFTER >= deadline) throw error;
        await sleep(AGAIN_AFTER);
      }
    }
  }

  return async (command) => {
    try {
      return await persist(command);
    } catch (error) {
      // An error of ioredis carries the command's arguments: password hashes and texts, which no log may have.
      throw new Error(`redis ${place}: ${(error as Error).message}`);
    }
  };
}

/** Rejects where there is no answer after so many milliseconds. */
export async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Command timed out')), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function createLink(redis: Redis, ask: Ask, limits: StoreLimits): Link {
  const scripts = readScripts(limits);

  async function evaluate(script: Script, keys: readonly string[], args: readonly (string | number)[]) {
    try {
      return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(script.source, keys.length, ...keys, ...args);
    }
  }

  return { ask, run: (name, keys, args) => ask(() => evaluate(scripts.get(name)!, keys, args)) };
}
