/** Runs the simulation over many seeds: `node run.js --seeds 10000 --from 1`. */

import { parseArgs } from 'node:util';
import { describeRun } from './describe.ts';
import { simulate } from './simulate.ts';

/** Lines of the trace that are shown of a run that went wrong. */
const SHOWN = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'string', default: String(SHOWN) },
    /** Ends with the first violation. */
    first: { type: 'boolean', default: false },
  },
});

const [from, count, lines] = [Number(values.from), Number(values.seeds), Number(values.trace)];
const begun = performance.now();
let [wrong, messages, answers, time] = [0, 0, 0, 0];
for (let seed = from; seed < from + count; seed += 1) {
  const run = await simulate(seed);
  messages += run.messages;
  answers += run.answers;
  time += run.time;
  if (run.violations.length === 0) continue;
  wrong += 1;
  console.log(describeRun(run, lines));
  if (values.first) break;
}
const seconds = (performance.now() - begun) / 1_000;
console.log(
  `${count} seeds from ${from}: ${wrong} with violations; ${messages} messages, ${answers} answers, ` +
    `${Math.round(time / 3_600_000)} hours simulated in ${seconds.toFixed(1)} s (${(count / seconds).toFixed(1)} a second)`,
);
process.exitCode = wrong === 0 ? 0 : 1;
