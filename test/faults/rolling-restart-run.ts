/**
 * Rolling restarts under 200 version 2 clients, one after the other: `node dist/test/faults/rolling-restart-run.js [TIMES]`,
 * ten times unless told. Ends with 1 when something was lost, doubled or out of order, or somebody without a connection.
 */

import { RollingRestart } from './screens-rolling.ts';

const times = Number(process.argv[2] ?? 10);
const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000_000);

const rolling = await RollingRestart.start(seed);
try {
  console.log(`Seed ${seed}; all are logged in.`);
  for (let time = 1; time <= times; time += 1) {
    await rolling.restartAll();
    const gaps = rolling.sockets.findGaps().length;
    console.log(`Restart ${time} of ${times}: ${rolling.history.count('ok')} messages, ${gaps} without a connection`);
  }
  const { wrong, gaps, unmoved, counts } = await rolling.finish();
  console.log(counts);
  for (const line of [...wrong, ...gaps].slice(0, 50)) console.log(line);
  for (const name of unmoved) console.log(`${name} was never moved`);
  const failures = wrong.length + gaps.length + unmoved.length;
  console.log(
    failures === 0 ? 'Nothing was lost, doubled or out of order; nobody was without a connection.' : 'FAILED',
  );
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  await rolling.stop();
}
