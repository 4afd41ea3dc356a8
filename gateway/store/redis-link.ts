/** Asks Redis: runs the scripts of gateway/store/scripts, and keeps what was asked out of error texts. */

import type { Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { StoreLimits } from './store.ts';

/** All scripts, as their files are called. */
export const SCRIPTS = [
  'add-account',
  'change-account',
  'remove-account',
  'open-session',
  'close-sessions',
  'end-sessions',
  'set-status',
  'send',
  'receive',
  'settle',
  'confirm',
  'read-log',
  'begin-friendship',
  'decide-friendship',
  'tell-friendship',
  'beat',
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

/** Reads the scripts, with `limits` as the table LIMIT before each. */
function readScripts(limits: StoreLimits): ReadonlyMap<ScriptName, Script> {
  const read = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
  const { logEntries, logAge, logBytes, waiting, unconfirmed, friendships } = limits;
  const limit = { entries: logEntries, age: logAge, bytes: logBytes, waiting, unconfirmed, friendships };
  const table = Object.entries(limit).map(
    ([name, value]) => `${name} = ${Number.isFinite(value) ? value : 'math.huge'}`,
  );
  const start = `local LIMIT = { ${table.join(', ')} }\n${read('prelude')}`;
  return new Map(
    SCRIPTS.map((name) => {
      // A line `#!lua flags=…` must stay the first: allow-oom, for what frees memory or ends a session.
      const source = read(name).replace(/^(?:#!.*\n)?/, (flags: string) => flags + start);
      return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
    }),
  );
}

/** `place` is host:port, for the errors' texts. */
export function createAsk(redis: Redis, place: string): Ask {
  return async (command) => {
    try {
      return await command(redis);
    } catch (error) {
      // An error of ioredis carries the command's arguments: password hashes and texts, which no log may have.
      throw new Error(`redis ${place}: ${(error as Error).message}`);
    }
  };
}

export function createLink(redis: Redis, place: string, limits: StoreLimits): Link {
  const ask = createAsk(redis, place);
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
