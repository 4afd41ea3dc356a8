/** Which documents of a play can be sent in one packet without another meaning. */

import type { Step } from './play.ts';
import { findNames } from './values.ts';

type Sends = Extract<Step, { kind: 'sends' }>;

/** What answers a document at once, as against what is pushed. */
const ANSWER = / result="|^<STATUSLIST|^<FRIENDS/;
const PUSH = / user="[^"]*" result="1"\/>$/;

/**
 * The `sends` after this one that may go out with it: those of the same actor, with nothing in between but the
 * echoes and answers of what was sent, and without a value that one of these answers tells.
 */
export function findNextSends(steps: readonly Step[], index: number): Sends[] {
  const first = steps[index] as Sends;
  const found: Sends[] = [];
  const told: string[] = [];
  for (const step of steps.slice(index + 1)) {
    if (!('actor' in step) || step.actor !== first.actor) break;
    if (step.kind === 'receives') told.push(...step.documents.flatMap(findNames));
    if (step.kind === 'sends') {
      if (step.frame !== 'text' || first.frame !== 'text' || findNames(step.text).some((name) => told.includes(name)))
        break;
      found.push(step);
    } else if (step.kind !== 'receives echo' && !isAnswer(step)) break;
  }
  return found;
}

function isAnswer(step: Step): boolean {
  if (step.kind !== 'receives') return false;
  return step.documents.every(
    (document) => ANSWER.test(document) && !(PUSH.test(document) && /^<LOGOUT/.test(document)),
  );
}
