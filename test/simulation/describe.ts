/** A run for people: what was wrong, what led to it, and how to see it again. */

import type { Run } from './simulate.ts';

/** Violations, and lines of the trace, that are shown. */
const VIOLATIONS = 8;
const LINES = 60;

export function describeRun({ seed, violations, trace }: Run, lines = LINES): string {
  const shown = trace.slice(Math.max(0, trace.length - lines)).map((line) => `    ${line}`);
  const all = violations.slice(0, VIOLATIONS).map((violation) => `  ${violation}`);
  const replay = `  again: node dist/test/simulation/run.js --seeds 1 --from ${seed} --trace 100000`;
  return [`seed ${seed}: ${violations.length} violations`, ...all, ...shown, replay].join('\n');
}
