/** Who plays whom: fresh names and passwords for each run, so that plays can run again and beside each other. */

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { shareSlots, slotOf } from '../helpers/redis-slots.ts';

/** The longest name IMS knows. */
const LONGEST_NAME = 32;
const MASTERS = 3;

export interface Cast {
  /** The real name, in the case pattern of the play's. */
  name(name: string): string;
  /** The MD5 of the current password, in lower case. */
  pass(name: string): string;
  /** From now on the user has another password; `$old-NAME` is the one before. */
  changePass(name: string): void;
  /** A document of the play as this run sends or expects it. */
  translate(document: string): string;
}

/** Where in a Redis Cluster of three masters the users lie: wherever, all in one slot, or in turns on each master. */
export type Slots = 'any' | 'shared' | 'apart';

/**
 * A cast for these names. A name becomes `name.483920175`: digits alone, so that its case stays, and a dot, so that
 * names sort as in the play; a long name keeps its length. A name is replaced where it is a whole attribute value
 * or a whole text; `$name` is its password's MD5, `$NAME` the same in upper case.
 */
export function createCast(names: readonly string[], slots: Slots = 'any'): Cast {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const runs = chooseRuns([...known], slots);
  const passes = new Map([...known].map((name) => [name, makePass()]));
  const oldPasses = new Map<string, string>();

  const cast: Cast = {
    name(name) {
      const run = runs.get(name.toLowerCase());
      return run === undefined ? name : append(name, run);
    },
    pass(name) {
      const pass = passes.get(name.toLowerCase());
      if (pass === undefined) throw new Error(`${name} is not among the accounts or strangers of the play`);
      return pass;
    },
    changePass(name) {
      oldPasses.set(name.toLowerCase(), cast.pass(name));
      passes.set(name.toLowerCase(), makePass());
    },
    translate: (document) =>
      document
        .replace(/\$old-([\w.-]+)/g, (_, name: string) => oldPasses.get(name.toLowerCase()) ?? '')
        .replace(/\$([\w.-]+)/g, (_, name: string) =>
          /^[A-Z]/.test(name) ? cast.pass(name).toUpperCase() : cast.pass(name),
        )
        .replace(/(?<=(["'>]))([\w.-]+)(?=(["'<]))/g, (name) => cast.name(name)),
  };
  return cast;
}

function append(name: string, run: string): string {
  return name.length <= LONGEST_NAME - run.length ? name + run : name.slice(0, -run.length) + run;
}

/** What is appended to each name: the same to all, unless they must lie in certain slots. */
function chooseRuns(names: readonly string[], slots: Slots): ReadonlyMap<string, string> {
  const first = makeRun();
  const shares = shareSlots(MASTERS);
  const sharedSlot = slotOf(append(names[0] ?? '', first));
  const isRight = (name: string, index: number): boolean => {
    const slot = slotOf(name);
    const [from, to] = shares[index % MASTERS]!;
    return slots === 'any' || (slots === 'shared' ? slot === sharedSlot : from <= slot && slot <= to);
  };
  return new Map(
    names.map((name, index) => {
      let run = first;
      // One in 16,384 does, or one in three: some milliseconds at most.
      while (!isRight(append(name, run), index)) run = makeRun();
      return [name, run];
    }),
  );
}

function makeRun(): string {
  return `.${randomInt(100_000_000, 1_000_000_000)}`;
}

function makePass(): string {
  return createHash('md5').update(randomBytes(16)).digest('hex');
}
